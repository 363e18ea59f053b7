package dev.neostream.ingest.parquet;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.zip.ZipException;

/**
 * Blocks of LZ4 (lz4_Block_format.md), by themselves or framed as Hadoop does:
 *
 * <pre>
 *   block     sequences: token, literals, offset and length of what is repeated; the last is literals
 *   framed    big-endian length of a block decompressed, its length, the block; again
 * </pre>
 */
final class Lz4 {

  private static final int MIN_MATCH = 4;
  private static final int LONGER = 15;

  private Lz4() {}

  /**
   * Returns what a block holds.
   *
   * @throws ZipException if it is damaged or holds another number of bytes than {@code size}
   */
  static byte[] block(byte[] block, int size) throws ZipException {
    byte[] out = new byte[size];
    int end = block(ByteBuffer.wrap(block), out, 0);
    if (end != size) {
      throw new ZipException("lz4 block must have " + size + " bytes: n=" + end);
    }
    return out;
  }

  /**
   * Returns what framed blocks hold, or a block by itself: writers disagreed about the codec.
   *
   * @throws ZipException as {@link #block(byte[], int)}
   */
  static byte[] framed(byte[] page, int size) throws ZipException {
    byte[] out = new byte[size];
    var in = ByteBuffer.wrap(page);
    int end = 0;
    try {
      while (in.hasRemaining()) {
        int next = end + in.getInt();
        int length = in.getInt();
        if (length < 0 || length > in.remaining() || next < end) {
          return block(page, size);
        }
        end = block(in.slice(in.position(), length), out, end);
        if (end != next) {
          return block(page, size);
        }
        in.position(in.position() + length);
      }
    } catch (BufferUnderflowException | ZipException e) {
      return block(page, size);
    }
    if (end != size) {
      throw new ZipException("lz4 page must have " + size + " bytes: n=" + end);
    }
    return out;
  }

  /** Decompresses a block behind what is there; returns where it ends. */
  private static int block(ByteBuffer in, byte[] out, int start) throws ZipException {
    int end = start;
    try {
      while (in.hasRemaining()) {
        int token = in.get() & 0xff;
        int literals = length(in, token >> 4, out.length);
        if (literals > out.length - end) {
          throw new ZipException("lz4 block must fit its page: literals=" + literals);
        }
        in.get(out, end, literals);
        end += literals;
        if (in.hasRemaining()) {
          int offset = in.get() & 0xff | (in.get() & 0xff) << 8;
          int length = length(in, token & LONGER, out.length) + MIN_MATCH;
          if (offset == 0 || offset > end - start || length > out.length - end) {
            throw new ZipException("lz4 block must repeat what it holds: offset=" + offset);
          }
          for (int i = 0; i < length; i++, end++) { // may overlap, so byte by byte
            out[end] = out[end - offset];
          }
        }
      }
    } catch (BufferUnderflowException e) {
      throw new ZipException("lz4 block must be whole");
    }
    return end;
  }

  private static int length(ByteBuffer in, int nibble, int most) throws ZipException {
    int length = nibble;
    for (int more = nibble == LONGER ? 0xff : 0; more == 0xff; length += more) {
      more = in.get() & 0xff;
      if (length > most) {
        throw new ZipException("lz4 block must fit its page: length=" + length);
      }
    }
    return length;
  }
}
