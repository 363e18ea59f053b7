package dev.neostream.dedup.exact;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Makes a {@link TextHash} of UTF-8. Not thread-safe: one instance a thread. */
public final class TextHasher {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final byte SPACE = ' ';

  /** The one character that has two in lower case. */
  private static final int DOTTED_CAPITAL_I = 0x130;

  private static final int DOT_ABOVE = 0x307;
  private static final long EACH = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x80 * EACH;

  private byte[] normalised = new byte[1 << 12];

  /** Returns the hash of a well-formed UTF-8 text. */
  public TextHash of(byte[] utf8) {
    // Lower case takes at most half as many bytes more; eight are written at a time.
    int most = utf8.length + utf8.length / 2 + 2 * Long.BYTES;
    if (normalised.length < most) {
      normalised = new byte[Math.max(most, Math.min(2 * normalised.length, 1 << 30))];
    }
    int n = normalise(utf8);
    HashValue128 hash = Hashing.xxh3_128().hashBytesTo128Bits(normalised, 0, n);
    return new TextHash(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }

  private int normalise(byte[] utf8) {
    byte[] out = normalised;
    int n = 0;
    boolean gap = false;
    for (int i = 0; i < utf8.length; ) {
      if (i <= utf8.length - Long.BYTES) {
        long bytes = (long) LONGS.get(utf8, i);
        long spaces = ~((bytes ^ SPACE * EACH) + 0x7f * EACH) & HIGH_BITS;
        boolean ascii = ((bytes | ~(bytes + (0x80 - SPACE) * EACH)) & HIGH_BITS) == 0;
        boolean single = (spaces & spaces << 8) == 0 && ((spaces & 0x80) == 0 || n > 0 && !gap);
        if (ascii && single) {
          if (gap && n > 0) {
            out[n++] = SPACE;
          }
          long capitals = bytes + (0x80 - 'A') * EACH & ~(bytes + (0x7f - 'Z') * EACH) & HIGH_BITS;
          LONGS.set(out, n, bytes | capitals >>> 2);
          gap = spaces < 0;
          n += gap ? Long.BYTES - 1 : Long.BYTES;
          i += Long.BYTES;
          continue;
        }
      }
      int length = length(utf8[i]);
      int c = utf8[i] & 0xff >> length;
      for (int k = 1; k < length; k++) {
        c = c << 6 | utf8[i + k] & 0x3f;
      }
      i += length;
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        gap = true;
        continue;
      }
      if (gap && n > 0) {
        out[n++] = SPACE;
      }
      gap = false;
      if (c == DOTTED_CAPITAL_I) {
        out[n++] = 'i';
        c = DOT_ABOVE;
      }
      n = append(out, n, Character.toLowerCase(c));
    }
    return n;
  }

  private static int length(byte first) {
    return first >= 0 ? 1 : first < (byte) 0xe0 ? 2 : first < (byte) 0xf0 ? 3 : 4;
  }

  private static int append(byte[] out, int n, int c) {
    if (c < 0x80) {
      out[n++] = (byte) c;
    } else if (c < 0x800) {
      out[n++] = (byte) (0xc0 | c >> 6);
      out[n++] = (byte) (0x80 | c & 0x3f);
    } else if (c < 0x10000) {
      out[n++] = (byte) (0xe0 | c >> 12);
      out[n++] = (byte) (0x80 | c >> 6 & 0x3f);
      out[n++] = (byte) (0x80 | c & 0x3f);
    } else {
      out[n++] = (byte) (0xf0 | c >> 18);
      out[n++] = (byte) (0x80 | c >> 12 & 0x3f);
      out[n++] = (byte) (0x80 | c >> 6 & 0x3f);
      out[n++] = (byte) (0x80 | c & 0x3f);
    }
    return n;
  }
}
