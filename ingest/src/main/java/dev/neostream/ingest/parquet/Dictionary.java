package dev.neostream.ingest.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.ZipException;

/**
 * Values that pages refer to by number. They stay in the page they came in: one array each would
 * take twenty bytes for an empty string, of which a few kilobytes of file can hold millions.
 */
final class Dictionary {

  static final Dictionary EMPTY = new Dictionary(new byte[0], 0, new int[1], 0);

  private final byte[] page;
  private final int width;
  private final int[] starts;
  private final int count;

  private Dictionary(byte[] page, int width, int[] starts, int count) {
    this.page = page;
    this.width = width;
    this.starts = starts;
    this.count = count;
  }

  /**
   * Returns the values of a dictionary page.
   *
   * @param width bytes of each value, or 0 for strings
   * @throws ZipException if they do not fit the page
   */
  static Dictionary of(byte[] page, int count, int width) throws ZipException {
    if (width > 0) {
      return new Dictionary(page, width, new int[0], count);
    }
    ByteBuffer in = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
    int[] starts = new int[count + 1]; // of their lengths, which stand in front of them
    for (int i = 0; i < count; i++) {
      int length = in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw new ZipException("value must fit its page: length=" + length);
      }
      starts[i + 1] = in.position() + length;
      in.position(starts[i + 1]);
    }
    return new Dictionary(page, width, starts, count);
  }

  /** Returns how much memory one of so many values takes, in bytes. */
  static long memory(long pageBytes, long count, int width) {
    return pageBytes + (width > 0 ? 0 : Integer.BYTES * (count + 1));
  }

  /**
   * Returns a copy of a value.
   *
   * @throws IndexOutOfBoundsException if there is none of that number
   */
  byte[] get(int index) {
    Objects.checkIndex(index, count);
    int from = width > 0 ? index * width : starts[index] + Integer.BYTES;
    int to = width > 0 ? from + width : starts[index + 1];
    return Arrays.copyOfRange(page, from, to);
  }
}
