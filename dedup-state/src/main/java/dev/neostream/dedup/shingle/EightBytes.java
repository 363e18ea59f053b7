package dev.neostream.dedup.shingle;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Eight bytes of a text looked at together: each in its own byte of a long, the first lowest. */
final class EightBytes {

  /** One in every byte. */
  static final long EACH = 0x0101010101010101L;

  static final long HIGH_BITS = 0x80 * EACH;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Brings the high bit of each byte into the upper byte of a product. */
  private static final long GATHER = 0x0102040810204080L;

  private EightBytes() {}

  static long at(byte[] text, int i) {
    return (long) LONGS.get(text, i);
  }

  /**
   * Sets the high bit of every byte that lies in a range; other bits are not specified.
   *
   * @param ascii bytes below 0x80
   */
  static long between(long ascii, int low, int high) {
    return ascii + (0x80 - low) * EACH & ~(ascii + (0x7f - high) * EACH);
  }

  /** Returns the high bits, that of the first byte lowest. */
  static int highBits(long bytes) {
    return (int) (((bytes & HIGH_BITS) >>> 7) * GATHER >>> 56);
  }
}
