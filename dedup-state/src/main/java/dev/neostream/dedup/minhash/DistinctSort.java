package dev.neostream.dedup.minhash;

import java.util.Arrays;

/**
 * Sorts hashes and drops repeated ones. Radix sort by the upper 20 bits, 10 at a time from the
 * lower ones up, leaves out of order only hashes that agree in them. Of good hashes those are few:
 * each is inserted where it belongs. Where they are not, and in short arrays, all hashes are
 * compared. Not thread-safe.
 */
final class DistinctSort {

  /** Below this, counting the digits takes longer than comparing. */
  private static final int SMALL = 128;

  private static final int BITS = 10;
  private static final int DIGITS = 1 << BITS;
  private static final int HIGH = Integer.SIZE - BITS;
  private static final int MIDDLE = HIGH - BITS;

  private int[] scratch = {};
  private final int[] middle = new int[DIGITS];
  private final int[] high = new int[DIGITS];

  /**
   * Makes {@code hashes[0..size)} ascending as unsigned numbers, without repeats, and returns how
   * many are left.
   */
  int sort(int[] hashes, int size) {
    if (size < SMALL) {
      return compare(hashes, size);
    }
    distribute(hashes, size);
    int kept = 0;
    int last = ~hashes[0];
    int moves = 0;
    for (int i = 0; i < size; i++) {
      int hash = hashes[i];
      if (Integer.compareUnsigned(hash, last) < 0 && i > 0) {
        int at = kept;
        while (at > 0 && Integer.compareUnsigned(hash, hashes[at - 1]) < 0) {
          at--;
        }
        moves += kept - at;
        if (moves > size) {
          System.arraycopy(hashes, i, hashes, kept, size - i);
          return compare(hashes, kept + size - i);
        }
        if (at == 0 || hashes[at - 1] != hash) {
          System.arraycopy(hashes, at, hashes, at + 1, kept - at);
          hashes[at] = hash;
          kept++;
        }
        continue;
      }
      hashes[kept] = hash;
      // 1 if they differ, without a branch.
      int difference = hash ^ last;
      kept += (difference | -difference) >>> 31;
      last = hash;
    }
    return kept;
  }

  private void distribute(int[] hashes, int size) {
    if (scratch.length < size) {
      scratch = new int[hashes.length];
    }
    int[] scratch = this.scratch;
    int[] middle = this.middle;
    int[] high = this.high;
    Arrays.fill(middle, 0);
    Arrays.fill(high, 0);
    for (int i = 0; i < size; i++) {
      int hash = hashes[i];
      middle[hash >>> MIDDLE & DIGITS - 1]++;
      high[hash >>> HIGH]++;
    }
    int middleStart = 0;
    int highStart = 0;
    for (int digit = 0; digit < DIGITS; digit++) {
      int count = middle[digit];
      middle[digit] = middleStart;
      middleStart += count;
      count = high[digit];
      high[digit] = highStart;
      highStart += count;
    }
    for (int i = 0; i < size; i++) {
      int hash = hashes[i];
      scratch[middle[hash >>> MIDDLE & DIGITS - 1]++] = hash;
    }
    for (int i = 0; i < size; i++) {
      int hash = scratch[i];
      hashes[high[hash >>> HIGH]++] = hash;
    }
  }

  private static int compare(int[] hashes, int size) {
    for (int i = 0; i < size; i++) {
      hashes[i] ^= Integer.MIN_VALUE;
    }
    Arrays.sort(hashes, 0, size);
    int kept = 0;
    for (int i = 0; i < size; i++) {
      int hash = hashes[i] ^ Integer.MIN_VALUE;
      if (kept == 0 || hash != hashes[kept - 1]) {
        hashes[kept++] = hash;
      }
    }
    return kept;
  }
}
