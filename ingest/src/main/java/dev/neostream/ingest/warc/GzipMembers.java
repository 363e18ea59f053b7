package dev.neostream.ingest.warc;

import dev.neostream.ingest.file.Inflation;
import dev.neostream.ingest.file.StorageFile;
import java.io.EOFException;
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
final class GzipMembers implements Segments {

  static final byte MAGIC_1 = 0x1f;
  static final byte MAGIC_2 = (byte) 0x8b;

  private static final int DEFLATE = 8;
  private static final int FLAG_HEADER_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;
  private static final int FLAGS_RESERVED = 0xe0;
  private static final int MAX_NAME_BYTES = 1 << 12;

  private final StorageFile file;
  private final ByteBuffer in = ByteBuffer.allocate(1 << 16).flip();
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final Rewinds rewinds;
  private long start;
  private boolean open;
  private boolean damaged;

  GzipMembers(StorageFile file) throws IOException {
    this.file = file;
    this.rewinds = new Rewinds(file.size());
  }

  @Override
  public boolean advance() throws IOException {
    start = position();
    if (!in.hasRemaining() && !fill()) {
      return false;
    }
    begin();
    return true;
  }

  /** Stays in a member that still inflates; else scans for the next one that does. */
  @Override
  public boolean recover(long offset, ByteBuffer buffer) throws IOException {
    if (open && !damaged) {
      return true;
    }
    buffer.clear().flip();
    if (damaged) {
      scan();
    }
    open = false;
    damaged = false;
    return false;
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    if (!open) {
      return -1;
    }
    damaged = true; // until the bytes prove otherwise
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
      Inflation.check(inflater.getBytesRead(), inflater.getBytesWritten());
      if (count == 0) {
        end();
      }
      damaged = false;
      return count == 0 ? -1 : count;
    } catch (DataFormatException e) {
      throw new ZipException("gzip member must inflate: " + e.getMessage());
    }
  }

  @Override
  public long offset(int unread) {
    return start;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    file.close();
  }

  private void begin() throws IOException {
    damaged = true; // until the whole header is read
    open = true;
    if (next() != (MAGIC_1 & 0xff) || next() != (MAGIC_2 & 0xff) || next() != DEFLATE) {
      throw new ZipException("gzip member must start with 1f 8b 08");
    }
    int flags = next();
    if ((flags & FLAGS_RESERVED) != 0) {
      throw new ZipException("gzip flags must be known: flags=" + flags);
    }
    skip(6); // modification time, extra flags, operating system
    if ((flags & FLAG_EXTRA) != 0) {
      skip(next() | next() << 8);
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
    damaged = false;
  }

  private void end() throws IOException {
    long checksum = nextInt();
    long length = nextInt();
    if (checksum != crc.getValue() || length != (inflater.getBytesWritten() & 0xffffffffL)) {
      throw new ZipException(
          "gzip member must match its checksum: crc32="
              + Long.toHexString(crc.getValue())
              + ", expected="
              + Long.toHexString(checksum));
    }
    open = false;
  }

  /**
   * Goes to the next sound member behind the start of this one, or to the end of the file. Three
   * magic bytes occur by chance; what counts as a member must also inflate to a letter.
   */
  private void scan() throws IOException {
    seek(rewinds.from(Math.min(start + 1, position()), position()));
    while (findMagic()) {
      long candidate = position() - 3;
      seek(candidate);
      if (startsRecord()) {
        seek(candidate);
        return;
      }
      seek(rewinds.from(candidate + 1, file.position()));
    }
  }

  private boolean findMagic() throws IOException {
    int last = 0;
    while (in.hasRemaining() || fill()) {
      last = (last << 8 | in.get() & 0xff) & 0xffffff;
      if (last == 0x1f8b08) {
        return true;
      }
    }
    return false;
  }

  private boolean startsRecord() throws IOException {
    try {
      begin();
      var probe = ByteBuffer.allocate(1);
      return read(probe) == 1 && Character.isLetter(probe.get(0));
    } catch (EOFException | ZipException e) {
      return false;
    }
  }

  private void seek(long position) {
    in.clear().flip();
    file.seek(position);
  }

  private long position() {
    return file.position() - in.remaining();
  }

  private long nextInt() throws IOException {
    return next() | next() << 8 | next() << 16 | (long) next() << 24;
  }

  private int next() throws IOException {
    requireInput();
    return in.get() & 0xff;
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      next();
    }
  }

  private void skipName() throws IOException {
    for (int i = 0; next() != 0; i++) {
      if (i == MAX_NAME_BYTES) {
        throw new ZipException("gzip member must have a name of at most " + i + " bytes");
      }
    }
  }

  private void requireInput() throws IOException {
    if (!in.hasRemaining() && !fill()) {
      throw new EOFException("gzip member must be complete: offset=" + start);
    }
  }

  private boolean fill() throws IOException {
    in.clear();
    int count = file.read(in);
    in.flip();
    return count > 0;
  }
}
