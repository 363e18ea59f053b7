package dev.neostream.trainer.generate;

import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.KeyValueCache;
import java.util.Arrays;

/**
 * Continues a text token by token. Sees at most the last {@code maxSequence} tokens. Up to there
 * each token is computed once; beyond, the first one seen is another each time, which changes what
 * all others mean, and all are computed anew.
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
    Sampler sampler = new Sampler(new Sampling(temperature, Sampling.ALL, 1, seed));
    int[] ids = Arrays.copyOf(prompt, prompt.length + count);
    int context = decoder.config().maxSequence();
    try (KeyValueCache cache = decoder.cache()) {
      for (int i = prompt.length; i < ids.length; i++) {
        float[] logits =
            i > context
                ? decoder.logits(Arrays.copyOfRange(ids, i - context, i))
                : cache.length() == 0
                    ? cache.prefill(Arrays.copyOf(ids, i))
                    : cache.decode(ids[i - 1]);
        ids[i] = sampler.next(logits);
      }
    }
    return Arrays.copyOfRange(ids, prompt.length, ids.length);
  }
}
