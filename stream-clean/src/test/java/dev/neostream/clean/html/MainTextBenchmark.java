package dev.neostream.clean.html;

import com.sun.management.ThreadMXBean;
import dev.neostream.clean.SharedData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jsoup.Jsoup;

/**
 * Extracts the 60 development pages on one thread and prints pages and bytes a second of CPU time
 * and bytes allocated a page; the same for jsoup's parser. Command in README.
 */
public final class MainTextBenchmark {

  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private MainTextBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    List<byte[]> pages = new ArrayList<>();
    try (Stream<Path> files =
        Files.list(SharedData.folder("article-extraction-dev").resolve("html"))) {
      for (Path file : files.sorted().toList()) {
        pages.add(SharedData.read(file));
      }
    }
    var mainText = new MainText();
    double own = measure("MainText", pages, 40, page -> mainText.extract(page).length);
    double jsoup = measure("jsoup, parsing only", pages, 10, MainTextBenchmark::parse);
    System.out.printf("ratio %.1f%n", own / jsoup);
  }

  private static int parse(byte[] page) {
    try {
      return Jsoup.parse(new ByteArrayInputStream(page), "UTF-8", "").childNodeSize();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns pages a second; the first half of the rounds warms up the virtual machine. */
  private static double measure(
      String name, List<byte[]> pages, int rounds, ToIntFunction<byte[]> work) {
    long bytes = 0;
    long results = 0;
    long cpu = 0;
    long allocated = 0;
    for (int round = 0; round < 2 * rounds; round++) {
      if (round == rounds) {
        cpu = THREAD.getCurrentThreadCpuTime();
        allocated = THREAD.getCurrentThreadAllocatedBytes();
      }
      for (byte[] page : pages) {
        results += work.applyAsInt(page);
        bytes += round < rounds ? 0 : page.length;
      }
    }
    double seconds = (THREAD.getCurrentThreadCpuTime() - cpu) / 1e9;
    double count = (double) rounds * pages.size();
    System.out.printf(
        "%s: %.0f pages/s, %.0f MB/s, %.0f bytes allocated a page (results %d)%n",
        name,
        count / seconds,
        bytes / seconds / 1e6,
        (THREAD.getCurrentThreadAllocatedBytes() - allocated) / count,
        results);
    return count / seconds;
  }
}
