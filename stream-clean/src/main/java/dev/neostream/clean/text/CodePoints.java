package dev.neostream.clean.text;

/**
 * What the statistics need to know of a code point, as tables built once from {@link Character}: a
 * look-up each, where {@code Character} searches. 1.2 MB, of which a text touches a few lines.
 */
public final class CodePoints {

  static final int LIMIT = Character.MAX_CODE_POINT + 1;

  static final int SPACE = 1;
  static final int LETTER = 2;
  static final int DIGIT = 4;
  static final int PUNCTUATION = 8;
  static final int UPPER_CASE = 16;
  static final int HAN = 32;

  /** Ends a line that is a sentence. */
  static final int TERMINAL = 64;

  /** Ends a sentence or starts something that is searched for: the scan looks closer. */
  static final int NOTABLE = -128;

  /** Bits of the above; negative if notable. */
  static final byte[] CLASSES = new byte[LIMIT];

  /** Code points below 0x10000 in lower case, 0 for punctuation. */
  private static final char[] PLAIN = new char[0x10000];

  /** Sentence terminals (Unicode property Sentence_Terminal) of scripts in use on the web. */
  private static final String TERMINALS =
      ".!?\u0589\u061e\u061f\u06d4\u0964\u0965\u104a\u104b\u1362\u1367\u1368\u17d4\u17d5\u1803"
          + "\u1809\u203c\u203d\u2047\u2048\u2049\u2e2e\u3002\ufe52\ufe56\ufe57\uff01\uff0e\uff1f"
          + "\uff61";

  private static final String NOTABLES = ".!?:jJ\u2026\u3002\uff01\uff1f";

  private static final String ASCII_SYMBOLS = "$+<=>^`|~";

  /** Types of {@link Character#getType(int)} that are punctuation, as a bit set. */
  private static final int PUNCTUATION_TYPES =
      1 << Character.CONNECTOR_PUNCTUATION
          | 1 << Character.DASH_PUNCTUATION
          | 1 << Character.START_PUNCTUATION
          | 1 << Character.END_PUNCTUATION
          | 1 << Character.INITIAL_QUOTE_PUNCTUATION
          | 1 << Character.FINAL_QUOTE_PUNCTUATION
          | 1 << Character.OTHER_PUNCTUATION;

  static {
    for (int c = 0; c < LIMIT; c++) {
      int classes = 0;
      classes |= space(c) ? SPACE : 0;
      classes |= Character.isLetter(c) ? LETTER : 0;
      classes |= Character.isDigit(c) ? DIGIT : 0;
      classes |= (1 << Character.getType(c) & PUNCTUATION_TYPES) != 0 ? PUNCTUATION : 0;
      classes |= Character.isUpperCase(c) ? UPPER_CASE : 0;
      classes |= c >= 0x2e80 && Character.isIdeographic(c) ? HAN : 0;
      classes |= TERMINALS.indexOf(c) >= 0 ? TERMINAL : 0;
      classes |= NOTABLES.indexOf(c) >= 0 ? NOTABLE : 0;
      CLASSES[c] = (byte) classes;
      if (c < PLAIN.length) {
        boolean removed = (classes & PUNCTUATION) != 0 || ASCII_SYMBOLS.indexOf(c) >= 0;
        PLAIN[c] = removed ? 0 : (char) Character.toLowerCase(c);
      }
    }
  }

  private CodePoints() {}

  /** Returns true for Unicode white space, no-break spaces and ASCII controls included. */
  public static boolean isSpace(int c) {
    return (CLASSES[c] & SPACE) != 0;
  }

  public static boolean isLetter(int c) {
    return (CLASSES[c] & LETTER) != 0;
  }

  /** Returns true for characters of which a word is made: letters and decimal digits. */
  public static boolean isLetterOrDigit(int c) {
    return (CLASSES[c] & (LETTER | DIGIT)) != 0;
  }

  public static boolean isHan(int c) {
    return (CLASSES[c] & HAN) != 0;
  }

  /** Returns the character in lower case, and 0 for punctuation, ASCII symbols included. */
  static int plain(int c) {
    return c < PLAIN.length ? PLAIN[c] : Character.toLowerCase(c);
  }

  /** Returns the code point at an offset where a character of well-formed UTF-8 starts. */
  public static int at(byte[] utf8, int i) {
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

  /** Returns the code point that ends before an offset. */
  public static int before(byte[] utf8, int end) {
    int start = end - 1;
    while (utf8[start] < (byte) 0xc0) {
      start--;
    }
    return at(utf8, start);
  }

  /** Returns how many bytes of UTF-8 a code point takes. */
  public static int bytes(int c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }

  private static boolean space(int c) {
    return c <= ' ' || c >= 0x80 && (Character.isWhitespace(c) || Character.isSpaceChar(c));
  }
}
