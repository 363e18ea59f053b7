package dev.neostream.dedup.filter;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;

/**
 * Prints the speed of a filter far larger than the caches, then state and false positives of a
 * corpus in 128 shards for several generations and bits a key. Arguments: keys of the large filter,
 * documents of the corpus. Commands in README.
 */
public final class FilterBenchmark {

  private static final int NEW_DOCUMENTS = 1_000_000;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** One pass over so many keys; returns the hits. */
  private interface Pass {
    long run(SplittableRandom keys, int n);
  }

  private FilterBenchmark() {}

  public static void main(String[] arguments) {
    var benchmark = new FilterBenchmark();
    benchmark.speed(arguments.length > 0 ? Long.parseLong(arguments[0]) : 160_000_000);
    int documents = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5_000_000;
    System.out.printf(
        "%n%9s %12s %11s %15s %24s%n",
        "bits/key", "generations", "documents", "bytes/document", "false positives/document");
    for (double bits : new double[] {16, 18, 20, 21}) {
      for (int generations : new int[] {1, 2, 3, 4}) {
        var corpus = new Corpus(documents, generations, bits);
        System.out.printf(
            "%9.0f %12d %,11d %15.2f %24.2e%n",
            bits,
            generations,
            documents,
            (double) corpus.bytes() / documents,
            corpus.falsePositives(NEW_DOCUMENTS));
      }
    }
  }

  private void speed(long keys) {
    var filter = new Generations(20);
    filter.start(0, keys);
    measure(
        "add",
        (random, n) -> {
          for (int i = 0; i < n; i++) {
            filter.add(random.nextLong());
          }
          return n;
        },
        (int) keys,
        1);
    System.out.printf("filter of %,d keys, %,d MB%n", keys, filter.bytes() / 1_000_000);
    for (int seed : new int[] {2, 1}) {
      String what = seed == 1 ? "known keys" : "new keys";
      Pass one =
          (random, n) -> {
            long hits = 0;
            for (int i = 0; i < n; i++) {
              hits += filter.mightContain(random.nextLong()) ? 1 : 0;
            }
            return hits;
          };
      measure(what + " (warm-up)", one, 20_000_000, seed);
      measure(what, one, 20_000_000, seed);
    }
  }

  private void measure(String what, Pass pass, int n, int seed) {
    long start = threads.getCurrentThreadCpuTime();
    long hits = pass.run(new SplittableRandom(seed), n);
    double seconds = (threads.getCurrentThreadCpuTime() - start) / 1e9;
    System.out.printf("%-36s %6.1f M/s, %.2e hits%n", what, n / seconds / 1e6, (double) hits / n);
  }
}
