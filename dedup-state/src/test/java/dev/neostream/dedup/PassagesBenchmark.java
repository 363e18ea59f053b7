package dev.neostream.dedup;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import dev.neostream.dedup.line.PublishedSimilarLines;
import dev.neostream.dedup.line.SimilarLines;
import dev.neostream.dedup.paragraph.Paragraphs;
import dev.neostream.dedup.paragraph.PublishedParagraphs;
import dev.neostream.dedup.substring.PublishedSubstrings;
import dev.neostream.dedup.substring.Substrings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Prints MB of text a second of processor time for each way to find passages, on real documents,
 * and the memory of counting them. Command in README.
 */
public final class PassagesBenchmark {

  private static final double SECONDS = 1;

  private PassagesBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    for (String set :
        List.of(
            "books/us-speeches.en.jsonl.gz",
            "docs-zh-en/react-docs.zh.jsonl.gz",
            "books/classical-modern.zh.jsonl.gz")) {
      report(set, documents(set));
    }
  }

  private static void report(String set, List<byte[]> documents) {
    System.out.println(set);
    var paragraphs = new Paragraphs();
    var substrings = new Substrings(50);
    var similarLines = new SimilarLines();
    measure("paragraphs", documents, text -> paragraphs.of(text).size());
    measure("substrings", documents, text -> substrings.of(text).size());
    measure("similar lines", documents, text -> similarLines.without(text).length);
    var publishedParagraphs = new PublishedParagraphs();
    var publishedSubstrings = new PublishedSubstrings();
    var publishedLines = new PublishedSimilarLines();
    measure("published paragraphs", documents, text -> publishedParagraphs.of(text).size());
    measure("published substrings", documents, text -> publishedSubstrings.of(text).size());
    measure("published similar lines", documents, text -> publishedLines.without(text).length);

    var table = new SightingTable();
    var repeats = new Repeats(table, 2);
    var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long start = thread.getCurrentThreadCpuTime();
    long before = 0;
    long after = 0;
    for (byte[] text : documents) {
      Passages passages = substrings.of(text);
      before += text.length;
      after += Cut.without(text, passages, repeats.in(passages)).length;
    }
    System.out.printf(
        "  substrings found, counted and cut once: %.1f MB/s; %d to %d bytes, %d different, %.1f"
            + " bytes each%n",
        before * 1e3 / (thread.getCurrentThreadCpuTime() - start),
        before,
        after,
        table.size(),
        (double) table.bytes() / table.size());
  }

  private static void measure(String name, List<byte[]> documents, ToIntFunction<byte[]> work) {
    var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    double rate = 0;
    // The first round warms up.
    for (int round = 0; round < 2; round++) {
      long bytes = 0;
      long start = thread.getCurrentThreadCpuTime();
      double seconds = 0;
      for (int i = 0; seconds < SECONDS; i++) {
        byte[] text = documents.get(i % documents.size());
        sum += work.applyAsInt(text);
        bytes += text.length;
        seconds = (thread.getCurrentThreadCpuTime() - start) / 1e9;
      }
      rate = bytes / seconds / 1e6;
    }
    System.out.printf("  %-24s %8.2f MB/s (%d)%n", name, rate, sum);
  }

  private static List<byte[]> documents(String set) throws IOException {
    var json = new ObjectMapper();
    var documents = new ArrayList<byte[]>();
    for (String line : SharedData.lines(SharedData.folder("books").resolveSibling(set))) {
      documents.add(json.readTree(line).get("text").asText().getBytes(StandardCharsets.UTF_8));
    }
    return documents;
  }
}
