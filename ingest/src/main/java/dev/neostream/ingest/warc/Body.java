package dev.neostream.ingest.warc;

import com.github.luben.zstd.ZstdInputStream;
import dev.neostream.ingest.file.Item;
import dev.neostream.schemas.gzip.GzipMember;
import dev.neostream.schemas.gzip.GzipStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
  private static final Set<String> NO_CODINGS = Set.of("", "identity", "none");
  private static final Set<String> GZIP = Set.of("gzip", "x-gzip");

  /** Codings without a mark that their data starts with. */
  private static final List<String> UNMARKED = List.of("deflate", "br");

  private static final int EXAMINED = 1024;

  /**
   * Bound of what all codings but the last to come off give together, or 20 KB could stand for
   * gigabytes of which none reaches the payload. Three times a payload: each of three codings may
   * add to it, but hardly doubles it.
   */
  private static final int MAX_BYTES_BETWEEN_CODINGS = 3 * Item.MAX_PAYLOAD_BYTES;

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
   * What is left when a coding cannot be taken off is the payload if it starts with a tag, for
   * crawlers and proxies store bodies decoded and leave the headers as they were. Codings that no
   * header names come off as well: gzip and zstd are known by their first bytes, the others by the
   * text that comes out.
   *
   * @param codings Content-Encoding, in the order they were applied
   * @param cut whether an early end is no damage
   * @throws EOFException if it ends early
   * @throws IOException if a coding is unknown, the data is damaged, or what lies between codings
   *     is larger than {@link #MAX_BYTES_BETWEEN_CODINGS}
   */
  byte[] decoded(String codings, boolean cut) throws IOException {
    List<String> names =
        Arrays.stream(codings.split(","))
            .map(name -> name.strip().toLowerCase(Locale.ROOT))
            .filter(name -> !NO_CODINGS.contains(name))
            .toList();
    Body body = this;
    try {
      if (names.size() > MAX_CODINGS) {
        throw new FormatException("body must have at most 4 content codings: n=" + names.size());
      }
      int left = MAX_BYTES_BETWEEN_CODINGS;
      // The last coding applied is the first to come off.
      for (int i = names.size() - 1; i >= 0; i--) {
        if (i + 1 < names.size() && isRepeated(names, i) && !body.startsWithGzip()) {
          break; // a proxy declared again what the server had
        }
        byte[] inner =
            body.without(names.get(i), i > 0 ? left + 1 : Item.MAX_PAYLOAD_BYTES + 1, cut);
        left -= inner.length;
        if (i > 0 && left < 0) {
          throw new FormatException(
              "content codings must have at most "
                  + MAX_BYTES_BETWEEN_CODINGS
                  + " bytes between them");
        }
        body = new Body(inner, 0, inner.length);
      }
      body = body.withoutUndeclared(cut);
    } catch (IOException e) {
      if (!body.startsWithTag()) {
        throw e;
      }
    }
    return Arrays.copyOfRange(
        body.bytes, body.from, Math.min(body.to, body.from + Item.MAX_PAYLOAD_BYTES + 1));
  }

  /**
   * Returns the body without one coding that no header named, or this.
   *
   * @throws IOException if it starts like gzip or zstd and cannot be decoded
   */
  private Body withoutUndeclared(boolean cut) throws IOException {
    if (startsWithGzip() || startsWithZstd()) {
      byte[] inner = without(startsWithGzip() ? "gzip" : "zstd", Item.MAX_PAYLOAD_BYTES + 1, cut);
      return new Body(inner, 0, inner.length);
    }
    for (String coding : isText() ? List.<String>of() : UNMARKED) {
      try {
        byte[] inner = without(coding, Item.MAX_PAYLOAD_BYTES + 1, cut);
        var body = new Body(inner, 0, inner.length);
        if (inner.length >= to - from && body.isText()) {
          return body;
        }
      } catch (IOException e) {
        // It is something else.
      }
    }
    return this;
  }

  /** Whether its first bytes hold no control character, of which what is compressed is full. */
  private boolean isText() {
    for (int i = from; i < Math.min(to, from + EXAMINED); i++) {
      if (bytes[i] >= 0
          && bytes[i] < ' '
          && "\0\b\t\n\013\f\r\016\017\032\033".indexOf(bytes[i]) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isRepeated(List<String> names, int i) {
    return GZIP.contains(names.get(i)) && GZIP.contains(names.get(i + 1));
  }

  private boolean startsWithGzip() {
    return to - from >= 2
        && bytes[from] == GzipMember.MAGIC_1
        && bytes[from + 1] == GzipMember.MAGIC_2;
  }

  private boolean startsWithZstd() {
    return to - from >= 4
        && bytes[from] == 0x28
        && bytes[from + 1] == (byte) 0xb5
        && bytes[from + 2] == 0x2f
        && bytes[from + 3] == (byte) 0xfd;
  }

  /** Returns the first {@code most} bytes without a coding. */
  private byte[] without(String coding, int most, boolean cut) throws IOException {
    try (InputStream in = decoder(coding, new ByteArrayInputStream(bytes, from, to - from))) {
      return cut ? readWhatIsThere(in, most) : in.readNBytes(most);
    } catch (IllegalStateException e) { // brotli, on some damage
      throw new FormatException(String.valueOf(e.getMessage()));
    }
  }

  private static InputStream decoder(String coding, InputStream in) throws IOException {
    return switch (coding) {
      case "gzip", "x-gzip" -> GzipStream.ofBody(in);
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

  /** Cut by the crawler: what came before is the document, unless nothing came. */
  private static byte[] readWhatIsThere(InputStream in, int most) throws IOException {
    var out = new ByteArrayOutputStream();
    byte[] chunk = new byte[1 << 13];
    try {
      for (int n = 0;
          n >= 0 && out.size() < most;
          n = in.read(chunk, 0, Math.min(chunk.length, most - out.size()))) {
        out.write(chunk, 0, n);
      }
    } catch (IOException e) {
      if (out.size() == 0) {
        throw e;
      }
    }
    return out.toByteArray();
  }
}
