package dev.neostream.tokens.bpe;

import java.util.Arrays;

/** A map of two ints to an int that is not negative. Changes while it is filled only. */
final class PairTable {

  static final int NONE = -1;

  private static final long EMPTY = -1;

  // Key left << 32 | right, then its value: a lookup touches one cache line. Open addressing, at
  // most half full.
  private long[] entries = empty(1 << 12);
  private int size;

  void put(int left, int right, int value) {
    int slot = slotOf(entries, left, right);
    if (entries[slot] == EMPTY) {
      size++;
    }
    entries[slot] = (long) left << 32 | right & 0xFFFFFFFFL;
    entries[slot + 1] = value;
    if (4 * size > entries.length) {
      rehash();
    }
  }

  /** Returns the value, or {@link #NONE}. */
  int get(int left, int right) {
    long[] entries = this.entries;
    int slot = slotOf(entries, left, right);
    return entries[slot] == EMPTY ? NONE : (int) entries[slot + 1];
  }

  private void rehash() {
    long[] old = entries;
    entries = empty(old.length);
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != EMPTY) {
        int slot = slotOf(entries, (int) (old[i] >>> 32), (int) old[i]);
        entries[slot] = old[i];
        entries[slot + 1] = old[i + 1];
      }
    }
  }

  private static int slotOf(long[] entries, int left, int right) {
    long key = (long) left << 32 | right & 0xFFFFFFFFL;
    int mask = entries.length - 1;
    int slot = 2 * (int) (key * 0x9E3779B97F4A7C15L >>> 32) & mask;
    while (entries[slot] != key && entries[slot] != EMPTY) {
      slot = slot + 2 & mask;
    }
    return slot;
  }

  private static long[] empty(int slots) {
    long[] entries = new long[Math.multiplyExact(2, slots)];
    Arrays.fill(entries, EMPTY);
    return entries;
  }
}
