package dev.neostream.clean.language;

import java.util.Arrays;

/**
 * How much of a text is written in which script, in words: a run of letters of an alphabet is one
 * word, and so are as many characters of a script without spaces as {@link Script#perWord} says, so
 * that the scripts compare by what they say. "使用StringUtils判断" is two Chinese words and one Latin.
 */
final class ScriptHistogram {

  private final double[] words = new double[Script.ALL.length];
  private final long[] hanUses = new long[3];
  private double total;
  private double quoted;

  /** Counts a text; what was counted before is forgotten. */
  void count(byte[] utf8) {
    Arrays.fill(words, 0);
    Arrays.fill(hanUses, 0);
    quoted = 0;
    double lineEastAsian = 0;
    int lineOthers = 0;
    int run = Script.COMMON.ordinal();
    for (int i = 0; i < utf8.length; ) {
      int c = Utf8.codePoint(utf8, i);
      i += Utf8.length(utf8[i]);
      if (c == '\n') {
        quoted += isQuoted(lineEastAsian, lineOthers) ? lineEastAsian : 0;
        lineEastAsian = 0;
        lineOthers = 0;
      }
      int script = Script.of(c);
      if (script == Script.INHERITED) {
        continue;
      }
      if (script != Script.COMMON.ordinal() && (script != run || Script.perWord(script) > 0)) {
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
    quoted += isQuoted(lineEastAsian, lineOthers) ? lineEastAsian : 0;
    total = 0;
    for (int s = 1; s < words.length; s++) {
      words[s] /= Math.max(1, Script.perWord(s));
      total += words[s];
    }
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

  private static boolean isQuoted(double eastAsian, int others) {
    return others >= 2 * eastAsian;
  }
}
