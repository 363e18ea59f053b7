package dev.neostream.dedup.minhash;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import dev.neostream.dedup.Fingerprint;
import dev.neostream.dedup.SharedData;
import dev.neostream.dedup.shingle.ShingleKind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Fingerprints real documents and prints, for each kind of shingle and set of documents, MB of
 * UTF-8 a second of processor time, and for a document its bytes, shingles and bytes allocated
 * beyond the fingerprint's own arrays. Command in README.
 */
public final class FingerprintBenchmark {

  private static final int WARM_UP_MB = 150;
  private static final int MEASURED_MB = 300;

  private FingerprintBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    Path data = SharedData.folder("domain-mix").getParent();
    var english =
        documents(
            data,
            "domain-mix/web-c4.en.jsonl",
            "domain-mix/web-ccnet-docs.en.jsonl",
            "domain-mix/web-ccnet-head-a.en.jsonl",
            "domain-mix/web-ccnet-head-b.en.jsonl",
            "domain-mix/web-redpajama-cc.en.jsonl",
            "domain-mix/arxiv-latex.en.jsonl",
            "domain-mix/stackexchange.en.jsonl",
            "domain-mix/biomed-nih.en.jsonl",
            "domain-mix/patents-uspto.en.jsonl",
            "books/us-speeches.en.jsonl.gz");
    var chinese = documents(data, "books/classical-modern.zh.jsonl.gz");
    var mixed = documents(data, "docs-zh-en/react-docs.zh.jsonl.gz");
    for (ShingleKind kind : List.of(ShingleKind.words5(), ShingleKind.characters13())) {
      measure(kind, "English (domain-mix, speeches)", english);
      measure(kind, "Chinese (classical-modern)", chinese);
      measure(kind, "Chinese with code (react-docs)", mixed);
    }
  }

  private static void measure(ShingleKind kind, String name, List<byte[]> documents) {
    var fingerprinter = new Fingerprinter(kind);
    long bytes = documents.stream().mapToLong(utf8 -> utf8.length).sum();
    run(fingerprinter, documents, (int) (WARM_UP_MB * 1_000_000L / bytes) + 1);
    int rounds = (int) (MEASURED_MB * 1_000_000L / bytes) + 1;
    var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = thread.getCurrentThreadAllocatedBytes();
    long start = thread.getCurrentThreadCpuTime();
    long kept = run(fingerprinter, documents, rounds);
    double seconds = (thread.getCurrentThreadCpuTime() - start) / 1e9;
    long runs = (long) rounds * documents.size();
    allocated = thread.getCurrentThreadAllocatedBytes() - allocated - Integer.BYTES * kept;
    System.out.printf(
        Locale.ROOT,
        "%-17s %-31s %6.1f MB/s, %d documents of %d bytes, %d shingles, %d bytes allocated%n",
        kind.version(),
        name,
        bytes * rounds / seconds / 1e6,
        documents.size(),
        bytes / documents.size(),
        kept / runs - Fingerprinter.BINS,
        allocated / runs);
  }

  private static long run(Fingerprinter fingerprinter, List<byte[]> documents, int rounds) {
    long kept = 0;
    for (int round = 0; round < rounds; round++) {
      for (byte[] document : documents) {
        Fingerprint fingerprint = fingerprinter.of(document);
        kept += fingerprint.bins.length + fingerprint.shingles.length;
      }
    }
    return kept;
  }

  private static List<byte[]> documents(Path data, String... files) throws IOException {
    var json = new ObjectMapper();
    var documents = new ArrayList<byte[]>();
    for (String file : files) {
      for (String line : SharedData.lines(data.resolve(file))) {
        documents.add(json.readTree(line).get("text").asText().getBytes(StandardCharsets.UTF_8));
      }
    }
    return documents;
  }
}
