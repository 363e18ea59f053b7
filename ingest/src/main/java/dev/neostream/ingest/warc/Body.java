package dev.neostream.ingest.warc;

import com.github.luben.zstd.ZstdInputStream;
import dev.neostream.ingest.file.Item;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.brotli.dec.BrotliInputStream;

/**
 * The bytes of an HTTP body and how its encodings are taken off.
 *
 * @param bytes array that holds the body
 * @param from start of the body
 * @param to end of the body
 */
record Body(byte[] bytes, int from, int to) {

  private static final int MAX_CODINGS = 4;

  /** Whether it starts with the size of a chunk: hexadecimal digits, then a line end or `;`. */
  boolean startsWithChunk() {
    int i = from;
    while (i < to && Character.digit(bytes[i], 16) >= 0) {
      i++;
    }
    return i > from && i < to && " \t\r\n;".indexOf(bytes[i]) >= 0;
  }

  /** Whether its first byte that is no white space opens a tag. */
  boolean startsWithTag() {
    int i = from;
    while (i < to && " \t\r\n".indexOf(bytes[i]) >= 0) {
      i++;
    }
    return i < to && bytes[i] == '<';
  }

  /**
   * Returns the content of its chunks (RFC 9112, section 7.1), moved together in place.
   *
   * @throws EOFException if it ends before its last chunk, unless it was cut
   * @throws FormatException if a chunk has no size
   */
  Body dechunked(boolean cut) throws IOException {
    int in = from;
    int out = from;
    while (true) {
      int line = Headers.lineEnd(bytes, in, to);
      long size = 0;
      int digits = in;
      for (; digits < line && Character.digit(bytes[digits], 16) >= 0; digits++) {
        size = Math.min(size << 4 | Character.digit(bytes[digits], 16), Integer.MAX_VALUE);
      }
      if (digits == in && in < to) {
        throw new FormatException("chunk must start with its size: byte=" + (in - from));
      }
      if (digits > in && size == 0) {
        return new Body(bytes, from, out);
      }
      int length = (int) Math.min(size, to - line);
      System.arraycopy(bytes, line, bytes, out, length);
      out += length;
      if (in >= to || length < size) {
        if (cut) {
          return new Body(bytes, from, out);
        }
        throw new EOFException("chunked body must have a last chunk");
      }
      in = Headers.lineEnd(bytes, line + length, to);
    }
  }

  /**
   * Returns the body without content codings, at most {@link Item#MAX_PAYLOAD_BYTES} + 1 bytes.
   *
   * @param codings Content-Encoding, in the order they were applied
   * @param cut whether an early end is no damage
   * @throws EOFException if it ends early
   * @throws IOException if a coding is unknown or the data is damaged
   */
  byte[] decoded(String codings, boolean cut) throws IOException {
    String[] names = codings.isBlank() ? new String[0] : codings.split(",");
    if (names.length > MAX_CODINGS) {
      throw new FormatException("body must have at most 4 content codings: n=" + names.length);
    }
    if (names.length == 0) {
      return Arrays.copyOfRange(bytes, from, Math.min(to, from + Item.MAX_PAYLOAD_BYTES + 1));
    }
    try (InputStream in = decoder(names)) {
      return cut ? readWhatIsThere(in) : in.readNBytes(Item.MAX_PAYLOAD_BYTES + 1);
    } catch (IllegalStateException e) { // brotli, on some damage
      throw new FormatException(String.valueOf(e.getMessage()));
    }
  }

  /** The last coding applied is the first to come off. */
  private InputStream decoder(String[] codings) throws IOException {
    InputStream in = new ByteArrayInputStream(bytes, from, to - from);
    for (int i = codings.length - 1; i >= 0; i--) {
      in = decoder(codings[i].strip().toLowerCase(Locale.ROOT), in);
    }
    return in;
  }

  private static InputStream decoder(String coding, InputStream in) throws IOException {
    return switch (coding) {
      case "", "identity", "none" -> in;
      case "gzip", "x-gzip" -> new GZIPInputStream(in, 1 << 13);
      case "deflate" -> inflater(in);
      case "br" -> new BrotliInputStream(in);
      case "zstd" -> new ZstdInputStream(in);
      default -> throw new FormatException("content coding must be known: coding=" + coding);
    };
  }

  /** With zlib's header as the standard asks, or without as some servers send it. */
  private static InputStream inflater(InputStream body) throws IOException {
    var in = new BufferedInputStream(body);
    in.mark(2);
    int header = in.read() << 8 | in.read() & 0xff;
    in.reset();
    boolean zlib = header >> 8 == 0x78 && header % 31 == 0;
    return new InflaterInputStream(in, new Inflater(!zlib), 1 << 13) {
      @Override
      public void close() throws IOException {
        inf.end();
        super.close();
      }
    };
  }

  private static byte[] readWhatIsThere(InputStream in) throws IOException {
    var out = new ByteArrayOutputStream();
    byte[] chunk = new byte[1 << 13];
    try {
      for (int n = in.read(chunk); n >= 0 && out.size() <= Item.MAX_PAYLOAD_BYTES; ) {
        out.write(chunk, 0, n);
        n = in.read(chunk);
      }
    } catch (IOException e) {
      // Cut by the crawler: what came before is the document.
    }
    return out.toByteArray();
  }
}
