package dev.neostream.ingest.warc;

import dev.neostream.ingest.file.Item;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * An HTTP response as a crawler stored it (RFC 9112), read as leniently as browsers do.
 *
 * @param headers fields in front of the body
 * @param bytes array that holds the body
 * @param from start of the body
 * @param to end of the body
 */
record HttpResponse(int status, Headers headers, byte[] bytes, int from, int to) {

  /**
   * Parses a response: {@code HTTP/1.1 200 OK}, then fields, a blank line and the body. Interim
   * responses (1xx) in front of the one they announce are passed over.
   *
   * @throws FormatException if it has no status or no end of its header
   */
  static HttpResponse parse(byte[] bytes, int from, int to) throws FormatException {
    HttpResponse response = parseOne(bytes, from, to);
    while (response.status / 100 == 1 && isHead(bytes, response.from, to)) {
      response = parseOne(bytes, response.from, to);
    }
    return response;
  }

  /** Whether a message with a head starts so. */
  static boolean isHead(byte[] bytes, int from, int to) {
    return to - from >= 5 && new String(bytes, from, 5, StandardCharsets.US_ASCII).equals("HTTP/");
  }

  private static HttpResponse parseOne(byte[] bytes, int from, int to) throws FormatException {
    int first = Headers.lineEnd(bytes, from, to);
    String line = Headers.text(bytes, from, first);
    if (!line.matches("(?s)HTTP(/[\\d.]+)? +\\d{3}(\\D.*)?")) {
      throw new FormatException(
          "response must start with HTTP/1.x and a status: line="
              + line.substring(0, Math.min(line.length(), 80)));
    }
    int space = line.indexOf(' ');
    int status = Integer.parseInt(line.substring(space).strip().substring(0, 3));
    int body = Headers.end(bytes, first, to);
    if (body < 0) {
      throw new FormatException("response must have a blank line behind its header");
    }
    return new HttpResponse(status, new Headers(bytes, first, body), bytes, body, to);
  }

  /** Returns the media type that the server declared, unless it declared that it knows none. */
  Optional<ContentType> contentType() {
    return headers.first("content-type").map(ContentType::parse).filter(type -> !type.isUnknown());
  }

  /**
   * Returns the body without transfer and content encoding: the first {@link
   * Item#MAX_PAYLOAD_BYTES} + 1 bytes of it. Many crawlers store it decoded and leave the headers
   * as they were, so a body that is no chunk is taken as it is; see {@link Body#decoded} for
   * codings.
   *
   * @param cut whether the crawler cut the body, so that an early end is no damage
   * @throws IOException if it cannot be decoded
   */
  byte[] body(boolean cut) throws IOException {
    var body = new Body(bytes, from, to);
    if (headers.joined("transfer-encoding").toLowerCase(Locale.ROOT).contains("chunked")
        && body.startsWithChunk()) {
      body = body.dechunked(cut);
    }
    return body.decoded(headers.joined("content-encoding"), cut);
  }
}
