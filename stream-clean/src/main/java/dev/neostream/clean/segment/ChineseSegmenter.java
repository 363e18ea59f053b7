package dev.neostream.clean.segment;

import java.util.ArrayList;
import java.util.List;

/**
 * Words of Chinese as jieba 0.42.1 cuts them ({@code jieba.cut}, accurate mode): the most probable
 * path through the words of a dictionary, and a character tagger for stretches of single characters
 * that are no word. Not thread-safe; the dictionary (about 15 MB) is shared.
 */
public final class ChineseSegmenter {

  private final WordDictionary dictionary = WordDictionary.JIEBA;
  private final CharacterTagger tagger = new CharacterTagger();
  private double[] score = new double[256];
  private int[] wordEnd = new int[256];
  private int[] ends = new int[256];

  /** Returns the words of a text, white space and marks included, one a character. */
  public List<String> words(String text) {
    char[] units = text.toCharArray();
    List<String> words = new ArrayList<>();
    for (int i = 0; i < units.length; ) {
      int from = i;
      while (i < units.length && inBlock(units[i])) {
        i++;
      }
      int count = segment(units, from, i);
      for (int k = 0; k < count; k++) {
        words.add(new String(units, from, ends[k] - from));
        from = ends[k];
      }
      if (i < units.length) {
        boolean pair =
            units[i] == '\r' && i + 1 < units.length && units[i + 1] == '\n'
                || Character.isHighSurrogate(units[i]) && i + 1 < units.length;
        words.add(new String(units, i, pair ? 2 : 1));
        i += pair ? 2 : 1;
      }
    }
    return words;
  }

  /** Whether jieba joins a unit with its neighbours: Han, ASCII letters, digits and some marks. */
  public static boolean inBlock(char c) {
    return c < 0x80
        ? c >= 'a' && c <= 'z'
            || c >= 'A' && c <= 'Z'
            || c >= '0' && c <= '9'
            || "+#&._%-".indexOf(c) >= 0
        : CharacterTagger.isHan(c);
  }

  /**
   * Cuts a run of units that are all {@link #inBlock}.
   *
   * @return the number of words; {@link #end} tells where each ends
   */
  public int segment(char[] text, int from, int to) {
    int length = to - from;
    if (score.length <= length) {
      score = new double[2 * length];
      wordEnd = new int[2 * length];
      ends = new int[2 * length];
    }
    choose(text, from, length);
    int count = 0;
    int single = from; // start of the stretch of single characters
    for (int i = from; i < to; ) {
      int end = from + wordEnd[i - from];
      if (end > i + 1) {
        count = singles(text, single, i, count);
        ends[count++] = end;
        single = end;
      }
      i = end;
    }
    return singles(text, single, to, count);
  }

  public int end(int word) {
    return ends[word];
  }

  /** Dynamic programming from the end: the best word at each position. Ties: the longer word. */
  private void choose(char[] text, int from, int length) {
    score[length] = 0;
    for (int i = length - 1; i >= 0; i--) {
      double best = Double.NEGATIVE_INFINITY;
      int bestEnd = i + 1;
      int node = dictionary.root(text[from + i]);
      for (int end = i + 1; node != 0; end++) {
        double word = dictionary.score(node);
        if (word != 0) {
          double path = word + score[end];
          if (path >= best) {
            best = path;
            bestEnd = end;
          }
        }
        node = end < length ? dictionary.child(node, text[from + end]) : 0;
      }
      score[i] = best == Double.NEGATIVE_INFINITY ? dictionary.unknown() + score[i + 1] : best;
      wordEnd[i] = bestEnd;
    }
  }

  private int singles(char[] text, int from, int to, int count) {
    if (to - from == 1) {
      ends[count++] = to;
      return count;
    }
    if (isWord(text, from, to)) {
      for (int i = from + 1; i <= to; i++) {
        ends[count++] = i;
      }
      return count;
    }
    for (int i = from; i < to; ) {
      int run = i;
      while (i < to && CharacterTagger.isHan(text[i])) {
        i++;
      }
      if (i > run) {
        count = tagger.tag(text, run, i, ends, count);
      } else {
        i = other(text, i, to);
        ends[count++] = i;
      }
    }
    return count;
  }

  private boolean isWord(char[] text, int from, int to) {
    int node = from < to ? dictionary.root(text[from]) : 0;
    for (int i = from + 1; i < to && node != 0; i++) {
      node = dictionary.child(node, text[i]);
    }
    return node != 0 && dictionary.score(node) != 0;
  }

  /**
   * End of the next word among characters that are not Han: letters and digits, with a decimal
   * fraction and a percent sign, or a run of anything else.
   */
  private static int other(char[] text, int from, int to) {
    int i = from;
    while (i < to && isAlphanumeric(text[i])) {
      i++;
    }
    if (i == from) {
      while (i < to && !isAlphanumeric(text[i]) && !CharacterTagger.isHan(text[i])) {
        i++;
      }
      return i;
    }
    if (i + 1 < to && text[i] == '.' && Character.isDigit(text[i + 1])) {
      i++;
      while (i < to && Character.isDigit(text[i])) {
        i++;
      }
    }
    return i < to && text[i] == '%' ? i + 1 : i;
  }

  private static boolean isAlphanumeric(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }
}
