package dev.neostream.clean.language;

import java.util.Arrays;

/**
 * How much of a text is written in which script, in words: a run of letters of an alphabet is one
 * word, and so are as many characters of a script without spaces as {@link Script#perWord} says, so
 * that the scripts compare by what they say. "使用StringUtils判断" is two Chinese words and one Latin.
 */
final class ScriptHistogram {

  private static final int COMMON = Script.COMMON.ordinal();
  private static final int LATIN = Script.LATIN.ordinal();

  /** 1 for the letters of ASCII. */
  private static final byte[] ASCII_LETTER = new byte[128];

  static {
    Arrays.fill(ASCII_LETTER, 'A', 'Z' + 1, (byte) 1);
    Arrays.fill(ASCII_LETTER, 'a', 'z' + 1, (byte) 1);
  }

  private final double[] words = new double[Script.ALL.length];
  private final long[] hanUses = new long[3];
  private double total;
  private double quoted;

  /** Words of the line at hand in Han, kana and Hangul, and all others. */
  private double lineEastAsian;

  private int lineOthers;

  /** The script of the character before. */
  private int run;

  /** Counts a text; what was counted before is forgotten. */
  void count(byte[] utf8) {
    Arrays.fill(words, 0);
    Arrays.fill(hanUses, 0);
    quoted = 0;
    lineEastAsian = 0;
    lineOthers = 0;
    run = COMMON;
    for (int i = 0; i < utf8.length; ) {
      if (utf8[i] == '\n') {
        endLine();
        run = COMMON;
        i++;
      } else if (utf8[i] >= 0) {
        i = countAscii(utf8, i);
      } else {
        count(Utf8.codePoint(utf8, i));
        i += Utf8.length(utf8[i]);
      }
    }
    endLine();
    total = 0;
    for (int s = 1; s < words.length; s++) {
      words[s] /= Math.max(1, Script.perWord(s));
      total += words[s];
    }
  }

  /**
   * Counts up to the end of the line or of ASCII, which is returned, without a branch where words
   * begin and end: those could not be predicted.
   */
  private int countAscii(byte[] utf8, int from) {
    int before = run == LATIN ? 1 : 0;
    int started = 0;
    int i = from;
    for (; i < utf8.length && utf8[i] >= 0 && utf8[i] != '\n'; i++) {
      int letter = ASCII_LETTER[utf8[i]];
      started += letter & ~before;
      before = letter;
    }
    words[LATIN] += started;
    lineOthers += started;
    run = before == 1 ? LATIN : COMMON;
    return i;
  }

  private void count(int c) {
    int script = Script.of(c);
    if (script == Script.INHERITED) {
      return;
    }
    if (script != COMMON && (script != run || Script.perWord(script) > 0)) {
      words[script]++;
      switch (Script.ALL[script]) {
        case HAN -> {
          hanUses[HanUse.of(c)]++;
          lineEastAsian += 0.5;
        }
        case KANA -> lineEastAsian += 0.5;
        case HANGUL -> lineEastAsian++;
        default -> lineOthers++;
      }
    }
    run = script;
  }

  private void endLine() {
    quoted += lineOthers >= 2 * lineEastAsian ? lineEastAsian : 0;
    lineEastAsian = 0;
    lineOthers = 0;
  }

  double words(Script script) {
    return words[script.ordinal()];
  }

  double total() {
    return total;
  }

  /** Returns the words in Han, kana and Hangul on lines with at least twice as many others. */
  double quoted() {
    return quoted;
  }

  /** Returns the number of Han characters of one {@link HanUse}. */
  long han(byte use) {
    return hanUses[use];
  }
}
