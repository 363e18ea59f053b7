package dev.neostream.trainer.generate;

import java.util.Arrays;

/** What a model says of every id that may come next, nats, whatever is then drawn how. */
final class LogProbabilities {

  private final float[] logits;
  private final double max;
  private final double logSum;

  private LogProbabilities(float[] logits, double max, double logSum) {
    this.logits = logits;
    this.max = max;
    this.logSum = logSum;
  }

  /**
   * Returns log softmax(logits).
   *
   * @param logits finite, at least one; kept, not copied
   */
  static LogProbabilities of(float[] logits) {
    double max = logits[Sampling.likeliest(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += StrictMath.exp(logit - max);
    }
    return new LogProbabilities(logits, max, StrictMath.log(sum));
  }

  double of(int id) {
    return logits[id] - max - logSum;
  }

  /** Returns the {@code count} likeliest ids, likeliest first, of equal ones the smallest first. */
  int[] likeliest(int count) {
    int[] best = new int[Math.min(count, logits.length)];
    boolean[] taken = new boolean[logits.length];
    Arrays.setAll(
        best,
        rank -> {
          int next = -1;
          for (int id = 0; id < logits.length; id++) {
            if (!taken[id] && (next < 0 || of(id) > of(next))) {
              next = id;
            }
          }
          taken[next] = true;
          return next;
        });
    return best;
  }
}
