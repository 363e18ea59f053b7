package dev.neostream.clean.text;

import java.util.Arrays;

/**
 * A sequence of units, such as words, Chinese characters or lines, each as hash and length. The
 * arrays grow and are kept from one text to the next.
 */
final class Units {

  long[] hashes = new long[256];
  int[] lengths = new int[256];
  private int count;
  private long characters;

  void clear() {
    count = 0;
    characters = 0;
  }

  void add(long hash, int length) {
    if (count == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
    }
    hashes[count] = hash;
    lengths[count++] = length;
    characters += length;
  }

  int count() {
    return count;
  }

  /** Returns the characters of all units. */
  long characters() {
    return characters;
  }
}
