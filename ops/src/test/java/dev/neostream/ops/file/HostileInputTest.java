package dev.neostream.ops.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.rule.Profile;
import dev.neostream.ingest.Inputs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input made to exhaust memory or time ends as rejects, and what stands behind it is read. */
class HostileInputTest {

  private static final String PAGE =
      "<p>The library keeps the books that people have given to it over many years. It is open on"
          + " most days, and the staff will help you find what you want to read. There are rooms"
          + " where you can sit with a newspaper, and a garden that is quiet even in summer. If you"
          + " wish to borrow something, bring a card with your name and address to the desk.</p>";

  @TempDir Path folder;

  private Summary clean(Path... inputs) throws IOException {
    try (var documents = new FileDocuments(Inputs.resolve(List.of(inputs)))) {
      return new FileCleaner(CleanConfig.of(Profile.recommended()), 1, false)
          .run(documents, Optional.empty(), Optional.empty());
    }
  }

  private List<String> reasons(Summary summary) {
    return summary.funnel().rejected().stream().map(group -> group.reason()).toList();
  }

  private Path html(String name, byte[] start, byte[] unit, int times) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(start);
      for (int i = 0; i < times; i++) {
        out.write(unit);
      }
    }
    return file;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** One WARC response whose body is gzip of so many zeros, then a page. */
  private Path bomb(long zeros) throws IOException {
    Path body = folder.resolve("body.gz");
    try (var gzip =
        new GZIPOutputStream(Files.newOutputStream(body), 1 << 16) {
          {
            def.setLevel(Deflater.BEST_COMPRESSION);
          }
        }) {
      var chunk = new byte[1 << 20];
      for (long written = 0; written < zeros; written += chunk.length) {
        gzip.write(chunk);
      }
    }
    Path warc = folder.resolve("bomb.warc.gz");
    try (OutputStream file = Files.newOutputStream(warc)) {
      member(
          file,
          record(
              "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n",
              Files.readAllBytes(body)));
      member(file, record("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", bytes(PAGE)));
    }
    return warc;
  }

  private static byte[] record(String http, byte[] body) {
    byte[] head =
        bytes(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org/\r\n"
                + "WARC-Date: 2024-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
                + "Content-Type: application/http; msgtype=response\r\nContent-Length: "
                + (http.length() + body.length)
                + "\r\n\r\n"
                + http);
    byte[] record = Arrays.copyOf(head, head.length + body.length + 4);
    System.arraycopy(body, 0, record, head.length, body.length);
    System.arraycopy(bytes("\r\n\r\n"), 0, record, head.length + body.length, 4);
    return record;
  }

  private static void member(OutputStream out, byte[] record) throws IOException {
    var gzip = new GZIPOutputStream(out);
    gzip.write(record);
    gzip.finish();
  }

  private void assertBombIsOneReject(long zeros) throws IOException {
    Summary summary = clean(bomb(zeros));

    assertEquals(new Summary.Counts(2, 1, 1), summary.all());
    assertEquals(List.of("payload.too_large"), reasons(summary));
  }

  @Test
  void shouldRejectABombAndReadOn() throws IOException {
    assertBombIsOneReject(1L << 30);
  }

  @Test
  @Tag("nightly")
  void shouldRejectABombOfTenGigabytesAndReadOn() throws IOException {
    assertBombIsOneReject(10L << 30);
  }

  @Test
  void shouldEndOnAMillionNestedTags() throws IOException {
    Summary summary = clean(html("deep.html", bytes("<html>"), bytes("<b>"), 1_000_000));

    assertEquals(new Summary.Counts(1, 0, 1), summary.all());
  }

  @Test
  void shouldRejectAnAttributeOfAHundredMegabytes() throws IOException {
    Summary summary =
        clean(html("wide.html", bytes("<p title='"), bytes("x".repeat(1 << 20)), 100));

    assertEquals(List.of("payload.too_large"), reasons(summary));
  }

  @Test
  void shouldEndOnTextsThatBacktrackingExpressionsHangOn() throws IOException {
    for (String unit : List.of("a", "a ", "....", "a.a.", "(((", "!?", "@a.", "1.", "####", "\n")) {
      Path file = html("text.txt", bytes("http://"), bytes(unit.repeat(1000)), 1_000);

      Summary summary = clean(file);

      assertEquals(1, summary.all().read());
      assertEquals(1, summary.all().rejected(), unit);
    }
  }

  @Test
  void shouldEndOnPagesOfOneConstruct() throws IOException {
    for (String unit :
        List.of("<", "</", "<!--", "<a b", "&", "&#", "<table><tr><td>", "<script>", "<![CDATA[")) {
      Path file = html("page.html", bytes("<p>"), bytes(unit.repeat(100)), 2_000);

      Summary summary = clean(file);

      assertEquals(1, summary.all().read());
      assertTrue(summary.all().rejected() == 1, unit);
    }
  }
}
