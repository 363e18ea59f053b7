package dev.neostream.trainer.model;

import java.nio.FloatBuffer;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * Starting parameters: matrices from N(0, 0.02), norm weights 1 (MAP-Neo's {@code init_std}, and
 * the GPT-2 value before it). Drawn with Java's specified generator in layout order, so that a seed
 * means the same model on every machine.
 */
final class NormalInitialization {

  static final double STANDARD_DEVIATION = 0.02;

  private NormalInitialization() {}

  /** Writes starting values for {@code seed} into every segment's buffer. */
  static void fill(FlatLayout layout, long seed, IntFunction<FloatBuffer> segment) {
    Random random = new Random(seed);
    for (FlatLayout.Parameter p : layout.parameters()) {
      FloatBuffer values = segment.apply(p.segment()).slice(p.offset(), p.size());
      while (values.hasRemaining()) {
        values.put(p.isNorm() ? 1f : (float) (STANDARD_DEVIATION * random.nextGaussian()));
      }
    }
  }
}
