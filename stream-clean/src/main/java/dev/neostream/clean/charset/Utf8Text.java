package dev.neostream.clean.charset;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Checks UTF-8 and normalises its line ends. */
final class Utf8Text {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private Utf8Text() {}

  /**
   * Returns the text with line ends as LF, without U+0000 and U+FEFF: the same array if it is so
   * already; null if it is not well-formed.
   */
  static byte[] normalised(byte[] b) {
    int removed = 0;
    boolean clean = true;
    int n = b.length;
    int i = 0;
    while (i < n) {
      while (i + 8 <= n) {
        long w = (long) LONG.get(b, i);
        long cr = w ^ '\r' * ONES;
        // Exact while no byte is above 127, which the first term sees to.
        if (((w | w - ONES | cr - ONES) & HIGHS) != 0) {
          break;
        }
        i += 8;
      }
      if (i >= n) {
        break;
      }
      byte c = b[i];
      if (c >= 0) {
        if (c == '\r') {
          clean = false;
          removed += i + 1 < n && b[i + 1] == '\n' ? 1 : 0;
        } else if (c == 0) {
          clean = false;
          removed++;
        }
        i++;
      } else {
        do {
          int length = sequence(b, i, n);
          if (length == 0) {
            return null;
          }
          if (c == (byte) 0xef && b[i + 1] == (byte) 0xbb && b[i + 2] == (byte) 0xbf) {
            clean = false;
            removed += 3;
          }
          i += length;
        } while (i < n && (c = b[i]) < 0);
      }
    }
    return clean ? b : copy(b, new byte[n - removed]);
  }

  /**
   * Whether there are at least {@code times} as many well-formed sequences of two bytes or more as
   * bytes that are in none, a sequence cut by the end apart. In other multi-byte sets a sequence is
   * rare, in single-byte sets it is hardly ever met.
   */
  static boolean prevails(byte[] b, int length, int times) {
    long good = 0;
    long bad = 0;
    for (int i = 0; i < length; ) {
      if (b[i] >= 0) {
        i++;
        continue;
      }
      int sequence = sequence(b, i, length);
      if (sequence == 0 && length - i < 4 && (b[i] & 0xff) >= 0xc2) {
        break;
      }
      good += sequence > 0 ? 1 : 0;
      bad += sequence > 0 ? 0 : 1;
      i += Math.max(1, sequence);
    }
    return bad * times <= good;
  }

  /**
   * Returns the length of the well-formed sequence of two bytes or more at an index, 0 if there is
   * none (Unicode Standard, table 3-7).
   */
  static int sequence(byte[] b, int i, int end) {
    int lead = b[i] & 0xff;
    if (lead < 0xe0) {
      return lead >= 0xc2 && i + 1 < end && b[i + 1] < -64 ? 2 : 0;
    }
    if (lead < 0xf0) {
      return i + 2 < end
              && b[i + 1] < -64
              && b[i + 2] < -64
              && (lead != 0xe0 || (b[i + 1] & 0xff) >= 0xa0)
              && (lead != 0xed || (b[i + 1] & 0xff) < 0xa0)
          ? 3
          : 0;
    }
    return lead < 0xf5
            && i + 3 < end
            && b[i + 1] < -64
            && b[i + 2] < -64
            && b[i + 3] < -64
            && (lead != 0xf0 || (b[i + 1] & 0xff) >= 0x90)
            && (lead != 0xf4 || (b[i + 1] & 0xff) < 0x90)
        ? 4
        : 0;
  }

  private static byte[] copy(byte[] from, byte[] to) {
    int n = 0;
    for (int i = 0; i < from.length; i++) {
      byte c = from[i];
      if (c == '\r') {
        if (i + 1 == from.length || from[i + 1] != '\n') {
          to[n++] = '\n';
        }
      } else if (c == (byte) 0xef && from[i + 1] == (byte) 0xbb && from[i + 2] == (byte) 0xbf) {
        i += 2;
      } else if (c != 0) {
        to[n++] = c;
      }
    }
    return to;
  }
}
