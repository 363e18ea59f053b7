package dev.neostream.ops.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Bodies of HTTP responses; the first byte chooses their content codings. */
public final class HttpBodyTarget {

  private static final InputFile FILE = new InputFile(".warc");

  private static final List<String> CODINGS =
      List.of(
          "Content-Encoding: gzip",
          "Content-Encoding: gzip, gzip",
          "Content-Encoding: deflate",
          "Content-Encoding: br",
          "Content-Encoding: zstd",
          "Transfer-Encoding: chunked",
          "X: none");

  private HttpBodyTarget() {}

  static List<byte[]> seeds() throws IOException {
    var body = new ByteArrayOutputStream();
    body.write(0);
    try (var gzip = new GZIPOutputStream(body)) {
      gzip.write("some text".getBytes(StandardCharsets.UTF_8));
    }
    byte[] gzip = body.toByteArray();
    byte[] chunked = "\0055\r\nsome \r\n4\r\ntext\r\n0\r\n\r\n".getBytes(StandardCharsets.UTF_8);
    return List.of(gzip, chunked);
  }

  /** Loads what the first input would be charged for. */
  public static void fuzzerInitialize() throws IOException {
    for (byte[] seed : seeds()) {
      fuzzerTestOneInput(seed);
    }
  }

  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    FILE.read(response(input));
  }

  private static byte[] response(byte[] input) {
    String coding = input.length == 0 ? "" : CODINGS.get((input[0] & 0xff) % CODINGS.size());
    int length = Math.max(0, input.length - 1);
    String http = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + coding + "\r\n\r\n";
    String warc =
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://x/\r\n"
            + "Content-Type: application/http\r\nContent-Length: "
            + (http.length() + length)
            + "\r\n\r\n";
    var record = new ByteArrayOutputStream();
    record.writeBytes((warc + http).getBytes(StandardCharsets.US_ASCII));
    record.write(input, input.length - length, length);
    record.writeBytes("\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return record.toByteArray();
  }
}
