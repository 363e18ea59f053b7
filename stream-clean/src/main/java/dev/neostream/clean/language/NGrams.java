package dev.neostream.clean.language;

import java.util.Arrays;

/**
 * The features of {@link LanguageModel}: hashed n-grams of code points, n = {@value #MIN_N} to
 * {@value #MAX_N}, of the lower-cased words of one script, each word with a boundary mark at both
 * ends, and each whole word longer than that.
 *
 * <p>Not thread-safe: the buffer is reused.
 */
final class NGrams {

  static final int BITS = 17;
  static final int MIN_N = 2;
  static final int MAX_N = 4;

  /** Letters of a word that are looked at. */
  private static final int MAX_WORD = 30;

  private static final int BOUNDARY = 1;

  private final int[] word = new int[MAX_WORD + 2];
  private int[] buckets = new int[1 << 12];
  private int size;

  /** Collects the features of the first code points of a text. */
  void collect(byte[] utf8, Script script, int maxCodePoints) {
    size = 0;
    int wanted = script.ordinal();
    int length = 1;
    word[0] = BOUNDARY;
    for (int i = 0, n = 0; i < utf8.length && n < maxCodePoints; n++) {
      int c = Utf8.codePoint(utf8, i);
      i += Utf8.length(utf8[i]);
      int s = Script.of(c);
      if (s == wanted) {
        if (length <= MAX_WORD) {
          word[length++] = lowerCase(c);
        }
      } else if (s != Script.INHERITED && length > 1) {
        addWord(length);
        length = 1;
      }
    }
    if (length > 1) {
      addWord(length);
    }
  }

  int size() {
    return size;
  }

  /** Returns the bucket of a feature, 0 to 2^{@value #BITS} - 1. */
  int bucket(int feature) {
    return buckets[feature];
  }

  private void addWord(int letters) {
    word[letters] = BOUNDARY;
    int end = letters + 1;
    if (size + MAX_N * end > buckets.length) {
      buckets = Arrays.copyOf(buckets, 2 * buckets.length);
    }
    int n = size;
    for (int from = 0; from < end - 1; from++) {
      int hash = word[from] * 0x9e3779b1;
      for (int to = from + 1; to < Math.min(end, from + MAX_N); to++) {
        hash = (hash ^ word[to]) * 0x85ebca6b;
        hash ^= hash >>> 15;
        buckets[n++] = hash * 0xc2b2ae35 >>> 32 - BITS;
      }
    }
    if (end > MAX_N) {
      int hash = 0x27d4eb2f;
      for (int i = 1; i < letters; i++) {
        hash = (hash ^ word[i]) * 0x85ebca6b;
        hash ^= hash >>> 15;
      }
      buckets[n++] = hash * 0xc2b2ae35 >>> 32 - BITS;
    }
    size = n;
  }

  private static int lowerCase(int c) {
    return c < 0x80 ? c | 0x20 : Character.toLowerCase(c);
  }
}
