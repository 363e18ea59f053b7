package dev.neostream.ingest.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.ZipException;

/**
 * Values of a page in one of Parquet's encodings. All throw {@link
 * java.nio.BufferUnderflowException} or {@link IndexOutOfBoundsException} if the page ends early.
 */
interface Values {

  /** DELTA_LENGTH_BYTE_ARRAY. */
  int DELTA_LENGTHS = 6;

  /** DELTA_BYTE_ARRAY. */
  int DELTA_STRINGS = 7;

  /** Returns the next value: the bytes of a string, or of an integer, lowest first. */
  byte[] next() throws ZipException;

  /**
   * Returns a decoder of values.
   *
   * @param encoding number of the encoding
   * @param width bytes of each value, or 0 for strings
   * @param rows number of rows of the page
   * @param dictionary values that the page may refer to; empty if there are none
   */
  static Values of(int encoding, ByteBuffer page, int width, long rows, Dictionary dictionary)
      throws ZipException {
    ByteBuffer in = page.slice().order(ByteOrder.LITTLE_ENDIAN);
    return switch (encoding) {
      case 0 -> plain(in, width);
      case 2, 8 -> {
        var indices = new RunLengths(in, in.hasRemaining() ? in.get() : 0);
        yield () -> dictionary.get(indices.next());
      }
      case 5 -> {
        var deltas = new Deltas(in);
        yield () -> littleEndian(deltas.next(), width);
      }
      case DELTA_LENGTHS -> deltaLengths(in, rows);
      case DELTA_STRINGS -> deltaStrings(in, rows);
      default ->
          throw new ZipException(
              "encoding must be plain, dictionary or delta: encoding=" + encoding);
    };
  }

  private static Values plain(ByteBuffer in, int width) {
    return () -> take(in, width > 0 ? width : in.getInt());
  }

  /** Returns how much memory the lengths of a page take, in bytes. */
  static long memory(int encoding, long rows) {
    long lists = encoding == DELTA_STRINGS ? 2 : encoding == DELTA_LENGTHS ? 1 : 0;
    return lists * Integer.BYTES * Math.min(rows, Integer.MAX_VALUE);
  }

  /** All lengths, then all bytes. */
  private static Values deltaLengths(ByteBuffer in, long rows) throws ZipException {
    int[] lengths = new Deltas(in).rest(rows);
    int[] i = {0};
    return () -> take(in, lengths[i[0]++]);
  }

  /** Lengths of prefixes shared with the value before, then the suffixes. */
  private static Values deltaStrings(ByteBuffer in, long rows) throws ZipException {
    int[] prefixes = new Deltas(in).rest(rows);
    Values suffixes = deltaLengths(in, rows);
    int[] i = {0};
    byte[][] before = {new byte[0]};
    return () -> {
      int prefix = prefixes[i[0]++];
      byte[] suffix = suffixes.next();
      if (prefix < 0 || prefix > before[0].length || prefix + suffix.length > Page.MAX_BYTES) {
        throw new ZipException("shared prefix must fit the value before: length=" + prefix);
      }
      byte[] value = Arrays.copyOf(before[0], prefix + suffix.length);
      System.arraycopy(suffix, 0, value, prefix, suffix.length);
      before[0] = value;
      return value;
    };
  }

  private static byte[] take(ByteBuffer in, int length) throws ZipException {
    if (length < 0 || length > in.remaining()) {
      throw new ZipException("value must fit its page: length=" + length);
    }
    byte[] value = new byte[length];
    in.get(value);
    return value;
  }

  private static byte[] littleEndian(long value, int width) {
    byte[] bytes = new byte[width];
    for (int i = 0; i < width; i++) {
      bytes[i] = (byte) (value >> 8 * i);
    }
    return bytes;
  }

  /** Reads a number of seven bits a byte, lowest first. */
  static long varint(ByteBuffer in) throws ZipException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = in.get();
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new ZipException("number must have at most 10 bytes");
  }

  /** Reads {@code width} bits at a bit position counted from the lowest bit of the first byte. */
  static long bits(ByteBuffer in, long position, int width) {
    long value = 0;
    for (int done = 0; done < width; ) {
      int offset = (int) ((position + done) & 7);
      int count = Math.min(8 - offset, width - done);
      long part = (in.get((int) (position + done >> 3)) & 0xff) >> offset & (1 << count) - 1;
      value |= part << done;
      done += count;
    }
    return value;
  }

  /** The hybrid of repeated and bit-packed numbers (RLE): levels and indices. */
  final class RunLengths {

    private final ByteBuffer in;
    private final int width;
    private long left;
    private boolean packed;
    private long bit;
    private int repeated;

    RunLengths(ByteBuffer in, int width) throws ZipException {
      if (width < 0 || width > 32) {
        throw new ZipException("numbers must have from 0 to 32 bits: width=" + width);
      }
      this.in = in;
      this.width = width;
    }

    int next() throws ZipException {
      while (left == 0) {
        begin();
      }
      left--;
      if (!packed) {
        return repeated;
      }
      int value = (int) bits(in, bit, width);
      bit += width;
      return value;
    }

    private void begin() throws ZipException {
      long header = varint(in);
      packed = (header & 1) == 1;
      left = header >>> 1;
      if (packed) {
        long bytes = Math.min(left * width, in.remaining()); // padding may be left out
        left = Math.min(left, Integer.MAX_VALUE) * 8;
        bit = in.position() * 8L;
        in.position(in.position() + (int) bytes);
      } else {
        repeated = 0;
        for (int shift = 0; shift < width; shift += 8) {
          repeated |= (in.get() & 0xff) << shift;
        }
      }
    }
  }

  /** DELTA_BINARY_PACKED: blocks of differences, bit-packed in miniblocks. */
  final class Deltas {

    private final ByteBuffer in;
    private final int miniblocks;
    private final int miniblockValues;
    private final byte[] widths;
    private long left;
    private long value;
    private long minDelta;
    private int miniblock;
    private int inMiniblock;
    private long bit;

    Deltas(ByteBuffer in) throws ZipException {
      this.in = in;
      long blockValues = varint(in);
      long miniblocks = varint(in);
      this.left = varint(in);
      this.value = zigzag(varint(in));
      if (miniblocks < 1 || miniblocks > 512 || blockValues < 1 || blockValues > 1 << 20) {
        throw new ZipException("delta blocks must be of reasonable size: values=" + blockValues);
      }
      this.miniblocks = (int) miniblocks;
      this.miniblockValues = (int) (blockValues / miniblocks);
      this.widths = new byte[this.miniblocks];
      if (left < 0 || left > Page.MAX_BYTES || miniblockValues % 8 != 0 || miniblockValues == 0) {
        throw new ZipException("delta blocks must fit their page: values=" + left);
      }
      this.miniblock = this.miniblocks;
      this.inMiniblock = miniblockValues;
    }

    private boolean started;

    long next() throws ZipException {
      if (left-- <= 0) {
        throw new ZipException("page must hold a value for each row");
      }
      if (!started) {
        started = true;
        return value;
      }
      if (inMiniblock == miniblockValues) {
        beginMiniblock();
      }
      value += minDelta + bits(in, bit, widths[miniblock]);
      bit += widths[miniblock];
      inMiniblock++;
      return value;
    }

    private void beginMiniblock() throws ZipException {
      miniblock++;
      if (miniblock >= miniblocks) {
        minDelta = zigzag(varint(in));
        in.get(widths);
        miniblock = 0;
      }
      if (widths[miniblock] < 0 || widths[miniblock] > 64) {
        throw new ZipException("numbers must have from 0 to 64 bits: width=" + widths[miniblock]);
      }
      inMiniblock = 0;
      bit = in.position() * 8L;
      in.position(in.position() + miniblockValues / 8 * widths[miniblock]);
    }

    /**
     * Returns all values, the buffer being behind them. A few bytes can stand for millions of them,
     * so there must be no more than rows.
     */
    int[] rest(long rows) throws ZipException {
      if (left > rows) {
        throw new ZipException(
            "page must not have more lengths than rows: lengths=" + left + ", rows=" + rows);
      }
      int[] values = new int[(int) left];
      for (int i = 0; i < values.length; i++) {
        values[i] = (int) next();
      }
      return values;
    }

    private static long zigzag(long value) {
      return value >>> 1 ^ -(value & 1);
    }
  }
}
