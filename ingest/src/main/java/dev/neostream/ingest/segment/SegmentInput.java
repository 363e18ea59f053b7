package dev.neostream.ingest.segment;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of a file, decompressed, in one stream that can be taken up again at any place. What is
 * buffered never crosses the end of a segment. Not thread-safe.
 */
public final class SegmentInput implements Closeable {

  private final Segments segments;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).flip();
  private boolean inSegment;

  /**
   * Opens a file at a place, see {@link Segments}.
   *
   * @throws IOException if the storage fails
   */
  public SegmentInput(StorageFile file, String name, long offset, long depth) throws IOException {
    this.segments = Segments.of(file, name, offset, depth, -1);
  }

  /**
   * Returns the bytes that were read and not used yet, backed by an array; at least one unless the
   * file is over. What is used is taken off by moving the position.
   *
   * @throws ReadFailure if the storage fails
   * @throws IOException if the compressed data is damaged
   */
  public ByteBuffer bytes() throws IOException {
    while (!buffer.hasRemaining()) {
      if (!inSegment && !segments.advance()) {
        break;
      }
      inSegment = true;
      buffer.clear();
      try {
        inSegment = segments.read(buffer) >= 0;
      } finally {
        buffer.flip();
      }
    }
    return buffer;
  }

  /**
   * Reads exactly {@code length} bytes.
   *
   * @throws EOFException if the file has fewer
   */
  public void readFully(byte[] to, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int count = Math.min(require().remaining(), length - done);
      buffer.get(to, offset + done, count);
      done += count;
    }
  }

  /**
   * Passes over bytes.
   *
   * @throws EOFException if the file has fewer
   */
  public void skip(long count) throws IOException {
    for (long left = count; left > 0; ) {
      int step = (int) Math.min(require().remaining(), left);
      buffer.position(buffer.position() + step);
      left -= step;
    }
  }

  private ByteBuffer require() throws IOException {
    if (!bytes().hasRemaining()) {
      throw new EOFException("data ends early");
    }
    return buffer;
  }

  /** Offset of the segment of the next byte, see {@link Segments#offset}. */
  public long offset() {
    return inSegment || buffer.hasRemaining()
        ? segments.offset(buffer.remaining())
        : segments.next();
  }

  /** Bytes of that segment in front of the next byte, see {@link Segments#depth}. */
  public long depth() {
    return inSegment || buffer.hasRemaining() ? segments.depth(buffer.remaining()) : 0;
  }

  @Override
  public void close() throws IOException {
    segments.close();
  }
}
