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
  HAN(null, 2),
  KANA(null, 2),
  HANGUL("ko"),
  GREEK("el"),
  HEBREW("he"),
  THAI("th", 5),
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
  KHMER("km", 5),
  LAO("lo", 5),
  MYANMAR("my", 5),
  ETHIOPIC("am"),
  TIBETAN("bo", 5),
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
  private final int perWord;

  Script(String language) {
    this(language, 0);
  }

  Script(String language, int perWord) {
    this.language = language;
    this.perWord = perWord;
  }

  /** Returns the ordinal of the script of a letter or mark, COMMON's for any other character. */
  static int of(int codePoint) {
    return codePoint < OF_BMP.length ? OF_BMP[codePoint] : lookUp(codePoint);
  }

  /** Code points that say as much as a word, for scripts that put no spaces between words; or 0. */
  static int perWord(int script) {
    return ALL[script].perWord;
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
