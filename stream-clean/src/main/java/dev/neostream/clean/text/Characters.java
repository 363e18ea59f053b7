package dev.neostream.clean.text;

import java.util.Arrays;

/** Character statistics of a text, in code points. */
public final class Characters {

  private static final int ASCII = 128;

  /** How often each code point occurs; everything else follows from it. */
  final int[] occurrences = new int[CodePoints.LIMIT];

  /** The different code points beyond ASCII, in order of their first occurrence. */
  private int[] beyondAscii = new int[256];

  private int distinctBeyondAscii;
  private int count;
  private int whitespace;
  private int letters;
  private int digits;
  private int punctuation;
  private int privateUse;
  private int controls;

  Characters() {}

  void clear() {
    Arrays.fill(occurrences, 0, ASCII, 0);
    for (int i = 0; i < distinctBeyondAscii; i++) {
      occurrences[beyondAscii[i]] = 0;
    }
    distinctBeyondAscii = 0;
  }

  /** Counts a character beyond ASCII. */
  void addBeyondAscii(int c) {
    if (occurrences[c]++ == 0) {
      if (distinctBeyondAscii == beyondAscii.length) {
        beyondAscii = Arrays.copyOf(beyondAscii, 2 * distinctBeyondAscii);
      }
      beyondAscii[distinctBeyondAscii++] = c;
    }
  }

  /** Sums up when all occurrences are counted. */
  void end() {
    count = 0;
    whitespace = 0;
    letters = 0;
    digits = 0;
    punctuation = 0;
    privateUse = 0;
    controls = 0;
    for (int c = 0; c < ASCII; c++) {
      sum(c);
    }
    for (int i = 0; i < distinctBeyondAscii; i++) {
      int c = beyondAscii[i];
      sum(c);
      privateUse += isPrivateUse(c) ? occurrences[c] : 0;
      controls += c < 0xa0 ? occurrences[c] : 0;
    }
    for (int c = 0; c < ' '; c++) {
      controls += c < '\t' || c > '\r' ? occurrences[c] : 0;
    }
    controls += occurrences[0x7f];
  }

  private static boolean isPrivateUse(int c) {
    return c >= 0xe000 && (c < 0xf900 || c >= 0xf0000);
  }

  private void sum(int c) {
    int classes = CodePoints.CLASSES[c];
    int times = occurrences[c];
    count += times;
    whitespace += (classes & CodePoints.SPACE) != 0 ? times : 0;
    letters += (classes & CodePoints.LETTER) != 0 ? times : 0;
    digits += (classes & CodePoints.DIGIT) != 0 ? times : 0;
    punctuation += (classes & CodePoints.PUNCTUATION) != 0 ? times : 0;
  }

  /** Returns all characters, white space included. */
  public int count() {
    return count;
  }

  /** Returns the characters that are Unicode white space. */
  public int whitespace() {
    return whitespace;
  }

  /** Returns the characters that are Unicode letters, ideographs included. */
  public int letters() {
    return letters;
  }

  /** Returns the characters that are Unicode decimal digits. */
  public int digits() {
    return digits;
  }

  /** Returns the characters that are Unicode punctuation, ASCII or full-width. */
  public int punctuation() {
    return punctuation;
  }

  /** Returns the characters of private use, which mean something in one font only. */
  public int privateUse() {
    return privateUse;
  }

  /** Returns the control characters, C0 and C1, other than those that lay out text. */
  public int controls() {
    return controls;
  }

  /**
   * Returns the sum of the characters' weights.
   *
   * @param weights of characters beyond ASCII; of those beyond the array it is 0
   */
  long weighed(byte[] weights) {
    long sum = 0;
    for (int i = 0; i < distinctBeyondAscii; i++) {
      int c = beyondAscii[i];
      sum += c < weights.length ? (long) weights[c] * occurrences[c] : 0;
    }
    return sum;
  }

  /** Returns how often a character occurs. */
  public int occurrences(int codePoint) {
    return occurrences[codePoint];
  }

  /** Returns the Shannon entropy of the distribution of characters, nats. */
  public double entropy() {
    double sum = 0;
    for (int c = 0; c < ASCII; c++) {
      sum += Counts.countLogCount(occurrences[c]);
    }
    for (int i = 0; i < distinctBeyondAscii; i++) {
      sum += Counts.countLogCount(occurrences[beyondAscii[i]]);
    }
    return Counts.entropy(count, sum);
  }
}
