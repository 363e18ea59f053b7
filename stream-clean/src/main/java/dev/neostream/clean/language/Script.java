package dev.neostream.clean.language;

import java.lang.Character.UnicodeScript;

/**
 * Writing systems, told apart as far as they decide a language. A {@link #language} is given where
 * practically all text in the script is in that one language.
 */
enum Script {
  COMMON(null),
  LATIN(null),
  CYRILLIC(null),
  ARABIC(null),
  DEVANAGARI(null),
  HAN(null),
  KANA(null),
  HANGUL("ko"),
  GREEK("el"),
  HEBREW("he"),
  THAI("th"),
  ARMENIAN("hy"),
  GEORGIAN("ka"),
  BENGALI("bn"),
  TAMIL("ta"),
  TELUGU("te"),
  KANNADA("kn"),
  MALAYALAM("ml"),
  GUJARATI("gu"),
  GURMUKHI("pa"),
  ORIYA("or"),
  SINHALA("si"),
  KHMER("km"),
  LAO("lo"),
  MYANMAR("my"),
  ETHIOPIC("am"),
  TIBETAN("bo"),
  OTHER(null);

  static final Script[] ALL = values();

  /** A mark that belongs to the letter before it, whatever its script. */
  static final int INHERITED = -1;

  private static final byte[] OF_BMP = new byte[1 << 16];

  static {
    for (int c = 0; c < OF_BMP.length; c++) {
      OF_BMP[c] = (byte) lookUp(c);
    }
  }

  final String language;

  Script(String language) {
    this.language = language;
  }

  /** Returns the ordinal of the script of a letter or mark, COMMON's for any other character. */
  static int of(int codePoint) {
    return codePoint < OF_BMP.length ? OF_BMP[codePoint] : lookUp(codePoint);
  }

  /** Code points that say as much as a word, for scripts that put no spaces between words; or 0. */
  static int perWord(int script) {
    return switch (ALL[script]) {
      case HAN, KANA -> 2;
      case THAI, KHMER, LAO, MYANMAR, TIBETAN -> 5;
      default -> 0;
    };
  }

  private static int lookUp(int c) {
    int type = Character.getType(c);
    boolean mark = type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    if (!mark && !Character.isLetter(c)) {
      return COMMON.ordinal();
    }
    UnicodeScript script = UnicodeScript.of(c);
    return switch (script) {
      case COMMON -> COMMON.ordinal();
      case INHERITED -> INHERITED;
      case HIRAGANA, KATAKANA -> KANA.ordinal();
      default -> {
        for (Script s : values()) {
          if (s.name().equals(script.name())) {
            yield s.ordinal();
          }
        }
        yield OTHER.ordinal();
      }
    };
  }
}
