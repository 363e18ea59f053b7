package dev.neostream.schemas.gzip;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Decoder of gzip members, one at a time, over whatever gives bytes.
 *
 * <pre>
 *   while (there is more) { begin(); until -1: inflate(buffer); verify(); }
 * </pre>
 *
 * <p>It takes exactly the bytes of the member from its source, so that the next one, or what stands
 * in its place, is where the source is. Not thread-safe.
 */
public final class GzipMember implements Closeable {

  /** First byte of a member. */
  public static final byte MAGIC_1 = 0x1f;

  /** Second byte of a member. */
  public static final byte MAGIC_2 = (byte) 0x8b;

  /** Third byte of a member: its only compression method. */
  public static final int DEFLATE = 8;

  private static final int FLAG_HEADER_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;
  private static final int FLAGS_RESERVED = 0xe0;
  private static final int MAX_NAME_BYTES = 1 << 12;

  /** Where compressed bytes come from. */
  public interface Source {

    /**
     * Returns bytes to decode, at least one unless the data is over. What is used is taken off by
     * moving the position.
     */
    ByteBuffer bytes() throws IOException;
  }

  private final Source source;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();

  public GzipMember(Source source) {
    this.source = source;
  }

  /**
   * Reads the header of a member; false if its first two bytes are not those of one.
   *
   * @throws EOFException if the data ends inside the header
   * @throws ZipException if the header is damaged
   */
  public boolean begin() throws IOException {
    crc.reset();
    if (headerByte() != MAGIC_1 || headerByte() != (MAGIC_2 & 0xff)) {
      return false;
    }
    int method = headerByte();
    int flags = headerByte();
    if (method != DEFLATE || (flags & FLAGS_RESERVED) != 0) {
      throw new ZipException(
          "gzip method must be 8 and its flags known: method=" + method + ", flags=" + flags);
    }
    skip(6); // modification time, extra flags, operating system
    if ((flags & FLAG_EXTRA) != 0) {
      skip(headerByte() | headerByte() << 8);
    }
    if ((flags & FLAG_NAME) != 0) {
      skipName();
    }
    if ((flags & FLAG_COMMENT) != 0) {
      skipName();
    }
    if ((flags & FLAG_HEADER_CRC) != 0) {
      requireEqual("header checksum", crc.getValue() & 0xffff, nextByte() | nextByte() << 8);
    }
    crc.reset();
    inflater.reset();
    return true;
  }

  /**
   * Decodes some bytes of the member; returns their number, or -1 at the end of its data.
   *
   * @param to buffer with room for at least one byte
   * @throws EOFException if the data ends inside the member
   * @throws ZipException if the data is damaged
   */
  public int inflate(ByteBuffer to) throws IOException {
    try {
      int from = to.position();
      int count = inflater.inflate(to);
      while (count == 0 && !inflater.finished()) {
        if (inflater.needsDictionary()) {
          throw new ZipException("gzip member must not need a dictionary");
        }
        inflater.setInput(require());
        count = inflater.inflate(to);
      }
      crc.update(to.duplicate().flip().position(from));
      return count > 0 ? count : -1;
    } catch (DataFormatException e) {
      throw new ZipException("gzip member must inflate: " + e.getMessage());
    }
  }

  /**
   * Reads the checksum and the length behind the data and compares them.
   *
   * @throws EOFException if they are not there
   * @throws ZipException if they are not those of the data
   */
  public void verify() throws IOException {
    requireEqual("crc32", crc.getValue(), nextInt());
    requireEqual("length modulo 2^32", inflated() & 0xffffffffL, nextInt());
  }

  private static void requireEqual(String name, long found, long stated) throws ZipException {
    if (found != stated) {
      throw new ZipException(
          "gzip member must match its checksum: %s=%x, expected=%x".formatted(name, found, stated));
    }
  }

  /** Bytes of deflate data taken from the source since {@link #begin}. */
  public long compressed() {
    return inflater.getBytesRead();
  }

  /** Bytes given out since {@link #begin}. */
  public long inflated() {
    return inflater.getBytesWritten();
  }

  private ByteBuffer require() throws IOException {
    ByteBuffer bytes = source.bytes();
    if (!bytes.hasRemaining()) {
      throw new EOFException("gzip member must be complete: inflated=" + inflated());
    }
    return bytes;
  }

  private int nextByte() throws IOException {
    return require().get() & 0xff;
  }

  /** Returns the next four bytes, lowest first, without sign. */
  private long nextInt() throws IOException {
    return nextByte() | nextByte() << 8 | nextByte() << 16 | (long) nextByte() << 24;
  }

  private int headerByte() throws IOException {
    int value = nextByte();
    crc.update(value);
    return value;
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      headerByte();
    }
  }

  private void skipName() throws IOException {
    for (int i = 0; headerByte() != 0; i++) {
      if (i == MAX_NAME_BYTES) {
        throw new ZipException("gzip member must have a name of at most " + i + " bytes");
      }
    }
  }

  /** Frees the memory of the decoder; the source is its owner's. */
  @Override
  public void close() {
    inflater.end();
  }
}
