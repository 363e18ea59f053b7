package dev.neostream.clean.rule.published;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Speed of the published rules and their verdicts: {@code PublishedBenchmark en|zh PAGES.jsonl
 * [VERDICTS.jsonl]}. Pages are JSON lines with {@code id} and {@code text}; verdicts are written in
 * their order with {@code rule} (null if kept) and {@code value}. CPU time of one thread; the best
 * of the passes that follow the warm-up.
 */
public final class PublishedBenchmark {

  private static final long WARM_UP_BYTES = 120_000_000;
  private static final int PASSES = 5;

  private PublishedBenchmark() {}

  public static void main(String[] args) throws IOException {
    var json = new ObjectMapper();
    List<String> ids = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    long bytes = 0;
    for (String line : Files.readAllLines(Path.of(args[1]))) {
      JsonNode page = json.readTree(line);
      ids.add(page.get("id").asText());
      texts.add(page.get("text").asText());
      bytes += page.get("text").asText().getBytes(StandardCharsets.UTF_8).length;
    }
    var profile = new PublishedProfile(args[0]);
    var threads = ManagementFactory.getThreadMXBean();
    double best = 0;
    int kept = 0;
    int warmUp = (int) (WARM_UP_BYTES / bytes) + 1;
    for (int pass = 0; pass < warmUp + PASSES; pass++) {
      kept = 0;
      long start = threads.getCurrentThreadCpuTime();
      for (String text : texts) {
        // A fresh string, as the statistics are kept by identity.
        kept += profile.judge(new String(text.toCharArray())) == null ? 1 : 0;
      }
      double seconds = (threads.getCurrentThreadCpuTime() - start) / 1e9;
      best = pass < warmUp ? 0 : Math.max(best, bytes / 1e6 / seconds);
    }
    System.out.printf(
        "%s: %d pages, %.2f MB, kept %d, %.1f MB/s%n",
        args[0], texts.size(), bytes / 1e6, kept, best);
    if (args.length > 2) {
      try (var out = new PrintStream(args[2], StandardCharsets.UTF_8)) {
        for (int i = 0; i < ids.size(); i++) {
          PublishedProfile.Failure failure = profile.judge(texts.get(i));
          var verdict = json.createObjectNode().put("id", ids.get(i));
          verdict.put("rule", failure == null ? null : failure.rule());
          if (failure != null) {
            verdict.put("value", failure.value());
          }
          out.println(verdict);
        }
      }
    }
  }
}
