package dev.neostream.ingest.warc;

import com.github.luben.zstd.ZstdInputStream;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Origin;
import dev.neostream.schemas.gzip.GzipMember;
import dev.neostream.schemas.gzip.GzipStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
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
  private static final int ZLIB_HEADER_BYTES = 2;

  /** White space, and what terminals, ISO 2022 and DOS put into text. */
  private static final String TEXT_CONTROLS = "\0\b\t\n\013\f\r\016\017\032\033";

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
   * Returns the content of its chunks (RFC 9112, section 7.1), moved together in place. The last,
   * empty one may be missing: many a server closes the connection instead.
   *
   * @throws EOFException if it ends inside a chunk, unless it was cut
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
      if (Headers.isBlank(bytes, in, to)) {
        return new Body(bytes, from, out);
      }
      if (digits == in) {
        throw new FormatException("chunk must start with its size: byte=" + (in - from));
      }
      if (digits > in && size == 0) {
        return new Body(bytes, from, out);
      }
      int length = (int) Math.min(size, to - line);
      System.arraycopy(bytes, line, bytes, out, length);
      out += length;
      if (length < size) {
        if (cut) {
          return new Body(bytes, from, out);
        }
        throw new EOFException("chunk must be as long as it says: length=" + size);
      }
      in = Headers.lineEnd(bytes, line + length, to);
    }
  }

  /**
   * Returns the body without content codings, at most {@link Item#MAX_PAYLOAD_BYTES} + 1 bytes.
   * What is there counts, not what is declared, for crawlers and proxies store bodies decoded and
   * leave the headers as they were: a declared coding that cannot be taken off is none if the rest
   * starts with a tag or is text in UTF-8, and codings that no header names come off as well. Gzip
   * and zstd are known by their first bytes, the others by the text that comes out.
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
    if (names.size() > MAX_CODINGS) {
      return otherwise(
              new FormatException("body must have at most 4 content codings: n=" + names.size()),
              cut)
          .payload();
    }
    Body body = this;
    int left = MAX_BYTES_BETWEEN_CODINGS;
    // The last coding applied is the first to come off.
    for (int i = names.size() - 1; i >= 0 && body.to > body.from; i--) {
      if (i + 1 < names.size() && isRepeated(names, i) && !body.hasControls()) {
        break; // a proxy declared again what the server had
      }
      byte[] inner;
      try {
        inner = body.without(names.get(i), i > 0 ? left + 1 : Item.MAX_PAYLOAD_BYTES + 1, cut);
      } catch (IOException e) {
        body = body.otherwise(e, cut);
        break;
      }
      left -= inner.length;
      if (i > 0 && left < 0) {
        throw new FormatException(
            "content codings must have at most "
                + MAX_BYTES_BETWEEN_CODINGS
                + " bytes between them");
      }
      body = new Body(inner, 0, inner.length);
    }
    return body.withoutUndeclared(cut).payload();
  }

  private byte[] payload() {
    return Arrays.copyOfRange(bytes, from, Math.min(to, from + Item.MAX_PAYLOAD_BYTES + 1));
  }

  /** Returns what the body is if not what is declared, or throws why it is not that. */
  private Body otherwise(IOException failure, boolean cut) throws IOException {
    if (startsWithTag() || isText()) {
      return this;
    }
    Body other = withoutUndeclared(cut);
    if (other == this) {
      throw failure;
    }
    return other;
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
    for (String coding : hasControls() ? UNMARKED : List.<String>of()) {
      try {
        byte[] inner = without(coding, Item.MAX_PAYLOAD_BYTES + 1, cut);
        var body = new Body(inner, 0, inner.length);
        if (inner.length >= to - from && (body.isText() || body.startsWithPage())) {
          return body;
        }
      } catch (IOException e) {
        // It is something else.
      }
    }
    return this;
  }

  private boolean startsWithPage() {
    return startsWithTag() && !hasControls();
  }

  private boolean isText() {
    var start = ByteBuffer.wrap(bytes, from, Math.min(to - from, EXAMINED));
    var decoded = CharBuffer.allocate(start.remaining());
    return !hasControls()
        && !StandardCharsets.UTF_8.newDecoder().decode(start, decoded, false).isError();
  }

  /** Whether its first bytes hold control characters, of which what is compressed is full. */
  private boolean hasControls() {
    for (int i = from; i < Math.min(to, from + EXAMINED); i++) {
      if (bytes[i] >= 0 && bytes[i] < ' ' && TEXT_CONTROLS.indexOf(bytes[i]) < 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean isRepeated(List<String> names, int i) {
    return names.get(i).equals(names.get(i + 1))
        || GZIP.contains(names.get(i)) && GZIP.contains(names.get(i + 1));
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
    try {
      return read(decoder(coding), most, cut);
    } catch (EOFException e) {
      if (!coding.equals("deflate") || !startsWithZlib()) {
        throw e;
      }
      // Only its checksum may be missing, and then its data ends.
      return read(new Body(bytes, from + ZLIB_HEADER_BYTES, to).inflater(false), most, cut);
    } catch (IllegalStateException e) { // brotli, on some damage
      throw new FormatException(Origin.said(e));
    }
  }

  private static byte[] read(InputStream decoder, int most, boolean cut) throws IOException {
    try (decoder) {
      return cut ? readWhatIsThere(decoder, most) : decoder.readNBytes(most);
    }
  }

  private InputStream decoder(String coding) throws IOException {
    return switch (coding) {
      case "gzip", "x-gzip" -> GzipStream.ofBody(stream());
      case "deflate" -> inflater(startsWithZlib());
      case "br" -> new BrotliInputStream(stream());
      case "zstd" -> new ZstdInputStream(stream());
      default -> throw new FormatException("content coding must be known: coding=" + coding);
    };
  }

  private InputStream stream() {
    return new ByteArrayInputStream(bytes, from, to - from);
  }

  /** With zlib's header as the standard asks, or without as some servers send it. */
  private boolean startsWithZlib() {
    return to - from >= ZLIB_HEADER_BYTES
        && bytes[from] == 0x78
        && (bytes[from] << 8 | bytes[from + 1] & 0xff) % 31 == 0;
  }

  private InputStream inflater(boolean zlib) {
    return new InflaterInputStream(stream(), new Inflater(!zlib), 1 << 13) {
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
