package dev.neostream.clean.url;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;

/**
 * Writes a category of random domains (default 5 million) to a temporary folder and prints load
 * time, memory and look-ups a second, in CPU time of one thread. Command in README.
 */
public final class BlockListsBenchmark {

  private BlockListsBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5_000_000;
    Path category = Files.createDirectories(Files.createTempDirectory("lists").resolve("adult"));
    var random = new Random(1);
    try (var out = new PrintWriter(Files.newBufferedWriter(category.resolve("domains")))) {
      for (int i = 0; i < count; i++) {
        out.println(domain(random));
      }
    }
    long bytes = Files.size(category.resolve("domains"));
    var urls = new String[1_000_000];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = "https://www." + domain(random) + "/2024/05/some-article-" + i + ".html?page=2";
    }
    BlockLists lists = null;
    for (int round = 0; round < 3; round++) {
      long start = cpu();
      lists = BlockLists.load(category.getParent(), Set.of("adult"), Set.of());
      double seconds = (cpu() - start) / 1e9;
      System.out.printf(
          "load: %.2f s, %.1f MB/s, %d entries of %d, %.1f bytes an entry%n",
          seconds,
          bytes / seconds / 1e6,
          lists.size(),
          count,
          (double) lists.bytes() / lists.size());
    }
    for (int round = 0; round < 5; round++) {
      int matches = 0;
      long start = cpu();
      for (String url : urls) {
        matches += lists.match(url).isPresent() ? 1 : 0;
      }
      double seconds = (cpu() - start) / 1e9;
      System.out.printf("match: %.0f URLs/s, %d matches%n", urls.length / seconds, matches);
    }
    Files.delete(category.resolve("domains"));
    Files.delete(category);
    Files.delete(category.getParent());
  }

  private static String domain(Random random) {
    var name = new StringBuilder();
    for (int i = 6 + random.nextInt(12); i > 0; i--) {
      name.append((char) ('a' + random.nextInt(26)));
    }
    return name.append(".com").toString();
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
