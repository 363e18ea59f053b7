package dev.neostream.ops.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.ops.account.MixtureLedger.Entry;
import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.tokens.mixture.LearningRate;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MixtureLedgerTest {

  private static final int ROW_TOKENS = 64;

  private final MixtureLedger ledger = new MixtureLedger();

  private static MixtureUpdate plan(int version, double code) {
    var weights = new TreeMap<>(Map.of("code", code, "zh", 1 - code));
    LearningRate rate = LearningRate.cosine(1, 0, 0);
    return new MixturePlan(
            List.of(new Phase("first", 2, weights, rate), new Phase("last", 9, weights, rate)))
        .toUpdate(version - 1, "me", "trial", 0);
  }

  /** A step of two rows, the losses of a domain all alike. */
  private void step(long step, int plan, double share, String domains, int epoch, double loss) {
    var rows = new ArrayList<BatchRow>();
    var losses = new TreeMap<String, DomainLoss>();
    for (String domain : domains.split(" ")) {
      rows.add(new BatchRow(domain, 0, 0L, epoch, 0L));
      losses.merge(
          domain,
          new DomainLoss(domain, 1, (long) ROW_TOKENS, loss),
          (a, b) -> new DomainLoss(domain, 2, 2L * ROW_TOKENS, loss));
    }
    String phase = step < 2 ? "first" : "last";
    ledger.add(
        StepReport.newBuilder()
            .setStep(step)
            .setPlanVersion(plan)
            .setPhase(phase)
            .setLearningRate(1)
            .setLoss(loss)
            .setTokens(2 * ROW_TOKENS)
            .setDomains(List.copyOf(losses.values()))
            .setGradientNorm(1)
            .setParameterHash(0)
            .setBatchHash(0)
            .setFinishedAt(0)
            .setStepSeconds(1)
            .setSyncSeconds(0)
            .setEnvironment("")
            .build(),
        new TrainBatch(step, plan, phase, 1.0, rows, false),
        plan(plan, share),
        Set.of("code", "zh"));
  }

  @Test
  void shouldTellEachPlanAndPhaseApart() {
    step(0, 1, 0.5, "code zh", 0, 8);
    step(1, 1, 0.5, "code zh", 0, 6);
    step(2, 1, 0.5, "code zh", 0, 5);
    step(3, 2, 0.25, "zh zh", 1, 4);
    step(4, 2, 0.25, "code zh", 2, 3);

    assertEquals(
        List.of(
            new Entry(1, "first", 0, 1, "code", 2, 2, 128, 0, 7),
            new Entry(1, "first", 0, 1, "zh", 2, 2, 128, 0, 7),
            new Entry(1, "last", 2, 2, "code", 1, 1, 64, 0, 5),
            new Entry(1, "last", 2, 2, "zh", 1, 1, 64, 0, 5),
            new Entry(2, "last", 3, 4, "code", 1, 1, 64, 2, 3),
            new Entry(2, "last", 3, 4, "zh", 3, 3, 192, 2, 11.0 / 3)),
        ledger.entries());
  }

  @Test
  void shouldTellOfADomainThatWasAskedForInVain() {
    step(0, 1, 0.75, "zh zh", 0, 8);

    assertEquals(
        new Entry(1, "first", 0, 0, "code", 1.5, 0, 0, 0, Double.NaN), ledger.entries().get(0));
  }

  @Test
  void shouldRefuseABatchOfAnotherStep() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            ledger.add(
                new StepReport(
                    1L, 1, "first", 1.0, 1.0, 1L, List.of(), 1.0, 0L, 0L, 0L, 1.0, 0.0, ""),
                new TrainBatch(0L, 1, "first", 1.0, List.of(), false),
                plan(1, 0.5),
                Set.of("code")));
  }

  @Test
  void shouldBeEmptyBeforeTheFirstStep() {
    assertEquals(List.of(), ledger.entries());
  }
}
