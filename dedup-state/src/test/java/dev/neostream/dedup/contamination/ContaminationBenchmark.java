package dev.neostream.dedup.contamination;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Measures rules on the data in {@code shared/data}: which share of planted questions is found
 * after each kind of edit, which clean pages are hit (printed, to be looked at), how large the
 * index is and how many MB of clean text a second of processor time matches. Command in README.
 */
public final class ContaminationBenchmark {

  private static final long SEED = 7;
  private static final int WARM_UP_MB = 200;
  private static final int MEASURED_MB = 400;

  private static final List<MatchRule> RULES =
      List.of(
          new MatchRule(13, 13, 13, 13, 10),
          new MatchRule(10, 13, 20, 20, 10),
          new MatchRule(8, 8, 10, 20, 10),
          new MatchRule(8, 13, 13, 26, 10),
          new MatchRule(8, 16, 13, 32, 10),
          new MatchRule(6, 13, 8, 26, 10));

  private ContaminationBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    List<BenchmarkSet> sets = Pages.allSets();
    List<Pages.Page> clean = Pages.clean();
    for (MatchRule rule : RULES) {
      ContaminationIndex index = ContaminationIndex.of(sets, rule);
      System.out.printf(
          "%s: %d n-grams, %.1f bytes each%n",
          index.version(), index.ngrams(), (double) index.bytes() / index.ngrams());
      index.coverage().forEach(coverage -> System.out.println("    " + coverage));
      for (BenchmarkSet set : sets) {
        System.out.printf("  %s found: %s%n", set.name(), recall(index, set, clean));
      }
      hits(index, clean);
      train(index);
    }
    BenchmarkSet train = Pages.gsm8kTrain();
    System.out.printf(
        "all %d questions of GSM8K's training part as a set, found: %s%n",
        train.items().size(), recall(ContaminationIndex.of(List.of(train)), train, clean));
    speed(ContaminationIndex.of(sets), clean, false);
    speed(ContaminationIndex.of(sets), clean, true);
  }

  /**
   * Returns the percentage of coverable items found where their first text is planted inside a
   * clean page.
   */
  private static Map<LightEdits, String> recall(
      ContaminationIndex index, BenchmarkSet set, List<Pages.Page> clean) {
    var matcher = new ContaminationMatcher(index);
    var found = new EnumMap<LightEdits, String>(LightEdits.class);
    int coverable =
        index.coverage().stream()
            .filter(coverage -> coverage.set().equals(set.name()))
            .mapToInt(coverage -> coverage.items() - coverage.notCoverable())
            .sum();
    for (LightEdits edits : LightEdits.values()) {
      var random = new Random(SEED);
      int hits = 0;
      for (BenchmarkSet.Item item : set.items()) {
        byte[] page = clean.get(random.nextInt(300)).utf8();
        String planted = edits.edit(item.fields().get(0).text(), random);
        String text = new String(page, StandardCharsets.UTF_8) + "\n\n" + planted + "\n\nThe end.";
        hits +=
            matcher.match(text.getBytes(StandardCharsets.UTF_8)).stream()
                    .anyMatch(hit -> hit.set().equals(set.name()) && hit.item().equals(item.id()))
                ? 1
                : 0;
      }
      found.put(edits, String.format("%.1f", 100.0 * hits / coverable));
    }
    return found;
  }

  private static void hits(ContaminationIndex index, List<Pages.Page> clean) {
    var matcher = new ContaminationMatcher(index);
    int pages = 0;
    for (Pages.Page page : clean) {
      List<Hit> hits = matcher.match(page.utf8());
      pages += hits.isEmpty() ? 0 : 1;
      for (Hit hit : hits) {
        System.out.println("    " + page.place() + " " + hit);
      }
    }
    System.out.printf("  clean pages hit: %d of %d%n", pages, clean.size());
  }

  /** Other questions of the same kind: what is found here is a coincidence or a true overlap. */
  private static void train(ContaminationIndex index) throws IOException {
    BenchmarkSet train = Pages.gsm8kTrain();
    var matcher = new ContaminationMatcher(index);
    var hits = new ArrayList<String>();
    for (BenchmarkSet.Item item : train.items()) {
      for (BenchmarkSet.Field field : item.fields()) {
        for (Hit hit : matcher.match(field.text().getBytes(StandardCharsets.UTF_8))) {
          if (!field.name().equals("answer_plain")) {
            hits.add(item.id() + " " + field.name() + " " + hit);
          }
        }
      }
    }
    System.out.printf(
        "  hits in %d items of GSM8K's training part: %d%n", train.items().size(), hits.size());
    hits.stream().limit(30).forEach(hit -> System.out.println("    " + hit));
  }

  private static void speed(ContaminationIndex index, List<Pages.Page> clean, boolean chinese) {
    List<Pages.Page> pages =
        clean.stream().filter(page -> page.place().contains(".zh.") == chinese).toList();
    var matcher = new ContaminationMatcher(index);
    long bytes = pages.stream().mapToLong(page -> page.utf8().length).sum();
    match(matcher, pages, WARM_UP_MB * 1_000_000L / bytes + 1);
    var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long rounds = MEASURED_MB * 1_000_000L / bytes + 1;
    long allocated = thread.getCurrentThreadAllocatedBytes();
    long start = thread.getCurrentThreadCpuTime();
    long hits = match(matcher, pages, rounds);
    double seconds = (thread.getCurrentThreadCpuTime() - start) / 1e9;
    allocated = thread.getCurrentThreadAllocatedBytes() - allocated;
    System.out.printf(
        "%s: %.0f MB/s, %d bytes allocated a page, %d hits%n",
        chinese ? "Chinese" : "other languages",
        bytes * rounds / seconds / 1e6,
        allocated / rounds / pages.size(),
        hits / rounds);
  }

  private static long match(ContaminationMatcher matcher, List<Pages.Page> pages, long rounds) {
    long hits = 0;
    for (long round = 0; round < rounds; round++) {
      for (Pages.Page page : pages) {
        hits += matcher.match(page.utf8()).size();
      }
    }
    return hits;
  }
}
