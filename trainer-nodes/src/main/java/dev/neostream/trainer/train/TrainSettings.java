package dev.neostream.trainer.train;

import dev.neostream.trainer.optim.GradientClip;

/**
 * What a training run needs to know besides its batches, which carry their own learning rates.
 *
 * @param seed of the starting parameters
 * @param clip clipping of the gradient by its global norm
 * @param evalEvery steps between held-out evaluations; there is one more after {@link
 *     #FIRST_EVALUATION} steps and one at the end
 * @param checkpointEvery steps between checkpoints; there is one more at the end
 * @param waitsForHeldOut whether training waits until the held-out sequences are all there; else it
 *     goes on without an evaluation until then
 */
public record TrainSettings(
    long seed, GradientClip clip, int evalEvery, int checkpointEvery, boolean waitsForHeldOut) {

  /** Number of steps after which the first held-out evaluation is made: the early mark of a run. */
  public static final int FIRST_EVALUATION = 20;

  public TrainSettings {
    if (evalEvery < 1) {
      throw new IllegalArgumentException("evalEvery must be >= 1: evalEvery=" + evalEvery);
    }
    if (checkpointEvery < 1) {
      throw new IllegalArgumentException(
          "checkpointEvery must be >= 1: checkpointEvery=" + checkpointEvery);
    }
  }

  boolean evaluatesAfter(long step) {
    long done = step + 1;
    return done == FIRST_EVALUATION || done % evalEvery == 0;
  }

  boolean savesAfter(long step) {
    return (step + 1) % checkpointEvery == 0;
  }
}
