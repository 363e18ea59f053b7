package dev.neostream.dedup.near;

import java.util.Arrays;

/**
 * Numbers by 64-bit key, open addressing: 12 bytes a slot, two slots in three taken at most, and 8
 * bytes a number where a key has several.
 */
final class Postings {

  /** Numbers a key may have; further ones are not taken. */
  static final int MOST = 64;

  private static final int FREE = 0;
  private static final int END = -1;

  private long[] keys = new long[16];

  /** FREE; number + 1 where the key has one; -1 - its first link where it has several. */
  private int[] heads = new int[16];

  private int[] numbers = new int[16];
  private int[] next = new int[16];
  private int taken;
  private int links;

  /** Adds a number, from 0, to a key; false if the key has {@link #MOST} already. */
  boolean add(long key, int number) {
    if (3L * taken >= 2L * keys.length) {
      grow();
    }
    int slot = slot(key);
    int head = heads[slot];
    if (head == FREE) {
      keys[slot] = key;
      heads[slot] = number + 1;
      taken++;
    } else if (head > 0) {
      heads[slot] = -1 - link(number, link(head - 1, END));
    } else {
      int length = 0;
      for (int link = -1 - head; link != END; link = next[link]) {
        length++;
      }
      if (length >= MOST) {
        return false;
      }
      heads[slot] = -1 - link(number, -1 - head);
    }
    return true;
  }

  /**
   * Writes the numbers of a key in no particular order, at most {@link #MOST}.
   *
   * @return the index behind the last one written
   */
  int get(long key, int[] into, int at) {
    int head = heads[slot(key)];
    if (head > 0) {
      into[at++] = head - 1;
    } else if (head != FREE) {
      for (int link = -1 - head; link != END; link = next[link]) {
        into[at++] = numbers[link];
      }
    }
    return at;
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    // Multiplication by the golden ratio (Knuth, volume 3, section 6.4): upper bits are mixed best.
    int slot = (int) (key * 0x9e3779b97f4a7c15L >>> 32) & mask;
    while (heads[slot] != FREE && keys[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private int link(int number, int tail) {
    if (links == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * links);
      next = Arrays.copyOf(next, 2 * links);
    }
    numbers[links] = number;
    next[links] = tail;
    return links++;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldHeads = heads;
    keys = new long[2 * oldKeys.length];
    heads = new int[2 * oldHeads.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldHeads[i] != FREE) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        heads[slot] = oldHeads[i];
      }
    }
  }
}
