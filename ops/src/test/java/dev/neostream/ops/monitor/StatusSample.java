package dev.neostream.ops.monitor;

import dev.neostream.ops.account.CountBook;
import dev.neostream.ops.account.Funnel;
import dev.neostream.schemas.Stage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A state of a run in which no number is another's, and everything has one. */
public final class StatusSample {

  private StatusSample() {}

  private static final Funnel.Tables FUNNEL =
      new Funnel.Tables(
          List.of(new Funnel.Kept("en", "en.web", 60)),
          List.of(new Funnel.Rejects(Stage.CLEAN, "gopher.word_count", "en", "en.web", 29)));

  public static Status running() {
    return with("", "", FUNNEL, 4.5);
  }

  /** Returns engines of which everything is known, with numbers that no status has. */
  public static Vitals vitals() {
    return new Vitals(
        Optional.of(
            new Vitals.Kafka(
                new TreeMap<>(
                    Map.of(
                        "raw.documents", new Vitals.Topic(1_001, 1_002, 1_003),
                        "tokens.code", new Vitals.Topic(1_004, 1_005, 1_006))),
                1_007,
                1_008)),
        Optional.of(new Vitals.Flink(1_009, 1_010, 0.75, 0.125, 1_011, 1_012)),
        List.of(new Vitals.Rank(0, 1_013, 8.5), new Vitals.Rank(1, -1, -1)));
  }

  static Status losing(double loss) {
    return with("", "", FUNNEL, loss);
  }

  /** Returns a state without an evaluation yet, or with one, on a held-out set. */
  public static Status on(Status.HeldOutSet set) {
    return with("", "", FUNNEL, 4.5, set.version() == 0 ? Map.of() : Map.of(19L, 7.0), set);
  }

  /** Returns a state after so many evaluations, one every hundred steps. */
  public static Status evaluated(int times) {
    return with(
        "",
        "",
        FUNNEL,
        4.5,
        IntStream.range(0, times).boxed().collect(Collectors.toMap(i -> 100L * i, i -> 7.0)));
  }

  static Status with(String problem, String stall, Funnel.Tables funnel) {
    return with(problem, stall, funnel, 4.5);
  }

  private static Status with(String problem, String stall, Funnel.Tables funnel, double loss) {
    return with(problem, stall, funnel, loss, Map.of(19L, 7.0, 39L, 5.5));
  }

  private static Status with(
      String problem, String stall, Funnel.Tables funnel, double loss, Map<Long, Double> heldOut) {
    return with(problem, stall, funnel, loss, heldOut, Status.HeldOutSet.NONE);
  }

  private static Status with(
      String problem,
      String stall,
      Funnel.Tables funnel,
      double loss,
      Map<Long, Double> heldOut,
      Status.HeldOutSet set) {
    return new Status(
        "running",
        problem,
        stall,
        stall.isEmpty() ? "" : "block 3 of code lane 0",
        new Status.Ranks(16, 16, 16, "", "", 0),
        2,
        5L << 30,
        1_700_000_000_250L,
        new Status.Ingest(100, 88, 12, 12_345, 4, true),
        new TreeMap<>(
            Map.of(
                Stage.CLEAN, new CountBook.Counts(90, 60, 29, 0, 1, 0, 0, Map.of("en en.web", 60L)),
                Stage.DEDUP, new CountBook.Counts(61, 50, 2, 5, 4, 0, 0, Map.of()),
                Stage.TOKENIZE, new CountBook.Counts(51, 47, 0, 0, 3, 25_600, 102, Map.of()))),
        Map.of(),
        7,
        funnel,
        List.of(new Status.ShadowCount("strict-1", "gopher.word_count", false, "en", 6)),
        Map.of("exact", 8L, "minhash", 9L),
        new TreeMap<>(Map.of("en.web", 98L, "code", 11L)),
        new Status.Flow(
            new TreeMap<>(Map.of("raw.documents", 13L, "token.index", 14L, "train.batches", 15L)),
            2.5,
            6.5),
        new Status.Training(
            41,
            600,
            "decay",
            1e-3,
            loss,
            1.25,
            6_800,
            0.1,
            33.5,
            3.25,
            1.75,
            1_700_000_000_125L,
            Map.of("code", 4.25),
            Map.of("code", 1_024L),
            "ab"),
        new Status.Mixture(3, Map.of("code", 0.25), 20, Map.of("code", 10.5), Map.of("code", 10L)),
        new TreeMap<>(heldOut),
        Map.of("code", 5.75),
        set,
        List.of(
            new Status.Evaluated("blimp", "acc", "all", 39, 0.5625, 0.0125, 0.5, 1_200),
            new Status.Evaluated("blimp", "acc", "island_effects", 39, 0.75, 0.0625, 0.5, 300)),
        39,
        "checkpoints/step-00000039",
        1_699_999_999_500L);
  }
}
