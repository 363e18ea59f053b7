package dev.neostream.clean.language;

import java.lang.Character.UnicodeScript;

/**
 * How much of a text is written in which script, in words: a run of letters of an alphabet is one
 * word, and so are {@value #HAN_PER_WORD} Han characters or kana, so that the scripts compare by
 * what they say. "使用StringUtils判断" is two Chinese words and one Latin.
 *
 * @param han words in Han characters
 * @param kana words in Hiragana or Katakana
 * @param hangul words in Hangul
 * @param latin words in Latin letters
 * @param other words in any other script
 */
record ScriptHistogram(double han, double kana, double hangul, double latin, double other) {

  static final int HAN_PER_WORD = 2;

  static ScriptHistogram of(String text) {
    int han = 0;
    int kana = 0;
    int hangul = 0;
    int latin = 0;
    int other = 0;
    UnicodeScript run = UnicodeScript.COMMON;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      UnicodeScript script = script(c);
      if (script == UnicodeScript.HAN) {
        han++;
      } else if (script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA) {
        kana++;
      } else if (script != run && script != UnicodeScript.INHERITED) {
        switch (script) {
          case COMMON -> {}
          case HANGUL -> hangul++;
          case LATIN -> latin++;
          default -> other++;
        }
      }
      run = script == UnicodeScript.INHERITED ? run : script;
    }
    return new ScriptHistogram(
        (double) han / HAN_PER_WORD, (double) kana / HAN_PER_WORD, hangul, latin, other);
  }

  double total() {
    return han + kana + hangul + latin + other;
  }

  private static UnicodeScript script(int c) {
    if (c < 0x80) {
      return Character.isLetter(c) ? UnicodeScript.LATIN : UnicodeScript.COMMON;
    }
    return Character.isLetter(c) || Character.getType(c) == Character.NON_SPACING_MARK
        ? UnicodeScript.of(c)
        : UnicodeScript.COMMON;
  }
}
