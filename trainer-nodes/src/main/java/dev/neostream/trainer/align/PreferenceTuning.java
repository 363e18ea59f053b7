package dev.neostream.trainer.align;

import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.tokens.chat.RenderedConversation;
import dev.neostream.tokens.chat.RenderedPair;
import dev.neostream.trainer.model.ParameterHash;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.train.Checkpoints;
import dev.neostream.trainer.train.Snapshot;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Direct preference optimisation of a model that is there already, against itself as it was: one
 * iteration of MAP-Neo's (arXiv 2405.19327, section on alignment), on pairs that are given.
 *
 * <p>A pair's gradient is that of its tokens' cross-entropy, each answer weighted by how much the
 * loss falls with its log-probability, so it takes two passes: one for the weights, one for the
 * gradient.
 *
 * <pre>
 *   d loss = d loss / d log pi(y_w) * d log pi(y_w) + d loss / d log pi(y_l) * d log pi(y_l)
 *          = sum over tokens of w nll,   w = -d loss / d log pi(y): &gt; 0 if chosen, &lt; 0 if rejected
 * </pre>
 *
 * <p>Resumable from the newest checkpoint alone, as {@link SupervisedFineTuning} is, bit for bit.
 * Confined to the thread that made the {@link Training}.
 */
public final class PreferenceTuning {

  /** What the tokens of the answers are counted under in a checkpoint. */
  static final String DOMAIN = "preference";

  /**
   * How a preference tuning ended.
   *
   * @param finished whether all steps are done; otherwise it was told to stop and has stored where
   * @param steps steps done, of this process and those before it
   * @param before held-out pairs by the model it started from
   * @param after the same by the policy as it is now
   */
  public record Result(
      boolean finished, long steps, HeldOutPreference before, HeldOutPreference after) {}

  private final PreferenceSettings settings;
  private final ShuffledEpochs<RenderedPair> batches;
  private final Training training;
  private final List<RenderedPair> heldOut;
  private final Map<Long, PairScore> references;
  private final Checkpoints checkpoints;
  private final PreferenceLog log;
  private final Clock clock;

  /** Answer tokens trained on, of chosen and rejected answers. */
  private long tokens;

  /**
   * @param training on a decoder that has the parameters to start from
   * @param heldOut pairs that are not trained on; may be none
   * @param references scores by the model to start from of all pairs, by {@link RenderedPair#hash}
   * @param checkpoints of this tuning, to go on from and to save in
   * @throws IllegalArgumentException if a pair has no reference
   */
  public PreferenceTuning(
      PreferenceSettings settings,
      Training training,
      List<RenderedPair> heldOut,
      Map<Long, PairScore> references,
      Checkpoints checkpoints,
      PreferenceLog log,
      Clock clock) {
    this.settings = settings;
    this.batches =
        new ShuffledEpochs<>(settings.pairs(), settings.batchPairs(), 31 * settings.seed());
    this.training = training;
    this.heldOut = List.copyOf(heldOut);
    this.references = Map.copyOf(references);
    this.checkpoints = checkpoints;
    this.log = log;
    this.clock = clock;
    settings.pairs().forEach(this::requireReference);
    heldOut.forEach(this::requireReference);
  }

  private void requireReference(RenderedPair pair) {
    if (!references.containsKey(pair.hash())) {
      throw new IllegalArgumentException(
          "every pair must have a score of the reference: pair=%016x".formatted(pair.hash()));
    }
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
    HeldOutPreference before = evaluate(0);
    HeldOutPreference now = before;
    Optional<CheckpointManifest> restored = checkpoints.restore(training);
    tokens = restored.map(checkpoint -> checkpoint.getTokens().get(DOMAIN)).orElse(0L);
    long step = restored.map(checkpoint -> checkpoint.getStep() + 1).orElse(0L);
    long steps = settings.steps();
    long saved = step;
    long evaluated = 0;
    while (step < steps && !stop.getAsBoolean()) {
      train(step);
      step++;
      if (step == steps || step % settings.evaluateEvery() == 0) {
        now = evaluate(step);
        evaluated = step;
      }
      if (step == steps || step % settings.checkpointEvery() == 0) {
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
    return new Result(step == steps, step, before, now);
  }

  private void train(long step) {
    List<RenderedPair> pairs = batches.at(step);
    int n = pairs.size();
    double loss = 0;
    double margin = 0;
    double correct = 0;
    for (RenderedPair pair : pairs) {
      PreferenceLoss.Term term = addGradient(pair);
      loss += term.loss() / n;
      margin += term.margin() / n;
      correct += HeldOutPreference.won(term.margin()) / n;
    }
    double norm = training.gradientNorm() / n;
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw new ArithmeticException(
          "loss and gradient must be finite, try a lower learning rate: step=%d, loss=%s, gradientNorm=%s"
              .formatted(step, loss, norm));
    }
    double rate = settings.learningRate().at(step, settings.steps());
    training.update(step + 1, rate, settings.clip().scale(norm) / n);
    log.trained(
        new PreferenceLog.Trained(step, batches.epoch(step), rate, n, loss, margin, correct, norm));
  }

  /** Adds the gradient of a pair's loss to the gradient buffers. */
  PreferenceLoss.Term addGradient(RenderedPair pair) {
    PreferenceLoss.Term term =
        settings
            .loss()
            .of(
                PairScore.of(training.decoder(), pair),
                references.get(pair.hash()),
                pair.chosen().answerTokens(),
                pair.rejected().answerTokens());
    int[][] rows = PairScore.rows(pair);
    int predicted = rows[0].length - 1;
    training.gradients(
        rows,
        new float[][] {
          weights(pair.chosen(), -term.dChosen(), predicted),
          weights(pair.rejected(), -term.dRejected(), predicted)
        });
    tokens += pair.chosen().answerTokens() + pair.rejected().answerTokens();
    return term;
  }

  private static float[] weights(RenderedConversation conversation, double weight, int predicted) {
    float[] weights = new float[predicted];
    for (int i = 1; i < conversation.ids().length; i++) {
      weights[i - 1] = conversation.answers()[i] ? (float) weight : 0;
    }
    return weights;
  }

  private HeldOutPreference evaluate(long steps) {
    HeldOutPreference result =
        HeldOutPreference.of(training.decoder(), heldOut, references, settings.loss());
    log.evaluated(steps, result);
    return result;
  }

  private void save(long step) throws IOException {
    checkpoints.save(
        new Snapshot(
            step,
            0, // there is no plan of a mixture
            Map.of(DOMAIN, tokens),
            ParameterHash.of(training.decoder()),
            clock.instant(),
            training));
  }
}
