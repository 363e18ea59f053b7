package dev.neostream.trainer.align;

/** Port that is told what a fine-tuning does, in order. Steps after a crash are told again. */
public interface FineTuningLog {

  /**
   * One step.
   *
   * @param step from 0
   * @param phase name of its phase
   * @param epoch of the phase, from 0
   * @param learningRate it was made with
   * @param loss mean weighted cross-entropy before the update, nats a token
   * @param answerTokens tokens the loss is the mean of
   * @param gradientNorm before clipping
   */
  record Trained(
      long step,
      String phase,
      int epoch,
      double learningRate,
      double loss,
      long answerTokens,
      double gradientNorm) {}

  /** A step was made. */
  void trained(Trained step);

  /**
   * Held-out answers were evaluated.
   *
   * @param steps steps the model has been trained for
   */
  void evaluated(long steps, HeldOutLoss loss);
}
