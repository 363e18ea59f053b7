package dev.neostream.clean.rule.published;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Repetition of character n-grams the way MAP-Neo's {@code count_ngram_duplicates} counts it.
 *
 * <ul>
 *   <li>n &lt;= 4, {@link #top}: occurrences of the most frequent n-gram, less one, times n.
 *   <li>n &gt;= 5, {@link #repeated}: the number of <em>distinct characters</em> that occur in any
 *       n-gram seen twice; not the characters covered. It cannot exceed the alphabet of the text.
 * </ul>
 *
 * Not thread-safe.
 */
final class CharacterNgrams {

  private static final int PAIR_TABLE = 512;

  /** A larger table is given back with the next text. */
  private static final int KEPT_SLOTS = 1 << 16;

  private int[] symbols = new int[1024];
  private int length;
  private int[] ofUnit = new int[1 << 16];
  private int[] pairs = new int[PAIR_TABLE * PAIR_TABLE];
  private int[] used = new int[1024];
  private final Map<Integer, Integer> others = new HashMap<>();
  private int alphabet;
  private int repeatedSymbols;
  private int[] occurrences = new int[1024];
  private int[] slots = new int[2048];
  private int[] counts = new int[2048];
  private int mask;
  private final int[] known = new int[11];

  /** Takes the code points of a text. */
  void load(char[] text, int units) {
    if (symbols.length < units) {
      symbols = new int[2 * units];
    }
    length = 0;
    alphabet = 0;
    others.clear();
    if (slots.length > KEPT_SLOTS) {
      slots = new int[KEPT_SLOTS];
      counts = new int[KEPT_SLOTS];
    }
    for (int i = 0; i < units; i++) {
      char c = text[i];
      int symbol;
      if (Character.isHighSurrogate(c) && i + 1 < units && Character.isLowSurrogate(text[i + 1])) {
        Integer known = others.get(Character.toCodePoint(c, text[i + 1]));
        symbol = known == null ? add(0) : known;
        others.putIfAbsent(Character.toCodePoint(c, text[++i]), symbol);
      } else {
        symbol = ofUnit[c] - 1;
        if (symbol < 0) {
          symbol = add(c);
          ofUnit[c] = symbol + 1;
        }
      }
      occurrences[symbol]++;
      symbols[length++] = symbol;
    }
    repeatedSymbols = 0;
    for (int i = 0; i < alphabet; i++) {
      ofUnit[used[i]] = 0;
      repeatedSymbols += occurrences[i] > 1 ? 1 : 0;
    }
    Arrays.fill(known, -1);
  }

  private int add(int unit) {
    if (alphabet == used.length) {
      used = Arrays.copyOf(used, 2 * alphabet);
      occurrences = Arrays.copyOf(occurrences, 2 * alphabet);
    }
    used[alphabet] = unit;
    occurrences[alphabet] = 0;
    return alphabet++;
  }

  /** Returns a number of characters: see the class. */
  int count(int n) {
    if (known[n] < 0) {
      known[n] = n > 4 ? repeated(n) : n == 2 && alphabet <= PAIR_TABLE ? topPair() : top(n);
    }
    return known[n];
  }

  /**
   * Returns a number that {@link #count} of n does not exceed: each occurrence of an n-gram is one
   * of its first pair; and a character in a repeated n-gram occurs twice.
   */
  int bound(int n) {
    return n <= 4 ? count(2) / 2 * n : repeatedSymbols;
  }

  private int topPair() {
    Arrays.fill(pairs, 0, alphabet * alphabet, 0);
    int top = 0;
    for (int i = 1; i < length; i++) {
      top = Math.max(top, ++pairs[symbols[i - 1] * alphabet + symbols[i]]);
    }
    return top == 0 ? 0 : (top - 1) * 2;
  }

  private int top(int n) {
    int top = 0;
    clear();
    for (int i = 0; i + n <= length; i++) {
      top = Math.max(top, ++counts[slot(i, n)]);
    }
    return top == 0 ? 0 : (top - 1) * n;
  }

  private int repeated(int n) {
    clear();
    boolean[] covered = new boolean[alphabet];
    int characters = 0;
    for (int i = 0; i + n <= length; i++) {
      if (++counts[slot(i, n)] == 2) {
        for (int k = i; k < i + n; k++) {
          characters += covered[symbols[k]] ? 0 : 1;
          covered[symbols[k]] = true;
        }
      }
    }
    return characters;
  }

  private void clear() {
    int size = Integer.highestOneBit(Math.max(16, length)) * 4;
    mask = size - 1;
    if (slots.length < size) {
      slots = new int[size];
      counts = new int[size];
    }
    Arrays.fill(slots, 0, size, 0);
    Arrays.fill(counts, 0, size, 0);
  }

  /** Returns the slot of the n-gram at a position; equal n-grams share one. */
  private int slot(int at, int n) {
    long hash = 0;
    for (int k = at; k < at + n; k++) {
      hash = (hash ^ symbols[k]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    int slot = (int) hash & mask;
    while (slots[slot] != 0
        && !Arrays.equals(symbols, slots[slot] - 1, slots[slot] - 1 + n, symbols, at, at + n)) {
      slot = slot + 1 & mask;
    }
    if (slots[slot] == 0) {
      slots[slot] = at + 1;
    }
    return slot;
  }
}
