package dev.neostream.ingest;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.RecordReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Prints how fast inputs are read, by CPU time of the one thread, and for {@code .gz} how fast the
 * JDK only decompresses them.
 *
 * <pre>
 *   ReadBenchmark [path ...]   without paths: a WARC.gz made here of 5,000 pages of 40 KB
 * </pre>
 */
final class ReadBenchmark {

  private static final int WARM_UP = 3;
  private static final int PASSES = 5;

  private ReadBenchmark() {}

  public static void main(String[] args) throws IOException {
    List<Path> paths = new ArrayList<>();
    for (String arg : args) {
      paths.add(Path.of(arg));
    }
    if (paths.isEmpty()) {
      paths.add(generate());
    }
    for (Input input : Inputs.resolve(paths)) {
      double gunzip = input.path().toString().endsWith(".gz") ? gunzip(input.path()) : Double.NaN;
      System.out.printf("%s, gunzip alone %.3f s%n", input.path().getFileName(), gunzip);
      for (int pass = 0; pass < WARM_UP + PASSES; pass++) {
        measure(input, pass >= WARM_UP);
      }
    }
  }

  private static void measure(Input input, boolean print) throws IOException {
    long bytes = 0;
    long documents = 0;
    long records = 0;
    long allocated = allocated();
    double start = cpuSeconds();
    try (RecordReader reader = input.open()) {
      for (Optional<Item> item = reader.next(); item.isPresent(); item = reader.next()) {
        records++;
        if (item.get() instanceof Item.Document document) {
          documents++;
          bytes += document.payload().length;
        }
      }
    }
    double seconds = cpuSeconds() - start;
    if (print) {
      System.out.printf(
          "  %d records, %d documents, %.1f MB payload, %.3f s: %.0f documents/s, %.0f MB/s,"
              + " %d bytes allocated a record, payload included%n",
          records,
          documents,
          bytes / 1e6,
          seconds,
          documents / seconds,
          bytes / 1e6 / seconds,
          (allocated() - allocated) / records);
    }
  }

  private static double gunzip(Path path) throws IOException {
    byte[] buffer = new byte[1 << 16];
    double best = Double.MAX_VALUE;
    for (int pass = 0; pass < WARM_UP + PASSES; pass++) {
      double start = cpuSeconds();
      try (InputStream in = new GZIPInputStream(Files.newInputStream(path), buffer.length)) {
        while (in.read(buffer) >= 0) {}
      }
      best = Math.min(best, cpuSeconds() - start);
    }
    return best;
  }

  /** Writes pages of words in random order, a request and a response each, one member a record. */
  private static Path generate() throws IOException {
    String[] words =
        "the of and a to in is it that was for on as with by at from a page".split(" ");
    var random = new Random(1);
    Path path = Files.createTempFile("read-benchmark", ".warc.gz");
    path.toFile().deleteOnExit();
    try (var out = Files.newOutputStream(path)) {
      for (int i = 0; i < 5_000; i++) {
        var page = new StringBuilder("<!doctype html><title>Page " + i + "</title>");
        while (page.length() < 40_000) {
          page.append("<p class=\"c").append(random.nextInt(1_000)).append("\">");
          for (int word = random.nextInt(60); word >= 0; word--) {
            page.append(words[random.nextInt(words.length)]).append(random.nextInt(50)).append(' ');
          }
          page.append("</p>\n");
        }
        member(out, "request", i, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        member(out, "response", i, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page);
      }
    }
    return path;
  }

  private static void member(OutputStream out, String type, int page, String http)
      throws IOException {
    String record =
        "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: http://x/%d\r\nWARC-Date: 2024-01-01T00:00:00Z\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
            .formatted(type, page, http.length(), http);
    var gzip = new GZIPOutputStream(out);
    gzip.write(record.getBytes(StandardCharsets.UTF_8));
    gzip.finish();
  }

  private static double cpuSeconds() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
  }

  private static long allocated() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
