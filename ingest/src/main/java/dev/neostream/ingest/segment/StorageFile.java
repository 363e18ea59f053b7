package dev.neostream.ingest.segment;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A file, or a part of one, open for reading whose failures are told apart from those of decoders
 * above it.
 */
public final class StorageFile implements Closeable {

  private static final int MAX_READ_BYTES = 1 << 17;

  private final Path path;
  private final FileChannel channel;
  private final long start;
  private final long end;
  private final long opened;
  private long position;

  public StorageFile(Path path) throws IOException {
    this(path, 0, Long.MAX_VALUE);
  }

  /**
   * Opens a part of a file; offsets stay those of the file.
   *
   * @param end offset behind its last byte
   */
  public StorageFile(Path path, long start, long end) throws IOException {
    this.path = path;
    this.channel = FileChannel.open(path);
    this.start = start;
    this.end = end;
    this.opened = channel.size();
    this.position = start;
  }

  /** Offset of the first byte. */
  public long start() {
    return start;
  }

  /** Offset of the next byte. */
  public long position() {
    return position;
  }

  /**
   * Returns the offset behind the last byte: the size of a whole file.
   *
   * @throws ReadFailure if the storage fails
   */
  public long size() throws ReadFailure {
    try {
      return Math.min(channel.size(), end);
    } catch (IOException e) {
      throw new ReadFailure(path, position, e);
    }
  }

  public void seek(long position) {
    this.position = position;
  }

  /**
   * Reads some bytes; returns their number, or -1 at the end of the file.
   *
   * @throws ReadFailure if the storage fails, or the file ends before it did when it was opened:
   *     what is left of it would pass for the whole
   */
  public int read(ByteBuffer buffer) throws ReadFailure {
    int limit = buffer.limit();
    try {
      // The channel keeps a direct buffer of the largest size ever asked for.
      buffer.limit(Math.min(limit, buffer.position() + MAX_READ_BYTES));
      if (position >= end) {
        return -1;
      }
      buffer.limit((int) Math.min(buffer.limit(), buffer.position() + (end - position)));
      int count = channel.read(buffer, position);
      if (count < 0 && position < Math.min(opened, end)) {
        throw new EOFException("it had " + opened + " bytes when it was opened");
      }
      position += Math.max(count, 0);
      return count;
    } catch (IOException e) {
      throw new ReadFailure(path, position, e);
    } finally {
      buffer.limit(limit);
    }
  }

  /**
   * Reads {@code count} bytes, or all that are left.
   *
   * @throws ReadFailure if the storage fails
   */
  public byte[] read(int count) throws ReadFailure {
    var buffer = ByteBuffer.allocate((int) Math.min(count, Math.max(0, size() - position)));
    while (buffer.hasRemaining() && read(buffer) >= 0) {}
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /** Returns the rest of the file as a stream; closing it closes the file. */
  public InputStream stream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return length == 0 ? 0 : StorageFile.this.read(ByteBuffer.wrap(bytes, offset, length));
      }

      @Override
      public void close() throws IOException {
        StorageFile.this.close();
      }
    };
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
