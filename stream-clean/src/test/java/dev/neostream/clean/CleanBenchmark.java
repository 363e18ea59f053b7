package dev.neostream.clean;

import dev.neostream.schemas.Envelope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Cleans every HTML page and Java source in archives, on one thread, and prints documents a second
 * and the rejects by reason. Command in README.
 */
public final class CleanBenchmark {

  private CleanBenchmark() {}

  public static void main(String[] archives) throws IOException {
    var cleaner = Cleaner.recommended();
    for (String archive : archives) {
      // The first round warms up the virtual machine.
      round(cleaner, archive);
    }
    var total = new Round();
    for (String archive : archives) {
      Round round = round(cleaner, archive);
      System.out.println(Path.of(archive).getFileName());
      round.outcomes.forEach((outcome, count) -> System.out.printf("%8d  %s%n", count, outcome));
      total.documents += round.documents;
      total.kept += round.kept;
      total.bytes += round.bytes;
      total.nanos += round.nanos;
    }
    System.out.printf(
        "%d documents, %d kept, %.0f documents/s, %.1f MB/s%n",
        total.documents,
        total.kept,
        total.documents / (total.nanos / 1e9),
        total.bytes / (total.nanos / 1e3));
  }

  private static Round round(Cleaner cleaner, String archive) throws IOException {
    var round = new Round();
    try (var zip = new ZipFile(archive)) {
      for (ZipEntry entry : documents(zip)) {
        Envelope raw = envelope(entry.getName(), zip.getInputStream(entry).readAllBytes());
        long start = System.nanoTime();
        Cleaned result = cleaner.clean(raw);
        round.nanos += System.nanoTime() - start;
        round.documents++;
        round.bytes += raw.body.length;
        round.kept += result instanceof Cleaned.Clean ? 1 : 0;
        round.outcomes.merge(outcome(entry.getName(), result), 1, Integer::sum);
      }
    }
    return round;
  }

  private static List<? extends ZipEntry> documents(ZipFile zip) {
    return Collections.list(zip.entries()).stream()
        .filter(entry -> entry.getName().endsWith(".html") || entry.getName().endsWith(".java"))
        .toList();
  }

  private static String outcome(String name, Cleaned result) {
    String outcome =
        result instanceof Cleaned.Rejected rejected
            ? rejected.rejection().reason()
            : "kept " + ((Cleaned.Clean) result).document().domain;
    String file = name.substring(name.lastIndexOf('/') + 1);
    String kind =
        name.contains("class-use/")
            ? "class-use page"
            : Character.isUpperCase(file.charAt(0)) ? "class" : "index, tree, package page";
    return outcome + ", " + kind;
  }

  private static Envelope envelope(String name, byte[] body) {
    var raw = new Envelope();
    raw.mediaType = name.endsWith(".java") ? "text/x-java-source" : "text/html";
    raw.charset = "";
    raw.domain = "";
    raw.body = body;
    return raw;
  }

  private static final class Round {
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private long documents;
    private long kept;
    private long bytes;
    private long nanos;
  }
}
