package dev.neostream.trainer.generate;

import java.util.SplittableRandom;

/** Draws the tokens of one text: equal samplings and logits give equal ids. Not thread-safe. */
public final class Sampler {

  private final Sampling sampling;
  private final SplittableRandom random;

  public Sampler(Sampling sampling) {
    this.sampling = sampling;
    random = new SplittableRandom(sampling.seed());
  }

  /**
   * Returns the next id.
   *
   * @param logits finite, at least one
   */
  public int next(float[] logits) {
    if (sampling.temperature() == 0) {
      return Sampling.likeliest(logits);
    }
    double[] probabilities = sampling.probabilities(logits);
    double drawn = random.nextDouble();
    double cumulative = 0;
    int id = 0;
    for (int i = 0; i < probabilities.length && cumulative <= drawn; i++) {
      cumulative += probabilities[i];
      // Where rounding leaves the sum below the draw, the last id that stays is taken.
      if (probabilities[i] > 0) {
        id = i;
      }
    }
    return id;
  }
}
