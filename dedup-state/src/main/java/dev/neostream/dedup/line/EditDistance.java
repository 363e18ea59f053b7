package dev.neostream.dedup.line;

import java.util.Arrays;

/**
 * Levenshtein distance with a bound, bit-parallel (Myers 1999, in the blocks of Hyyrö 2003) within
 * the band of Ukkonen 1985: (length of a) * (2 * bound / 64 + 2) steps. Characters are code points.
 * Not thread-safe.
 */
final class EditDistance {

  /** For each character its place among the different ones of the pattern, from 1; 0 if none. */
  private final int[] places = new int[Character.MAX_CODE_POINT + 1];

  /** For each place (blocks) words of 64 rows, a bit where the character stands; none at 0. */
  private long[] matches = new long[0];

  private long[] positive = new long[0];
  private long[] negative = new long[0];
  private int[] pattern = new int[0];
  private int rows;
  private int blocks;

  /** Sets what is compared with: {@code text[from..to)}. */
  void pattern(int[] text, int from, int to) {
    for (int i = 0; i < rows; i++) {
      places[pattern[i]] = 0;
    }
    rows = to - from;
    blocks = (rows + 63) / 64;
    if (pattern.length < rows) {
      pattern = new int[2 * rows];
      positive = new long[2 * blocks];
      negative = new long[2 * blocks];
    }
    System.arraycopy(text, from, pattern, 0, rows);
    int different = 0;
    for (int i = 0; i < rows; i++) {
      if (places[pattern[i]] == 0) {
        places[pattern[i]] = ++different;
      }
    }
    int words = (different + 1) * blocks;
    if (matches.length < words) {
      matches = new long[2 * words];
    } else {
      Arrays.fill(matches, 0, words, 0);
    }
    for (int i = 0; i < rows; i++) {
      matches[places[pattern[i]] * blocks + i / 64] |= 1L << i;
    }
  }

  /** Returns the steps that {@link #atMost} takes at most. */
  long steps(int length, int bound) {
    return (long) length * Math.min(blocks, 2 * bound / 64 + 2);
  }

  /** Returns whether the distance of {@code text[from..to)} to the pattern is at most a bound. */
  boolean atMost(int bound, int[] text, int from, int to) {
    int columns = to - from;
    if (Math.abs(rows - columns) > bound) {
      return false;
    }
    if (rows == 0) {
      return true;
    }
    // Cells outside of the band are overestimated: no path of at most the bound passes there.
    int last = Math.min(blocks - 1, bound / 64);
    for (int block = 0; block <= last; block++) {
      positive[block] = -1;
      negative[block] = 0;
    }
    int score = Math.min(rows, (last + 1) * 64);
    long lastRow = 1L << rows - 1;
    for (int column = 1; column <= columns; column++) {
      int needed = Math.min(blocks - 1, (column + bound - 1) / 64);
      while (last < needed) {
        last++;
        positive[last] = -1;
        negative[last] = 0;
        score += Math.min(rows, (last + 1) * 64) - last * 64;
      }
      int at = places[text[from + column - 1]] * blocks;
      int carry = 1;
      for (int block = Math.max(0, column - bound - 1) / 64; block <= last; block++) {
        long p = positive[block];
        long n = negative[block];
        long match = matches[at + block];
        long vertical = match | n;
        match |= carry >>> 31;
        long horizontal = (match & p) + p ^ p | match;
        long up = n | ~(horizontal | p);
        long down = p & horizontal;
        long row = block == blocks - 1 ? lastRow : Long.MIN_VALUE;
        int in = carry;
        carry = (up & row) != 0 ? 1 : (down & row) != 0 ? -1 : 0;
        up = up << 1 | (in > 0 ? 1 : 0);
        down = down << 1 | in >>> 31;
        positive[block] = down | ~(vertical | up);
        negative[block] = up & vertical;
      }
      score += carry;
      if (last == blocks - 1 && score - (columns - column) > bound) {
        return false;
      }
    }
    return score <= bound;
  }
}
