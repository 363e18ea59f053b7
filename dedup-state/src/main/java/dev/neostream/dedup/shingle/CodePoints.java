package dev.neostream.dedup.shingle;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.Set;

/** Code points in UTF-8, and what shingles need to know of each: lower case and class. */
final class CodePoints {

  /** Where the bits of the class start; the lower-case code point lies below. */
  private static final int CLASS = 21;

  /** Part of a word. */
  static final int WORD = 1 << CLASS;

  /** A word of its own. */
  static final int ALONE = 2 << CLASS;

  static final int SPACE = 4 << CLASS;

  /** The one character whose lower case is two: i and a mark. */
  static final int DOTTED_CAPITAL_I = 0x130;

  static final int DOT_ABOVE = 0x307;

  /** Scripts written without spaces, whose words are not to be had without a dictionary. */
  private static final Set<UnicodeScript> UNSPACED =
      EnumSet.of(
          UnicodeScript.HAN,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.THAI,
          UnicodeScript.LAO,
          UnicodeScript.KHMER,
          UnicodeScript.MYANMAR);

  private static final int NUMBER_TYPES =
      1 << Character.DECIMAL_DIGIT_NUMBER
          | 1 << Character.LETTER_NUMBER
          | 1 << Character.OTHER_NUMBER;

  private static final int[] BASIC_PLANE = new int[0x10000];

  static {
    for (int c = 0; c < BASIC_PLANE.length; c++) {
      BASIC_PLANE[c] = classify(c);
    }
  }

  private CodePoints() {}

  /** Returns the lower case of a code point and the bits of its class. */
  static int of(int c) {
    return c < BASIC_PLANE.length ? BASIC_PLANE[c] : classify(c);
  }

  /** Returns the code point without the bits of its class. */
  static int lowerCase(int classified) {
    return classified & (1 << CLASS) - 1;
  }

  private static int classify(int c) {
    int lower = c == 'ς' ? 'σ' : Character.toLowerCase(c);
    int type = Character.getType(c);
    if (Character.isLetter(c) || (1 << type & NUMBER_TYPES) != 0 || c == '_') {
      boolean alone =
          type != Character.DECIMAL_DIGIT_NUMBER && UNSPACED.contains(UnicodeScript.of(c));
      return lower | WORD | (alone ? ALONE : 0);
    }
    // Python's isspace().
    boolean space = Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    return lower | (space ? SPACE : 0);
  }

  /**
   * Returns the code point that starts at an offset; of malformed text some number below 2^21.
   * Reads up to 4 bytes.
   */
  static int at(byte[] utf8, int i) {
    int lead = utf8[i];
    if (lead >= 0) {
      return lead;
    }
    if (lead < (byte) 0xe0) {
      return (lead & 0x1f) << 6 | utf8[i + 1] & 0x3f;
    }
    if (lead < (byte) 0xf0) {
      return (lead & 0xf) << 12 | (utf8[i + 1] & 0x3f) << 6 | utf8[i + 2] & 0x3f;
    }
    return (lead & 7) << 18
        | (utf8[i + 1] & 0x3f) << 12
        | (utf8[i + 2] & 0x3f) << 6
        | utf8[i + 3] & 0x3f;
  }

  /** Returns how many bytes the character takes that starts with a byte. */
  static int bytes(byte lead) {
    return lead >= 0 ? 1 : lead < (byte) 0xe0 ? 2 : lead < (byte) 0xf0 ? 3 : 4;
  }

  /** Returns the UTF-8 of a code point, first byte lowest. */
  static long encode(int c) {
    if (c < 0x80) {
      return c;
    }
    if (c < 0x800) {
      return 0x80c0 | c >> 6 | (c & 0x3f) << 8;
    }
    if (c < 0x10000) {
      return 0x8080e0 | c >> 12 | (c >> 6 & 0x3f) << 8 | (c & 0x3f) << 16;
    }
    return 0x808080f0L
        | c >> 18
        | (c >> 12 & 0x3f) << 8
        | (c >> 6 & 0x3f) << 16
        | (c & 0x3fL) << 24;
  }
}
