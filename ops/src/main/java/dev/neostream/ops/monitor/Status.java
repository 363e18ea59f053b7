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
 * @param waiting which tokens the next step waits for; empty when it waits for none
 * @param updatedAt milliseconds since the epoch
 * @param ingest documents in
 * @param stages clean, those of deduplication and tokenize, in the order of the chain, at the
 *     newest complete checkpoint
 * @param checkpoint that checkpoint's id
 * @param funnel documents kept and rejected, by rule, language and domain
 * @param shadow documents that the shadow profile would have decided otherwise
 * @param blocks sealed blocks by domain
 * @param training trainer progress
 * @param mixture plan in force and its account
 * @param heldOut held-out loss by step, domain "all"
 * @param checkpointStep step of the newest checkpoint, -1 before the first
 * @param checkpointPath its folder, relative to the run
 */
public record Status(
    String state,
    String problem,
    String waiting,
    long updatedAt,
    Ingest ingest,
    Map<Stage, CountBook.Counts> stages,
    Map<Stage, Double> documentsPerSecond,
    long checkpoint,
    Funnel.Tables funnel,
    List<ShadowCount> shadow,
    Map<String, Long> blocks,
    Training training,
    Mixture mixture,
    Map<Long, Double> heldOut,
    long checkpointStep,
    String checkpointPath) {

  /** Documents in: read = written + rejected. */
  public record Ingest(long read, long written, long rejected, long bytes, boolean finished) {}

  /**
   * @param shadow version of the shadow profile
   * @param reason the rule that rejects, of whichever profile does
   * @param keptByShadow whether it is the shadow that would have kept the documents
   */
  public record ShadowCount(
      String shadow, String reason, boolean keptByShadow, String language, long documents) {}

  /**
   * @param step last step done, -1 before the first
   * @param steps length of the run
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

  /** One line of the plan history. */
  public record Change(
      int version,
      boolean accepted,
      long fromStep,
      String author,
      String reason,
      long proposedAt,
      String problem) {}

  /** Returns a copy in another state. */
  public Status in(String state, String problem) {
    return with(state, problem, "");
  }

  /** Returns a copy that says what training waits for. */
  public Status waitingFor(String waiting) {
    return with(state, problem, waiting);
  }

  private Status with(String state, String problem, String waiting) {
    return new Status(
        state,
        problem,
        waiting,
        System.currentTimeMillis(),
        ingest,
        stages,
        documentsPerSecond,
        checkpoint,
        funnel,
        shadow,
        blocks,
        training,
        mixture,
        heldOut,
        checkpointStep,
        checkpointPath);
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
        System.currentTimeMillis(),
        new Ingest(0, 0, 0, 0, false),
        new CountBook(List.of(Stage.DEDUP)).latest().stages(),
        Map.of(),
        0,
        Funnel.Tables.EMPTY,
        List.of(),
        Map.of(),
        new Training(-1, steps, "", 0, Double.NaN, 0, 0, 0, Map.of(), Map.of(), ""),
        new Mixture(0, Map.of(), 0, Map.of(), Map.of()),
        Map.of(),
        -1,
        "");
  }
}
