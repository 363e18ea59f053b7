package dev.neostream.trainer.align;

import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.tokens.chat.ChatBlock;
import dev.neostream.tokens.chat.RenderedConversation;
import dev.neostream.trainer.model.ParameterHash;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.train.Checkpoints;
import dev.neostream.trainer.train.Snapshot;
import java.io.IOException;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Supervised fine-tuning in phases, as MAP-Neo's (arXiv 2405.19327, section on alignment): the
 * next-token loss of answers alone, on a model that is there already.
 *
 * <pre>
 *   loss of a step = sum(w nll) / sum(w)      over all tokens of its blocks, w = 1 on answers, else 0
 * </pre>
 *
 * <p>Adam's moments start at 0 and go on from phase to phase; each phase has a warm-up of its own.
 * The paper does not say; both are ours.
 *
 * <p>Resumable from the newest checkpoint alone: batches follow from the step's number, and the
 * result is the uninterrupted run's, bit for bit. Confined to the thread that made the {@link
 * Training}.
 */
public final class SupervisedFineTuning {

  /** Blocks in the engine at once; bounds memory. Part of a result's last bits. */
  private static final int BLOCKS_AT_ONCE = 4;

  /**
   * How a fine-tuning ended.
   *
   * @param finished whether all steps are done; otherwise it was told to stop and has stored where
   * @param steps steps done, of this process and those before it
   * @param before loss of held-out answers by the model it started from
   * @param after the same by the model as it is now
   */
  public record Result(boolean finished, long steps, HeldOutLoss before, HeldOutLoss after) {}

  private final FineTuningSettings settings;
  private final FineTuningPlan plan;
  private final Training training;
  private final Map<String, List<RenderedConversation>> heldOut;
  private final Checkpoints checkpoints;
  private final FineTuningLog log;
  private final Clock clock;

  /** Answer tokens trained on, by phase. */
  private final Map<String, Long> tokens = new TreeMap<>();

  /**
   * @param training on a decoder that has the parameters to start from
   * @param heldOut conversations that no block holds, by phase in order; may be none
   * @param checkpoints of this fine-tuning, to go on from and to save in
   */
  public SupervisedFineTuning(
      FineTuningSettings settings,
      Training training,
      Map<String, List<RenderedConversation>> heldOut,
      Checkpoints checkpoints,
      FineTuningLog log,
      Clock clock) {
    this.settings = settings;
    this.plan = new FineTuningPlan(settings);
    this.training = training;
    this.heldOut = Collections.unmodifiableMap(new LinkedHashMap<>(heldOut));
    this.checkpoints = checkpoints;
    this.log = log;
    this.clock = clock;
  }

  /**
   * Trains from the newest checkpoint, or from the decoder's parameters, to the last step or until
   * told to stop.
   *
   * @param stop asked before each step
   * @throws ArithmeticException if a loss or gradient is not finite; the newest checkpoint stays
   * @throws IOException if a checkpoint cannot be read or written
   */
  public Result run(BooleanSupplier stop) throws IOException {
    HeldOutLoss before = evaluate(0);
    HeldOutLoss now = before;
    Optional<CheckpointManifest> restored = checkpoints.restore(training);
    restored.ifPresent(checkpoint -> tokens.putAll(checkpoint.getTokens()));
    long step = restored.map(checkpoint -> checkpoint.getStep() + 1).orElse(0L);
    long saved = step;
    long evaluated = 0;
    while (step < settings.steps() && !stop.getAsBoolean()) {
      FineTuningPlan.Step planned = plan.at(step);
      train(step, planned);
      step++;
      if (planned.last() || step % settings.evaluateEvery() == 0) {
        now = evaluate(step);
        evaluated = step;
      }
      if (planned.last() || step % settings.checkpointEvery() == 0) {
        save(step - 1);
        saved = step;
      }
    }
    if (saved < step) {
      save(step - 1);
    }
    if (evaluated < step) {
      now = evaluate(step);
    }
    return new Result(step == settings.steps(), step, before, now);
  }

  private void train(long step, FineTuningPlan.Step planned) {
    List<ChatBlock> blocks = planned.blocks();
    double sum = 0;
    for (int from = 0; from < blocks.size(); from += BLOCKS_AT_ONCE) {
      List<ChatBlock> part = blocks.subList(from, Math.min(from + BLOCKS_AT_ONCE, blocks.size()));
      double[] losses =
          training.gradients(
              part.stream().map(ChatBlock::ids).toArray(int[][]::new),
              part.stream().map(ChatBlock::weights).toArray(float[][]::new));
      for (double loss : losses) {
        sum += loss;
      }
    }
    double weight = 0;
    for (ChatBlock block : blocks) {
      for (float w : block.weights()) {
        weight += w;
      }
    }
    double norm = training.gradientNorm() / weight;
    if (!Double.isFinite(sum / weight) || !Double.isFinite(norm)) {
      throw new ArithmeticException(
          "loss and gradient must be finite, try a lower learning rate: step=%d, loss=%s, gradientNorm=%s"
              .formatted(step, sum / weight, norm));
    }
    training.update(step + 1, planned.learningRate(), settings.clip().scale(norm) / weight);
    long answerTokens = blocks.stream().mapToLong(ChatBlock::answerTokens).sum();
    tokens.merge(planned.phase().name(), answerTokens, Long::sum);
    log.trained(
        new FineTuningLog.Trained(
            step,
            planned.phase().name(),
            planned.epoch(),
            planned.learningRate(),
            sum / weight,
            answerTokens,
            norm));
  }

  private HeldOutLoss evaluate(long steps) {
    HeldOutLoss loss = HeldOutLoss.of(training.decoder(), heldOut);
    log.evaluated(steps, loss);
    return loss;
  }

  private void save(long step) throws IOException {
    checkpoints.save(
        new Snapshot(
            step,
            0, // there is no plan of a mixture
            tokens,
            ParameterHash.of(training.decoder()),
            clock.instant(),
            training));
  }
}
