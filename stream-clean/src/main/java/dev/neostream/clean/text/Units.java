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
    int more = to - from;
    if (count + more > hashes.length) {
      int room = Integer.highestOneBit(count + more) << 1;
      hashes = Arrays.copyOf(hashes, room);
      offsets = Arrays.copyOf(offsets, room + 1);
    }
    System.arraycopy(other.hashes, from, hashes, count, more);
    int moved = offsets[count] - other.offsets[from];
    for (int i = 1; i <= more; i++) {
      offsets[count + i] = other.offsets[from + i] + moved;
    }
    count += more;
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
