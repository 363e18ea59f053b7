package dev.neostream.trainer.model;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A decoder small enough to be checked by hand, and two rows for it. */
final class MicroModel {

  static final int[][] ROWS = {{1, 5, 2, 9, 30, 7, 0}, {3, 4, 8, 1, 2, 30, 11}};

  private MicroModel() {}

  /** 4 query heads, V 31, D 12, F 20: no size equals another, so a swapped shape cannot pass. */
  static ModelConfig micro(int nKvHeads) {
    return new ModelConfig(31, 12, 2, 4, nKvHeads, 6, 20, 16, 10_000, 1e-5);
  }

  static Decoder decoder(ModelConfig config) {
    Decoder decoder = new Decoder(config, 1);
    decoder.initialize(42);
    return decoder;
  }

  /** Random weights far from the small starting values, so that every term of the model matters. */
  static void randomize(Decoder decoder) {
    Random random = new Random(7);
    for (int s = 0; s < decoder.layout().segments().size(); s++) {
      FloatBuffer flat = decoder.parameters(s).asFloatBuffer();
      while (flat.hasRemaining()) {
        flat.put((float) (0.4 * random.nextGaussian()));
      }
    }
  }

  static List<float[]> parameters(Decoder decoder) {
    List<float[]> all = new ArrayList<>();
    for (int s = 0; s < decoder.layout().segments().size(); s++) {
      all.add(copy(decoder.parameters(s).asFloatBuffer()));
    }
    return all;
  }

  static float[] copy(FloatBuffer buffer) {
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }
}
