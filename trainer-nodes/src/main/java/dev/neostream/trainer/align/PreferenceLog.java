package dev.neostream.trainer.align;

/**
 * Port that is told what a preference tuning does, in order. Steps after a crash are told again.
 */
public interface PreferenceLog {

  /**
   * One step; all but the first four before its update.
   *
   * @param step from 0
   * @param epoch from 0
   * @param learningRate it was made with
   * @param pairs it was trained on
   * @param loss mean of the pairs, nats
   * @param margin mean of the pairs
   * @param accuracy share of pairs of positive margin, 0 counted as half
   * @param gradientNorm before clipping
   */
  record Trained(
      long step,
      int epoch,
      double learningRate,
      int pairs,
      double loss,
      double margin,
      double accuracy,
      double gradientNorm) {}

  /** A step was made. */
  void trained(Trained step);

  /**
   * Held-out pairs were evaluated.
   *
   * @param steps steps the policy has been trained for
   */
  void evaluated(long steps, HeldOutPreference heldOut);
}
