package dev.neostream.clean.text;

import java.util.Arrays;

/**
 * Counts how often 64-bit keys occur; open addressing, no boxing. Keys are hashes, so two different
 * words or n-grams counting as one is possible and, at 2^-64 a pair, ignored. Not thread-safe.
 */
final class Counts {

  private long[] keys;
  private int[] counts;
  private int size;

  /**
   * @param expected number of distinct keys to make room for; more are possible
   */
  Counts(int expected) {
    int capacity = Integer.highestOneBit(Math.max(8, expected)) << 2;
    keys = new long[capacity];
    counts = new int[capacity];
  }

  /** Counts one occurrence and returns how many there are now. */
  int add(long key) {
    if (2 * (size + 1) > keys.length) {
      grow();
    }
    int slot = slot(key);
    if (counts[slot] == 0) {
      keys[slot] = key;
      size++;
    }
    return ++counts[slot];
  }

  int distinct() {
    return size;
  }

  /** Forgets everything, keeping the room. */
  void clear() {
    Arrays.fill(counts, 0);
    size = 0;
  }

  /** Returns the Shannon entropy of the distribution of keys, in nats; 0 when empty. */
  double entropy() {
    // Sum n ln N - sum c ln c over N. The order of the slots is that of the keys: deterministic.
    double total = 0;
    double sum = 0;
    for (int count : counts) {
      if (count > 0) {
        total += count;
        sum += count * Math.log(count);
      }
    }
    return total == 0 ? 0 : Math.log(total) - sum / total;
  }

  private int slot(long key) {
    int slot = (int) (Hash.mix(key) & keys.length - 1);
    while (counts[slot] != 0 && keys[slot] != key) {
      slot = slot + 1 & keys.length - 1;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldCounts = counts;
    keys = new long[2 * oldKeys.length];
    counts = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldCounts[i] > 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        counts[slot] = oldCounts[i];
      }
    }
  }
}
