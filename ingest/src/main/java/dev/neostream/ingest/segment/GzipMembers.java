package dev.neostream.ingest.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * The members of a gzip file (RFC 1952), each a segment. {@link java.util.zip.GZIPInputStream}
 * joins them and so knows neither where a member starts nor how to go on behind a damaged one.
 */
final class GzipMembers extends Members {

  static final byte MAGIC_1 = 0x1f;

  private static final int MAGIC_2 = 0x8b;
  private static final int DEFLATE = 8;
  private static final int FLAG_HEADER_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;
  private static final int FLAGS_RESERVED = 0xe0;
  private static final int MAX_NAME_BYTES = 1 << 12;

  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();

  GzipMembers(StorageFile file, Rewinds rewinds, long depth) {
    super(file, ByteBuffer.allocate(1 << 16), rewinds, depth);
  }

  @Override
  void begin() throws IOException {
    if (nextByte() != MAGIC_1 || nextByte() != MAGIC_2 || nextByte() != DEFLATE) {
      throw new ZipException("gzip member must start with 1f 8b 08");
    }
    int flags = nextByte();
    if ((flags & FLAGS_RESERVED) != 0) {
      throw new ZipException("gzip flags must be known: flags=" + flags);
    }
    skip(6); // modification time, extra flags, operating system
    if ((flags & FLAG_EXTRA) != 0) {
      skip(nextByte() | nextByte() << 8);
    }
    if ((flags & FLAG_NAME) != 0) {
      skipName();
    }
    if ((flags & FLAG_COMMENT) != 0) {
      skipName();
    }
    if ((flags & FLAG_HEADER_CRC) != 0) {
      skip(2);
    }
    inflater.reset();
    inflater.setInput(in);
    crc.reset();
  }

  @Override
  int decompress(ByteBuffer buffer) throws IOException {
    try {
      int from = buffer.position();
      int count = inflater.inflate(buffer);
      while (count == 0 && !inflater.finished()) {
        if (inflater.needsDictionary()) {
          throw new ZipException("gzip member must not need a dictionary");
        }
        requireInput();
        inflater.setInput(in);
        count = inflater.inflate(buffer);
      }
      crc.update(buffer.duplicate().flip().position(from));
      if (count > 0) {
        return count;
      }
      requireTrailer();
      return -1;
    } catch (DataFormatException e) {
      throw new ZipException("gzip member must inflate: " + e.getMessage());
    }
  }

  private void requireTrailer() throws IOException {
    long checksum = nextInt();
    long length = nextInt();
    if (checksum != crc.getValue() || length != (inflater.getBytesWritten() & 0xffffffffL)) {
      throw new ZipException(
          "gzip member must match its checksum: crc32="
              + Long.toHexString(crc.getValue())
              + ", expected="
              + Long.toHexString(checksum));
    }
  }

  @Override
  long compressed() {
    return inflater.getBytesRead();
  }

  @Override
  boolean isMagic(int lastThreeBytes) {
    return lastThreeBytes == (MAGIC_1 << 16 | MAGIC_2 << 8 | DEFLATE);
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      nextByte();
    }
  }

  private void skipName() throws IOException {
    for (int i = 0; nextByte() != 0; i++) {
      if (i == MAX_NAME_BYTES) {
        throw new ZipException("gzip member must have a name of at most " + i + " bytes");
      }
    }
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    super.close();
  }
}
