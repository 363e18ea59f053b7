package dev.neostream.ingest.segment;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.ZipException;

/** Compressed stretches of a file, each of which can be read without those before it. */
abstract class Members implements Segments {

  /** Bytes ready to be decompressed. */
  final ByteBuffer in;

  private final StorageFile file;
  private final Rewinds rewinds;
  private long skip;
  private long start;
  private long written;
  private boolean open;
  private boolean damaged;

  /**
   * @param in buffer for compressed bytes
   * @param depth bytes of the first member that are passed over
   */
  Members(StorageFile file, ByteBuffer in, Rewinds rewinds, long depth) {
    this.file = file;
    this.in = in.flip();
    this.rewinds = rewinds;
    this.skip = depth;
  }

  /** Reads the header of a member, so that {@link #decompress} can begin. */
  abstract void begin() throws IOException;

  /**
   * Decompresses some bytes; returns their number, or -1 behind the last, with the trailer of the
   * member read and compared.
   */
  abstract int decompress(ByteBuffer buffer) throws IOException;

  /** Compressed bytes of this member so far. */
  abstract long compressed();

  /** Whether the last three bytes may begin a member. */
  abstract boolean isMagic(int lastThreeBytes);

  @Override
  public final boolean advance() throws IOException {
    start = next();
    if (!in.hasRemaining() && !fill()) {
      return false;
    }
    enter();
    if (skip > 0) {
      passOver();
    }
    return true;
  }

  private void enter() throws IOException {
    open = true;
    damaged = true; // until the whole header is read
    written = 0;
    begin();
    damaged = false;
  }

  private void passOver() throws IOException {
    var scratch = ByteBuffer.allocate(1 << 16);
    while (skip > 0) {
      int count = read(scratch.clear().limit((int) Math.min(skip, scratch.capacity())));
      if (count < 0) {
        throw new EOFException(
            "an input must not change while a run uses it: offset=" + start + ", missing=" + skip);
      }
      skip -= count;
    }
  }

  /** Stays in a member that still inflates; else scans for the next one that does. */
  @Override
  public final boolean recover(long offset, ByteBuffer buffer) throws IOException {
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
  public final int read(ByteBuffer buffer) throws IOException {
    if (!open) {
      return -1;
    }
    damaged = true; // until the bytes prove otherwise
    int count = decompress(buffer);
    written += Math.max(count, 0);
    Inflation.check(compressed(), written);
    open = count >= 0;
    damaged = false;
    return count;
  }

  @Override
  public final long offset(int unread) {
    return start;
  }

  @Override
  public final long depth(int unread) {
    return written - unread;
  }

  @Override
  public final long next() {
    return file.position() - in.remaining();
  }

  @Override
  public final long rereadable() {
    return rewinds.left();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /**
   * Goes to the next sound member behind the start of this one, or to the end of the file. A few
   * magic bytes occur by chance; what counts as a member must also inflate to a letter.
   */
  private void scan() throws IOException {
    seek(rewinds.from(Math.min(start + 1, next()), next()));
    while (findMagic()) {
      long candidate = next() - 3;
      seek(candidate);
      if (startsRecord()) {
        seek(candidate);
        return;
      }
      seek(rewinds.from(candidate + 1, next()));
    }
  }

  private boolean findMagic() throws IOException {
    int last = 0;
    while (in.hasRemaining() || fill()) {
      last = (last << 8 | in.get() & 0xff) & 0xffffff;
      if (isMagic(last)) {
        return true;
      }
    }
    return false;
  }

  private boolean startsRecord() throws IOException {
    try {
      enter();
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

  /** Returns {@link #in} with at least one byte, unless the file is over. */
  final ByteBuffer bytes() throws IOException {
    if (!in.hasRemaining()) {
      fill();
    }
    return in;
  }

  final void requireInput() throws IOException {
    if (!bytes().hasRemaining()) {
      throw new EOFException("compressed data must be complete: offset=" + start);
    }
  }

  private boolean fill() throws IOException {
    in.clear();
    int count = file.read(in);
    in.flip();
    return count > 0;
  }
}
