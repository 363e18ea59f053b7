package dev.neostream.clean.text;

import java.util.Arrays;

/**
 * Numbers the different 64-bit keys it is given, from 0 in order of their first occurrence, and
 * counts how often each occurs. Open addressing, no boxing; the room is kept from one text to the
 * next. A slot is the key's number and not the key, so that the slots of most texts stay in the
 * first cache. Keys that are hashes may collide, at 2^-64 a pair ignored. Not thread-safe.
 */
final class Counts {

  /** Entropy needs c ln c of many small counts. */
  private static final double[] COUNT_LOG_COUNT = new double[1024];

  static {
    for (int c = 2; c < COUNT_LOG_COUNT.length; c++) {
      COUNT_LOG_COUNT[c] = c * Math.log(c);
    }
  }

  /** One more than the number of a key; 0 for none. */
  private int[] slots = new int[16];

  private long[] keys = new long[8];
  private int[] counts = new int[8];
  private int mask = 15;
  private int size;

  /**
   * Forgets everything.
   *
   * @param most upper bound of the different keys that will be added
   */
  void clear(int most) {
    // Load of at most a half; the mask follows this text's need, so small texts stay in cache.
    int capacity = Integer.highestOneBit(Math.max(8, most)) << 2;
    if (capacity > slots.length) {
      slots = new int[capacity];
      keys = new long[capacity / 2];
      counts = new int[capacity / 2];
    } else {
      Arrays.fill(slots, 0, capacity, 0);
    }
    mask = capacity - 1;
    size = 0;
  }

  /** Counts one occurrence and returns the key's number. */
  int add(long key) {
    int slot = (int) Hash.mix(key) & mask;
    while (slots[slot] > 0) {
      int number = slots[slot] - 1;
      if (keys[number] == key) {
        counts[number]++;
        return number;
      }
      slot = slot + 1 & mask;
    }
    keys[size] = key;
    counts[size] = 1;
    slots[slot] = size + 1;
    return size++;
  }

  /** Returns how often the key of a number was added. */
  int count(int number) {
    return counts[number];
  }

  /** Returns how many different keys were added. */
  int distinct() {
    return size;
  }

  /** Returns the Shannon entropy of the distribution of keys, in nats; 0 when empty. */
  double entropy() {
    double total = 0;
    double sum = 0;
    for (int i = 0; i < size; i++) {
      total += counts[i];
      sum += countLogCount(counts[i]);
    }
    return entropy(total, sum);
  }

  /** Returns {@code ln N - (sum of c ln c) / N} for N occurrences in all, 0 for none. */
  static double entropy(double occurrences, double sumOfCountLogCounts) {
    return occurrences == 0 ? 0 : Math.log(occurrences) - sumOfCountLogCounts / occurrences;
  }

  static double countLogCount(int count) {
    return count < COUNT_LOG_COUNT.length ? COUNT_LOG_COUNT[count] : count * Math.log(count);
  }
}
