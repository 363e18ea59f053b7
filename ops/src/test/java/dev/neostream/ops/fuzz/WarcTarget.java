package dev.neostream.ops.fuzz;

import dev.neostream.ingest.Input;
import dev.neostream.ingest.file.RecordReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Web archives: plain, and in gzip members. */
public final class WarcTarget {

  private static final Path PLAIN = Path.of(System.getProperty("java.io.tmpdir"), "input.warc");
  private static final Path GZIP = Path.of(System.getProperty("java.io.tmpdir"), "input.warc.gz");

  private static final String RECORD =
      "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
          + "WARC-Date: 2024-01-01T00:00:00Z\r\nWARC-Target-URI: http://example.org/\r\n"
          + "Content-Type: application/http; msgtype=response\r\nContent-Length: 120\r\n\r\n"
          + "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n1d\r\n<html><p>Some text here.</html\r\n0\r\n\r\n"
          + "\r\n\r\n";

  private static final String ARC =
      "filedesc://a.arc 0.0.0.0 20080430204825 text/plain 60\n1 0 InternetArchive\n"
          + "URL IP-address Archive-date Content-type Archive-length\n\n"
          + "http://example.org/ 1.2.3.4 20080430204825 text/html 45\n"
          + "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x\n";

  private WarcTarget() {}

  static List<byte[]> seeds() throws IOException {
    byte[] record = RECORD.getBytes(StandardCharsets.ISO_8859_1);
    var zipped = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(zipped)) {
      gzip.write(record);
    }
    return List.of(record, zipped.toByteArray(), ARC.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Loads what the first input would be charged for. */
  public static void fuzzerInitialize() throws IOException {
    for (byte[] seed : seeds()) {
      fuzzerTestOneInput(seed);
    }
  }

  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Path file = input.length > 1 && input[0] == 0x1f ? GZIP : PLAIN;
    Files.write(file, input);
    try (RecordReader reader = new Input("fuzz", file).open()) {
      while (reader.next().isPresent()) {
        // Every record is either read or counted as broken; that it ends is the point.
      }
    }
  }
}
