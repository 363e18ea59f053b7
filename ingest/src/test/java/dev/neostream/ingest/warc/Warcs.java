package dev.neostream.ingest.warc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Builds web archives for tests. */
final class Warcs {

  static final String HTML = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\n\r\n";

  private Warcs() {}

  /** Returns a response record whose url ends in {@code name}. */
  static byte[] response(String name, String http) {
    return response(name, bytes(http));
  }

  static byte[] response(String name, byte[] http) {
    return record("response", "http://x/" + name, "application/http; msgtype=response", http);
  }

  static byte[] record(String type, String url, String contentType, byte[] body) {
    return concat(
        bytes(
            "WARC/1.0\r\nWARC-Type: "
                + type
                + "\r\nWARC-Target-URI: "
                + url
                + "\r\nWARC-Date: 2020-01-02T03:04:05Z\r\nContent-Type: "
                + contentType
                + "\r\nContent-Length: "
                + body.length
                + "\r\n\r\n"),
        body,
        bytes("\r\n\r\n"));
  }

  static byte[] gzip(byte[] plain) {
    try {
      var out = new ByteArrayOutputStream();
      try (var gzip = new GZIPOutputStream(out)) {
        gzip.write(plain);
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] concat(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
