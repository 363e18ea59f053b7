package dev.neostream.ingest.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A file open for reading whose failures are told apart from those of decoders above it. */
public final class StorageFile implements Closeable {

  private final Path path;
  private final FileChannel channel;
  private long position;

  public StorageFile(Path path) throws IOException {
    this.path = path;
    this.channel = FileChannel.open(path);
  }

  /** Offset of the next byte. */
  public long position() {
    return position;
  }

  /**
   * Returns the size of the file in bytes.
   *
   * @throws ReadFailure if the storage fails
   */
  public long size() throws ReadFailure {
    try {
      return channel.size();
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
   * @throws ReadFailure if the storage fails
   */
  public int read(ByteBuffer buffer) throws ReadFailure {
    try {
      int count = channel.read(buffer, position);
      position += Math.max(count, 0);
      return count;
    } catch (IOException e) {
      throw new ReadFailure(path, position, e);
    }
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
