package dev.neostream.clean.text;

import java.util.Arrays;

/**
 * A sequence of units, such as words, Chinese characters or lines, each as hash and length. The
 * arrays grow and are kept from one text to the next.
 */
final class Units {

  long[] hashes = new long[256];

  /** Characters before each unit; one more than units. */
  int[] offsets = new int[257];

  private int count;

  void clear() {
    count = 0;
  }

  void add(long hash, int length) {
    if (count == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count + 1);
    }
    hashes[count] = hash;
    offsets[count + 1] = offsets[count] + length;
    count++;
  }

  /** Adds units of another sequence, from one to before another. */
  void addAll(Units other, int from, int to) {
    for (int i = from; i < to; i++) {
      add(other.hashes[i], other.characters(i, i + 1));
    }
  }

  int count() {
    return count;
  }

  /** Returns the characters of all units. */
  int characters() {
    return offsets[count];
  }

  /** Returns the characters of the units from one to before another. */
  int characters(int from, int to) {
    return offsets[to] - offsets[from];
  }
}
