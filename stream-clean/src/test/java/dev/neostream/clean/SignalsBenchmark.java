package dev.neostream.clean;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Profile;
import dev.neostream.clean.rule.Verdict;
import dev.neostream.clean.text.Signals;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Judges real documents by a profile (first argument, {@code recommended} without) and prints, for
 * each data set, how many pages are kept, which rules would drop how many (all rules of every page,
 * without stopping), and for the pages kept, which pay for every rule: MB of text a second of
 * processor time and bytes allocated a page. Commands in README.
 */
public final class SignalsBenchmark {

  private static final int WARM_UP_MB = 100;
  private static final int MEASURED_MB = 200;

  private record Document(byte[] utf8, String kind) {}

  private final Profile profile;
  private final Signals signals = new Signals();

  private SignalsBenchmark(Profile profile) {
    this.profile = profile;
  }

  public static void main(String[] arguments) throws IOException {
    var benchmark =
        new SignalsBenchmark(Profile.named(arguments.length > 0 ? arguments[0] : "recommended"));
    Path data = SharedData.folder("domain-mix").getParent();
    for (String set :
        List.of(
            "domain-mix/web-c4.en.jsonl",
            "domain-mix/web-ccnet-docs.en.jsonl",
            "domain-mix/web-ccnet-head-a.en.jsonl",
            "domain-mix/web-ccnet-head-b.en.jsonl",
            "domain-mix/web-redpajama-cc.en.jsonl",
            "domain-mix/stackexchange.en.jsonl",
            "domain-mix/biomed-nih.en.jsonl",
            "domain-mix/patents-uspto.en.jsonl",
            "domain-mix/wikipedia.en.txt",
            "books/us-speeches.en.jsonl.gz",
            "docs-zh-en/react-docs.en.jsonl.gz",
            "docs-zh-en/react-docs.zh.jsonl.gz",
            "books/classical-modern.zh.jsonl.gz")) {
      benchmark.report(set, documents(data.resolve(set)));
    }
    benchmark.report("Java sources of this project", sources());
  }

  private void report(String name, List<Document> documents) {
    if (!profile.kinds().contains(documents.get(0).kind)) {
      return;
    }
    var kept = new ArrayList<Document>();
    Map<String, Integer> failures = new TreeMap<>();
    for (Document document : documents) {
      if (judge(document) instanceof Verdict.Keep) {
        kept.add(document);
      }
      profile.explain(document.kind, page(document)).stream()
          .filter(finding -> !finding.passed())
          .forEach(finding -> failures.merge(finding.rule(), 1, Integer::sum));
    }
    System.out.printf("%s: kept %d of %d %s%n", name, kept.size(), documents.size(), failures);
    long bytes = kept.stream().mapToLong(document -> document.utf8.length).sum();
    if (bytes > 0) {
      measure(kept, (int) (WARM_UP_MB * 1_000_000L / bytes) + 1);
      var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      int rounds = (int) (MEASURED_MB * 1_000_000L / bytes) + 1;
      long allocated = thread.getCurrentThreadAllocatedBytes();
      long start = thread.getCurrentThreadCpuTime();
      measure(kept, rounds);
      double seconds = (thread.getCurrentThreadCpuTime() - start) / 1e9;
      allocated = thread.getCurrentThreadAllocatedBytes() - allocated;
      System.out.printf(
          "    %.1f MB/s, %.0f pages/s, mean %d bytes a page, %d bytes allocated a page%n",
          bytes * rounds / seconds / 1e6,
          kept.size() * rounds / seconds,
          bytes / kept.size(),
          allocated / rounds / kept.size());
    }
  }

  private void measure(List<Document> kept, int rounds) {
    for (int round = 0; round < rounds; round++) {
      for (Document document : kept) {
        if (judge(document) instanceof Verdict.Drop) {
          throw new AssertionError("a page judged again must get the same verdict");
        }
      }
    }
  }

  private Verdict judge(Document document) {
    return profile.judge(document.kind, page(document));
  }

  private Page page(Document document) {
    return new Page(document.utf8, document.kind, 1, "", signals);
  }

  private static List<Document> documents(Path file) throws IOException {
    var json = new ObjectMapper();
    String kind = file.toString().contains(".zh.") ? "zh" : "en";
    var documents = new ArrayList<Document>();
    for (String line : SharedData.lines(file)) {
      if (!line.isBlank()) {
        String text = line.startsWith("{") ? json.readTree(line).get("text").asText() : line;
        documents.add(new Document(text.getBytes(StandardCharsets.UTF_8), kind));
      }
    }
    return documents;
  }

  private static List<Document> sources() throws IOException {
    Path project = Path.of("").toAbsolutePath();
    var documents = new ArrayList<Document>();
    try (var files = Files.walk(project)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
        documents.add(new Document(Files.readAllBytes(file), "code"));
      }
    }
    return documents;
  }
}
