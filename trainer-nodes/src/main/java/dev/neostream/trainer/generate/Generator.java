package dev.neostream.trainer.generate;

import dev.neostream.trainer.model.Decoder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Continues a text token by token. Sees at most the last {@code maxSequence} tokens and computes
 * them anew for every token: right for a sample at a run's end, slow for serving.
 */
public final class Generator {

  private final Decoder decoder;

  /** Generates with a decoder's current parameters, on its thread. */
  public Generator(Decoder decoder) {
    this.decoder = decoder;
  }

  /**
   * Returns the {@code count} ids that follow {@code prompt}; equal arguments give equal ids.
   *
   * @param prompt at least one id
   * @param temperature logits are divided by it before sampling; 0 takes the likeliest id (of equal
   *     ones the smallest)
   * @param seed of the sampling
   */
  public int[] generate(int[] prompt, int count, double temperature, long seed) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("a prompt must hold at least one id");
    }
    if (count < 0) {
      throw new IllegalArgumentException("count must be >= 0: count=" + count);
    }
    if (!(temperature >= 0)) {
      throw new IllegalArgumentException("temperature must be >= 0: temperature=" + temperature);
    }
    SplittableRandom random = new SplittableRandom(seed);
    int[] ids = Arrays.copyOf(prompt, prompt.length + count);
    for (int i = prompt.length; i < ids.length; i++) {
      int from = Math.max(0, i - decoder.config().maxSequence());
      float[] logits = decoder.logits(Arrays.copyOfRange(ids, from, i));
      ids[i] = temperature == 0 ? likeliest(logits) : sample(logits, temperature, random);
    }
    return Arrays.copyOfRange(ids, prompt.length, ids.length);
  }

  private static int likeliest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Draws from softmax(logits / temperature) by walking the cumulative sum. */
  private static int sample(float[] logits, double temperature, SplittableRandom random) {
    double max = logits[likeliest(logits)];
    double[] cumulative = new double[logits.length];
    double total = 0;
    for (int i = 0; i < logits.length; i++) {
      total += StrictMath.exp((logits[i] - max) / temperature);
      cumulative[i] = total;
    }
    double drawn = random.nextDouble() * total;
    int id = 0;
    while (cumulative[id] <= drawn && id < logits.length - 1) {
      id++;
    }
    return id;
  }
}
