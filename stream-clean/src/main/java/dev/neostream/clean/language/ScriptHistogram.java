package dev.neostream.clean.language;

import java.util.Arrays;

/**
 * How much of a text is written in which script, in words: a run of letters of an alphabet is one
 * word, and so are as many characters of a script without spaces as {@link Script#perWord} says, so
 * that the scripts compare by what they say. "使用StringUtils判断" is two Chinese words and one Latin.
 */
final class ScriptHistogram {

  private final double[] words = new double[Script.ALL.length];
  private double total;

  /** Counts a text; what was counted before is forgotten. */
  void count(byte[] utf8) {
    Arrays.fill(words, 0);
    int run = Script.COMMON.ordinal();
    for (int i = 0; i < utf8.length; ) {
      int c = Utf8.codePoint(utf8, i);
      i += Utf8.length(utf8[i]);
      int script = Script.of(c);
      if (script == Script.INHERITED) {
        continue;
      }
      if (script != Script.COMMON.ordinal() && (script != run || Script.perWord(script) > 0)) {
        words[script]++;
      }
      run = script;
    }
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
}
