package dev.neostream.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** B rows of T + 1 token ids that a model can read: position i predicts id i + 1. */
final class TokenRows {

  private final int[][] rows;
  private final Shape shape;

  /**
   * @param rows at least one
   * @throws IllegalArgumentException if rows differ in length, are not 2 .. {@code maxSequence + 1}
   *     ids long or hold an id outside the vocabulary
   */
  TokenRows(ModelConfig config, int[][] rows) {
    int ids = rows[0].length;
    if (ids < 2 || ids > config.maxSequence() + 1) {
      throw new IllegalArgumentException(
          "a row must have 2 .. maxSequence + 1 ids: ids="
              + ids
              + ", maxSequence="
              + config.maxSequence());
    }
    for (int r = 0; r < rows.length; r++) {
      if (rows[r].length != ids) {
        throw new IllegalArgumentException(
            "rows must have equal lengths: row 0=" + ids + ", row " + r + "=" + rows[r].length);
      }
      for (int i = 0; i < ids; i++) {
        if (rows[r][i] < 0 || rows[r][i] >= config.vocabSize()) {
          throw new IllegalArgumentException(
              "a token id must be in [0, vocabSize): id="
                  + rows[r][i]
                  + ", vocabSize="
                  + config.vocabSize()
                  + ", row="
                  + r
                  + ", position="
                  + i);
        }
      }
    }
    this.rows = rows;
    this.shape = new Shape(rows.length, ids - 1);
  }

  /** Returns the ids that are read, int64 (B, T). */
  NDArray inputs(NDManager memory) {
    return ids(memory, 0);
  }

  /** Returns the ids that are predicted, int64 (B, T). */
  NDArray targets(NDManager memory) {
    return ids(memory, 1);
  }

  /**
   * Returns one weight a predicted token, fp32 (B, T).
   *
   * @throws IllegalArgumentException unless {@code weights} are B rows of T finite numbers
   */
  NDArray weights(NDManager memory, float[][] weights) {
    int b = (int) shape.get(0);
    int t = (int) shape.get(1);
    if (weights.length != b) {
      throw new IllegalArgumentException(
          "every row must have weights: rows=" + b + ", rows of weights=" + weights.length);
    }
    float[] flat = new float[b * t];
    for (int r = 0; r < b; r++) {
      if (weights[r].length != t) {
        throw new IllegalArgumentException(
            "every predicted token must have a weight: tokens=%d, weights=%d, row=%d"
                .formatted(t, weights[r].length, r));
      }
      for (int i = 0; i < t; i++) {
        if (!Float.isFinite(weights[r][i])) {
          throw new IllegalArgumentException(
              "a weight must be finite: weight=%s, row=%d, position=%d"
                  .formatted(weights[r][i], r, i));
        }
        flat[r * t + i] = weights[r][i];
      }
    }
    return memory.create(flat, shape);
  }

  private NDArray ids(NDManager memory, int shift) {
    int t = (int) shape.get(1);
    long[] ids = new long[rows.length * t];
    for (int r = 0; r < rows.length; r++) {
      for (int i = 0; i < t; i++) {
        ids[r * t + i] = rows[r][i + shift];
      }
    }
    return memory.create(ids, shape);
  }
}
