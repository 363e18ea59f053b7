package dev.neostream.ops.monitor;

import dev.neostream.ops.account.CountBook;
import dev.neostream.ops.account.Funnel;
import dev.neostream.schemas.Stage;
import java.util.List;
import java.util.Map;

/**
 * Where a run stands; the contents of {@code status.json} and of {@code ops/neo status --json}.
 *
 * @param state starting, running, complete, stopped or failed
 * @param problem why it failed, or an equation of the ledger that does not hold; empty when all is
 *     well
 * @param stall why no step is made, {@link #TOKENS} or {@link #UNKNOWN}; empty while all is well
 * @param waiting the same in words, such as which block the next step waits for
 * @param ranks trainer ranks, and how many are asked for
 * @param restarts how often a lost rank was replaced, or all were started again, since the run was
 *     last started
 * @param freeBytes space left on the run folder's disk, -1 when nobody has looked yet
 * @param updatedAt milliseconds since the epoch
 * @param ingest documents in
 * @param stages clean, those of deduplication and tokenize, in the order of the chain, at the
 *     newest complete checkpoint
 * @param checkpoint that checkpoint's id
 * @param funnel documents kept and rejected, by rule, language and domain
 * @param shadow documents that the shadow profile would have decided otherwise
 * @param duplicates records of duplicates.documents by the rule that matched
 * @param blocks sealed blocks by domain
 * @param flow what waits, and for how long it did
 * @param training trainer progress
 * @param mixture plan in force and its account
 * @param heldOut held-out loss by step, domain "all"
 * @param heldOutByDomain newest held-out loss of each domain
 * @param heldOutSet what they are measured on
 * @param evaluations newest score of each evaluation task, by task, metric and group
 * @param checkpointStep step of the newest checkpoint, -1 before the first
 * @param checkpointPath its folder, relative to the run
 * @param checkpointAt when it was made, milliseconds since the epoch; 0 before the first
 */
public record Status(
    String state,
    String problem,
    String stall,
    String waiting,
    Ranks ranks,
    int restarts,
    long freeBytes,
    long updatedAt,
    Ingest ingest,
    Map<Stage, CountBook.Counts> stages,
    Map<Stage, Double> documentsPerSecond,
    long checkpoint,
    Funnel.Tables funnel,
    List<ShadowCount> shadow,
    Map<String, Long> duplicates,
    Map<String, Long> blocks,
    Flow flow,
    Training training,
    Mixture mixture,
    Map<Long, Double> heldOut,
    Map<String, Double> heldOutByDomain,
    HeldOutSet heldOutSet,
    List<Evaluated> evaluations,
    long checkpointStep,
    String checkpointPath,
    long checkpointAt) {

  /** The next step waits for tokens that are not there yet. */
  public static final String TOKENS = "tokens";

  /** Nothing moves, and no part says what it waits for. */
  public static final String UNKNOWN = "unknown";

  /** Task of the held-out set's results. */
  static final String HELD_OUT = "held-out";

  public Status {
    // What an earlier version wrote has none.
    flow = flow == null ? Flow.NONE : flow;
    stall = stall == null ? "" : stall;
    heldOutSet = heldOutSet == null ? HeldOutSet.NONE : heldOutSet;
    ranks = ranks == null ? Ranks.UNKNOWN : ranks;
    evaluations = evaluations == null ? List.of() : List.copyOf(evaluations);
  }

  /**
   * Trainer ranks, and the newest wish for another number of them.
   *
   * @param training how many train; 0 before they are started first
   * @param asked how many are asked for
   * @param before how many were asked for before
   * @param author who asked; empty if nobody has
   * @param reason why; may be empty
   * @param askedAt when, milliseconds since the epoch; 0 if nobody has
   */
  public record Ranks(
      int training, int asked, int before, String author, String reason, long askedAt) {

    static final Ranks UNKNOWN = new Ranks(0, 0, 0, "", "", 0);
  }

  /**
   * Documents in: read = written + rejected.
   *
   * @param open inputs that are being read
   */
  public record Ingest(
      long read, long written, long rejected, long bytes, int open, boolean finished) {}

  /**
   * @param shadow version of the shadow profile
   * @param reason the rule that rejects, of whichever profile does
   * @param keptByShadow whether it is the shadow that would have kept the documents
   */
  public record ShadowCount(
      String shadow, String reason, boolean keptByShadow, String language, long documents) {}

  /**
   * What waits between the parts.
   *
   * @param lag records of a topic that its reader has not taken yet: documents of raw.documents,
   *     blocks of token.index, steps of train.batches
   * @param blockSeconds from ingest to the newest block, see {@link
   *     dev.neostream.ops.account.Freshness}; NaN before the first
   * @param gradientSeconds from ingest to the newest step; NaN before the first
   */
  public record Flow(Map<String, Long> lag, double blockSeconds, double gradientSeconds) {

    static final Flow NONE = new Flow(Map.of(), Double.NaN, Double.NaN);
  }

  /**
   * @param step last step done, -1 before the first
   * @param steps length of the run
   * @param stepSeconds time in all steps so far
   * @param syncSeconds part of it spent waiting for the all-reduce
   * @param checkpointSeconds time between steps spent on checkpoints of the model
   * @param finishedAt when the last step ended, milliseconds since the epoch
   */
  public record Training(
      long step,
      long steps,
      String phase,
      double learningRate,
      double loss,
      double gradientNorm,
      double tokensPerSecond,
      double syncShare,
      double stepSeconds,
      double syncSeconds,
      double checkpointSeconds,
      long finishedAt,
      Map<String, Double> lossByDomain,
      Map<String, Long> tokensByDomain,
      String parameterHash) {}

  /** The plan in force: weights asked, rows asked and delivered since its account began. */
  public record Mixture(
      int planVersion,
      Map<String, Double> weights,
      long fromStep,
      Map<String, Double> asked,
      Map<String, Long> delivered) {}

  /**
   * A score of an evaluation task.
   *
   * @param group of questions, or all
   * @param step after which the checkpoint was made
   * @param standardError of the value; NaN if it is not known
   * @param chance the value of a model that knows nothing
   * @param count questions, or bytes
   */
  public record Evaluated(
      String task,
      String metric,
      String group,
      long step,
      double value,
      double standardError,
      double chance,
      long count) {}

  /**
   * What held-out losses are measured on.
   *
   * @param version of the set, 0 before the first
   * @param fromStep step of the first evaluation on it
   * @param blocks blocks of it
   * @param tokens tokens that they predict
   * @param withdrawn blocks that are left out since documents in them were taken down
   * @param missing why there is none yet, in words: evaluations are skipped, or waited for; empty
   *     when there is
   */
  public record HeldOutSet(
      int version, long fromStep, int blocks, long tokens, int withdrawn, String missing) {

    static final HeldOutSet NONE = new HeldOutSet(0, -1, 0, 0, 0, "");
  }

  /** One line of the plan history. */
  public record Change(
      int version,
      boolean accepted,
      long fromStep,
      String author,
      String reason,
      long proposedAt,
      String problem) {}

  /** Returns a copy in another state, in which nothing is waited for. */
  public Status in(String state, String problem) {
    return with(state, problem, "", "", ranks, restarts, freeBytes);
  }

  /** Returns a copy with what no topic tells. */
  public Status with(String stall, String waiting, Ranks ranks, int restarts, long freeBytes) {
    return with(state, problem, stall, waiting, ranks, restarts, freeBytes);
  }

  private Status with(
      String state,
      String problem,
      String stall,
      String waiting,
      Ranks ranks,
      int restarts,
      long freeBytes) {
    return new Status(
        state,
        problem,
        stall,
        waiting,
        ranks,
        restarts,
        freeBytes,
        System.currentTimeMillis(),
        ingest,
        stages,
        documentsPerSecond,
        checkpoint,
        funnel,
        shadow,
        duplicates,
        blocks,
        flow,
        training,
        mixture,
        heldOut,
        heldOutByDomain,
        heldOutSet,
        evaluations,
        checkpointStep,
        checkpointPath,
        checkpointAt);
  }

  /**
   * True when every raw document is either in a block or the open block of its lane, or rejected.
   */
  public boolean drained() {
    CountBook.Counts clean = stages.get(Stage.CLEAN);
    return ingest.finished
        && clean.read() == ingest.written
        && stages.entrySet().stream()
            .allMatch(stage -> stage.getKey() == Stage.TOKENIZE || stage.getValue().held() == 0);
  }

  /** What a run looks like before anything happened. */
  public static Status starting(long steps) {
    return new Status(
        "starting",
        "",
        "",
        "",
        Ranks.UNKNOWN,
        0,
        -1,
        System.currentTimeMillis(),
        new Ingest(0, 0, 0, 0, 0, false),
        new CountBook(List.of(Stage.DEDUP)).latest().stages(),
        Map.of(),
        0,
        Funnel.Tables.EMPTY,
        List.of(),
        Map.of(),
        Map.of(),
        Flow.NONE,
        new Training(-1, steps, "", 0, Double.NaN, 0, 0, 0, 0, 0, 0, 0, Map.of(), Map.of(), ""),
        new Mixture(0, Map.of(), 0, Map.of(), Map.of()),
        Map.of(),
        Map.of(),
        HeldOutSet.NONE,
        List.of(),
        -1,
        "",
        0);
  }
}
