package dev.neostream.clean.html;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds a byte in a page, eight at a time: most of a page's bytes are those of scripts. */
final class Bytes {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private Bytes() {}

  /** Returns where a byte is first at or behind an offset; the length where it is not. */
  static int indexOf(byte[] html, int wanted, int from) {
    long pattern = (wanted & 0xFF) * ONES;
    int i = from;
    for (; i + Long.BYTES <= html.length; i += Long.BYTES) {
      long different = (long) LONG.get(html, i) ^ pattern;
      // The lowest bit set marks the first byte that is zero; above it there may be false ones.
      long equal = different - ONES & ~different & HIGHS;
      if (equal != 0) {
        return i + Long.numberOfTrailingZeros(equal) / Byte.SIZE;
      }
    }
    while (i < html.length && html[i] != (byte) wanted) {
      i++;
    }
    return i;
  }
}
