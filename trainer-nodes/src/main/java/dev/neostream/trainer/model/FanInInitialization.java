package dev.neostream.trainer.model;

import java.nio.FloatBuffer;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * Starting parameters: norm weights 1, matrices from N(0, 1 / fan-in), so that a product is as
 * large as what goes into it whatever the width, and embeddings as large as a row of the head. What
 * a layer adds to the residual stream starts smaller by sqrt(2 layers), the number of such sums
 * (Radford et al. 2019, section 2.3), and the head from N(0, 1 / fan-in^2), so that training starts
 * with every token about as likely (Yang et al. 2022, table 8: output weights). At MAP-Neo's width
 * of 3,072 the deviation is 0.018, its published {@code init_std} 0.02; at a width of 128 it is
 * 0.088.
 *
 * <p>Drawn with Java's specified generator in layout order, so that a seed means the same model on
 * every machine.
 */
final class FanInInitialization {

  private FanInInitialization() {}

  /** Writes starting values for {@code seed} into every segment's buffer. */
  static void fill(FlatLayout layout, long seed, IntFunction<FloatBuffer> segment) {
    Random random = new Random(seed);
    int layers = layout.segments().size() - 2;
    for (FlatLayout.Parameter p : layout.parameters()) {
      FloatBuffer values = segment.apply(p.segment()).slice(p.offset(), p.size());
      double deviation = p.isNorm() ? 0 : deviation(p, layers);
      while (values.hasRemaining()) {
        values.put(p.isNorm() ? 1f : (float) (deviation * random.nextGaussian()));
      }
    }
  }

  /** Returns the standard deviation of a matrix's starting values. */
  static double deviation(FlatLayout.Parameter matrix, int layers) {
    double fanIn = matrix.shape().get(1);
    if (matrix.isHead()) {
      return 1 / fanIn;
    }
    return 1 / Math.sqrt(matrix.addsToResidual() ? fanIn * 2 * layers : fanIn);
  }
}
