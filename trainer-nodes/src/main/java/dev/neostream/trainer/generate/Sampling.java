package dev.neostream.trainer.generate;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How a token is drawn: logits are divided by the temperature, the {@code topK} likeliest stay, of
 * these the fewest likeliest whose probabilities add up to {@code topP} (Fan, Lewis and Dauphin
 * 2018; Holtzman et al. 2020, nucleus sampling), and one of them is drawn by its probability.
 *
 * @param temperature finite and >= 0; 0 takes the likeliest id
 * @param topK how many stay, or {@link #ALL}
 * @param topP in [0, 1]; 1 keeps all, and the likeliest id always stays
 * @param seed of the draws
 */
public record Sampling(double temperature, int topK, double topP, long seed) {

  /** The {@code topK} that keeps every id. */
  public static final int ALL = 0;

  /** The likeliest id, always. */
  public static final Sampling GREEDY = new Sampling(0, ALL, 1, 0);

  public Sampling {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature must be >= 0: temperature=" + temperature);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("topK must be >= 0: topK=" + topK);
    }
    if (!(topP >= 0 && topP <= 1)) {
      throw new IllegalArgumentException("topP must be in [0, 1]: topP=" + topP);
    }
  }

  /**
   * Returns the probability with which each id is drawn, 0 for those that do not stay. Of equally
   * likely ids the smallest stays longest.
   *
   * @param logits finite, at least one
   */
  public double[] probabilities(float[] logits) {
    double[] p = new double[logits.length];
    if (temperature == 0) {
      p[likeliest(logits)] = 1;
      return p;
    }
    double max = logits[likeliest(logits)];
    for (int id = 0; id < p.length; id++) {
      p[id] = StrictMath.exp((logits[id] - max) / temperature);
    }
    boolean fewer = topK != ALL && topK < p.length;
    if (fewer || topP < 1) {
      int[] ranked = ranked(logits);
      int kept = fewer ? topK : p.length;
      if (topP < 1) {
        kept = nucleus(p, ranked, kept);
      }
      for (int rank = kept; rank < ranked.length; rank++) {
        p[ranked[rank]] = 0;
      }
    }
    double total = IntStream.range(0, p.length).mapToDouble(id -> p[id]).sum();
    for (int id = 0; id < p.length; id++) {
      p[id] /= total;
    }
    return p;
  }

  /** Returns the id of the greatest logit, of equal ones the smallest. */
  static int likeliest(float[] logits) {
    int best = 0;
    for (int id = 1; id < logits.length; id++) {
      if (logits[id] > logits[best]) {
        best = id;
      }
    }
    return best;
  }

  private static int[] ranked(float[] logits) {
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted(Comparator.comparingDouble(id -> -logits[id])) // stable: smaller ids first
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Returns how many of the {@code kept} first weights add up to {@code topP} of their sum. */
  private int nucleus(double[] weights, int[] ranked, int kept) {
    double total = 0;
    for (int rank = 0; rank < kept; rank++) {
      total += weights[ranked[rank]];
    }
    double sum = weights[ranked[0]];
    int size = 1;
    while (size < kept && sum < topP * total) {
      sum += weights[ranked[size++]];
    }
    return size;
  }
}
