package dev.neostream.trainer.generate;

import java.util.Arrays;

/** What a model says of every id that may come next, nats, whatever is then drawn how. */
final class LogProbabilities {

  private final double[] values;

  private LogProbabilities(double[] values) {
    this.values = values;
  }

  /**
   * Returns log softmax(logits).
   *
   * @param logits finite, at least one
   */
  static LogProbabilities of(float[] logits) {
    double max = logits[Sampling.likeliest(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += StrictMath.exp(logit - max);
    }
    double[] values = new double[logits.length];
    for (int id = 0; id < values.length; id++) {
      values[id] = logits[id] - max - StrictMath.log(sum);
    }
    return new LogProbabilities(values);
  }

  double of(int id) {
    return values[id];
  }

  /** Returns the {@code count} likeliest ids, likeliest first, of equal ones the smallest first. */
  int[] likeliest(int count) {
    int[] best = new int[Math.min(count, values.length)];
    boolean[] taken = new boolean[values.length];
    Arrays.setAll(
        best,
        rank -> {
          int next = -1;
          for (int id = 0; id < values.length; id++) {
            if (!taken[id] && (next < 0 || values[id] > values[next])) {
              next = id;
            }
          }
          taken[next] = true;
          return next;
        });
    return best;
  }
}
