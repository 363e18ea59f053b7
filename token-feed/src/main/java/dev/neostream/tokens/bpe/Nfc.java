package dev.neostream.tokens.bpe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;

/** Unicode's normal form C of UTF-8: composed characters. */
final class Nfc {

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Set of characters below U+10000. */
  private static final long[] INERT = new long[1 << 16 - 6];

  static {
    for (int c = 0; c < 1 << 16; c++) {
      // What composes with the character before it is a mark or a vowel or final of Hangul.
      boolean follows =
          switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK,
                Character.COMBINING_SPACING_MARK,
                Character.ENCLOSING_MARK,
                Character.SURROGATE,
                Character.UNASSIGNED ->
                true;
            default -> c >= 0x1160 && c <= 0x11FF || c >= 0xD7B0 && c <= 0xD7FF;
          };
      if (!follows && Normalizer.isNormalized(Character.toString(c), Normalizer.Form.NFC)) {
        INERT[c >>> 6] |= 1L << c;
      }
    }
  }

  private static final long NOT_ASCII = 0x8080808080808080L;

  private Nfc() {}

  static String of(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  /**
   * Returns the normal form of a part of a text, or null if the part is in it.
   *
   * @throws IllegalArgumentException if what is not known to be in it is not well-formed UTF-8
   */
  static byte[] changed(byte[] text, int from, int to) {
    int at = inert(text, from, to);
    if (at >= to) {
      return null;
    }
    for (; at < to; at += Utf8.length(Utf8.codePointAt(text, at))) {
      // A malformed byte is an error, not the U+FFFD that it would become.
    }
    String normal = of(new String(text, from, to - from, StandardCharsets.UTF_8));
    byte[] utf8 = Utf8.bytes(normal);
    return Arrays.equals(text, from, to, utf8, 0, utf8.length) ? null : utf8;
  }

  /** Returns where the characters that are inert for certain end. */
  private static int inert(byte[] text, int from, int to) {
    int at = from;
    while (at < to) {
      int lead = text[at];
      if (lead >= 0) {
        at += at + Long.BYTES <= to && ((long) WORD.get(text, at) & NOT_ASCII) == 0 ? 8 : 1;
      } else if (lead >= (byte) 0xE5 && lead <= (byte) 0xE9) {
        at += 3; // U+5000 to U+9FFF
      } else {
        int c = Utf8.codePointAt(text, at);
        if (!isInert(c)) {
          return at;
        }
        at += Utf8.length(c);
      }
    }
    return at;
  }

  /**
   * Whether a character is in normal form and stays so whatever stands before it; said of none that
   * is not, but not of all that are.
   */
  static boolean isInert(int c) {
    return c < 0x10000
        ? (INERT[c >>> 6] >>> c & 1) != 0
        : c >= 0x1F000 && c <= 0x1FAFF || c >= 0x20000 && c <= 0x2F7FF; // pictures, ideographs
  }
}
