package dev.neostream.trainer.align;

import dev.neostream.tokens.chat.RenderedPair;
import dev.neostream.tokens.mixture.LearningRate;
import dev.neostream.trainer.optim.GradientClip;
import java.util.List;

/**
 * What a preference tuning does. Together with the model it starts from, it decides every bit of
 * the result.
 *
 * @param pairs what is trained on, at least one; every epoch has each once
 * @param epochs how often, &gt;= 1
 * @param batchPairs pairs a step, &gt;= 1; an epoch's last step has what is left
 * @param peak highest learning rate, &gt; 0
 * @param warmupShare share of the steps that warm up, in [0, 1)
 * @param clip clipping of the gradient by its global norm
 * @param seed of the order of pairs
 * @param evaluateEvery steps between evaluations on held-out pairs; there is one more at the end
 * @param checkpointEvery steps between checkpoints; there is one more at the end
 */
public record PreferenceSettings(
    List<RenderedPair> pairs,
    PreferenceLoss loss,
    int epochs,
    int batchPairs,
    double peak,
    double warmupShare,
    GradientClip clip,
    long seed,
    int evaluateEvery,
    int checkpointEvery) {

  public PreferenceSettings {
    pairs = List.copyOf(pairs);
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("there must be a pair to train on");
    }
    requirePositive("epochs", epochs);
    requirePositive("batchPairs", batchPairs);
    if (!(peak > 0 && Double.isFinite(peak))) {
      throw new IllegalArgumentException("peak must be finite and > 0: peak=" + peak);
    }
    if (!(warmupShare >= 0 && warmupShare < 1)) {
      throw new IllegalArgumentException(
          "warmupShare must be in [0, 1): warmupShare=" + warmupShare);
    }
    requirePositive("evaluateEvery", evaluateEvery);
    requirePositive("checkpointEvery", checkpointEvery);
  }

  /** Number of steps of all epochs. */
  public long steps() {
    return epochs * ShuffledEpochs.stepsAnEpoch(pairs.size(), batchPairs);
  }

  /** The rule of the learning rate: linear warm-up, then half a cosine, as in fine-tuning. */
  LearningRate learningRate() {
    return LearningRate.cosine(
        peak, FineTuningPhase.FLOOR_SHARE * peak, Math.round(warmupShare * steps()));
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be >= 1: " + name + "=" + value);
    }
  }
}
