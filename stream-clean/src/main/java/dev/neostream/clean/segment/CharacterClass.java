package dev.neostream.clean.segment;

import java.text.Normalizer;

/**
 * Classes of characters as Python's {@code str} methods and {@code re} see them, as bits, for one
 * UTF-16 unit in one table access. Surrogates have no bit but {@link #COMPOSED}; ask the methods
 * with a code point for them.
 */
public final class CharacterClass {

  /** {@code str.isspace}, {@code \s}. */
  public static final int SPACE = 1;

  /** {@code \w}: letters, numbers of any kind and the underscore; no combining marks. */
  public static final int WORD = 2;

  /** {@code str.isalpha}. */
  public static final int LETTER = 4;

  /** A boundary of {@code str.splitlines}. */
  public static final int LINE_BREAK = 8;

  public static final int UPPER = 16;

  /** Lower or title case. */
  public static final int LOWER = 32;

  /** May change under NFKC, alone or with a neighbour. Text without such units is NFKC. */
  public static final int COMPOSED = 64;

  /** A letter or number, but not the underscore. */
  public static final int ALPHANUMERIC = 128;

  private static final byte[] CLASSES = new byte[1 << 16];

  static {
    for (int c = 0; c < CLASSES.length; c++) {
      CLASSES[c] = (byte) classify((char) c);
    }
  }

  private CharacterClass() {}

  public static int of(char c) {
    return CLASSES[c];
  }

  public static boolean is(int classes, char c) {
    return (CLASSES[c] & classes) != 0;
  }

  /** Returns {@code str.isalpha} of a code point. */
  public static boolean isLetter(int codePoint) {
    return Character.isLetter(codePoint);
  }

  /** Returns whether {@code \w} matches a code point. */
  public static boolean isWord(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER,
          Character.DECIMAL_DIGIT_NUMBER,
          Character.LETTER_NUMBER,
          Character.OTHER_NUMBER ->
          true;
      default -> codePoint == '_';
    };
  }

  /** Returns {@code str.isdigit}: decimal digits, and the super- and subscript and circled ones. */
  public static boolean isDigit(int codePoint) {
    return Character.getType(codePoint) == Character.DECIMAL_DIGIT_NUMBER
        || Character.getType(codePoint) == Character.OTHER_NUMBER
            && Character.digit(
                    Normalizer.normalize(one(codePoint), Normalizer.Form.NFKC).charAt(0), 10)
                >= 0
            && Character.getNumericValue(codePoint) >= 0
            && Character.getNumericValue(codePoint) <= 9
        || codePoint >= 0x2776 && codePoint <= 0x277E
        || codePoint >= 0x2780 && codePoint <= 0x2788
        || codePoint >= 0x278A && codePoint <= 0x2792
        || codePoint >= 0x24F5 && codePoint <= 0x24FD
        || codePoint == 0x24FF;
  }

  private static String one(int codePoint) {
    return new String(Character.toChars(codePoint));
  }

  private static int classify(char c) {
    int classes = 0;
    if (Character.isSurrogate(c)) {
      return COMPOSED;
    }
    if (c >= 9 && c <= 13 || c >= 0x1C && c <= 0x1F || c == 0x85 || Character.isSpaceChar(c)) {
      classes |= SPACE;
    }
    if (c >= 10 && c <= 13 || c >= 0x1C && c <= 0x1E || c == 0x85 || c == 0x2028 || c == 0x2029) {
      classes |= LINE_BREAK;
    }
    if (isWord(c)) {
      classes |= WORD;
      classes |= c == '_' ? 0 : ALPHANUMERIC;
    }
    if (Character.isLetter(c)) {
      classes |= LETTER;
    }
    if (Character.isUpperCase(c)) {
      classes |= UPPER;
    }
    if (Character.isLowerCase(c) || Character.isTitleCase(c)) {
      classes |= LOWER;
    }
    if (c >= 0x80) {
      int type = Character.getType(c);
      boolean joins =
          type == Character.NON_SPACING_MARK
              || type == Character.COMBINING_SPACING_MARK
              || type == Character.ENCLOSING_MARK
              || c >= 0x1100 && c < 0x1200;
      if (joins || !Normalizer.isNormalized(String.valueOf(c), Normalizer.Form.NFKC)) {
        classes |= COMPOSED;
      }
    }
    return classes;
  }
}
