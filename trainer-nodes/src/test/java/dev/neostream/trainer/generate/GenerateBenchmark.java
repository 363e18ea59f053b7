package dev.neostream.trainer.generate;

import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/**
 * Fills the context of a randomly started model with 200 greedy tokens after a random prompt, by
 * {@link Generator} and with the whole text computed anew for each token; prints the CPU time of
 * the one thread that computes, and whether the tokens are equal.
 *
 * <pre>
 *   java -cp ... dev.neostream.trainer.generate.GenerateBenchmark MODEL CONTEXT...
 * </pre>
 */
final class GenerateBenchmark {

  private static final int VOCAB = 8192;
  private static final int TOKENS = 200;

  private GenerateBenchmark() {}

  public static void main(String[] args) {
    for (String context : Arrays.asList(args).subList(1, args.length)) {
      ModelConfig config = ModelConfig.named(args[0], VOCAB, Integer.parseInt(context));
      try (Decoder decoder = new Decoder(config, 1)) {
        decoder.initialize(1);
        int[] prompt = new Random(1).ints(config.maxSequence() - TOKENS, 0, VOCAB).toArray();
        new Generator(decoder).generate(prompt, 2, 0, 0);

        double begin = cpuSeconds();
        int[] cached = new Generator(decoder).generate(prompt, TOKENS, 0, 0);
        double withCache = cpuSeconds() - begin;
        begin = cpuSeconds();
        int[] anew = anew(decoder, prompt);
        double without = cpuSeconds() - begin;

        System.out.printf(
            "%s, %d parameters, context %d: %.1f tokens/s of CPU with the cache, %.2f without,"
                + " ratio %.1f, tokens %s%n",
            args[0],
            config.parameterCount(),
            config.maxSequence(),
            TOKENS / withCache,
            TOKENS / without,
            without / withCache,
            Arrays.equals(cached, anew) ? "equal" : "differ");
      }
    }
  }

  private static int[] anew(Decoder decoder, int[] prompt) {
    int[] ids = prompt;
    for (int i = 0; i < TOKENS; i++) {
      int next = Sampling.likeliest(decoder.logits(ids));
      ids = Arrays.copyOf(ids, ids.length + 1);
      ids[ids.length - 1] = next;
    }
    return Arrays.copyOfRange(ids, prompt.length, ids.length);
  }

  private static double cpuSeconds() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
  }
}
