package dev.neostream.clean.url;

import java.util.Arrays;

/**
 * The entries of many lists as sorted 63-bit keys: 54 bits of hash, then 9 bits of tag (kind and
 * category). Entries are not kept: the one that matched is a part of the URL that matched.
 *
 * <p>Eight bytes an entry, and one to two for the index by leading bits. A host or path that is in
 * no list matches one of n entries with probability n / 2^54: with 5 million entries and eight
 * look-ups a URL, two URLs in a thousand million.
 */
final class EntrySet {

  static final int TAG_BITS = 9;

  /** Entries a bucket of the index holds on average, at most. */
  private static final int BUCKET = 4;

  private final long[] keys;
  private final int[] starts;
  private final int shift;

  private EntrySet(long[] keys) {
    this.keys = keys;
    int buckets = Math.max(2, Integer.highestOneBit(Math.max(1, keys.length / BUCKET)) * 2);
    shift = 63 - Integer.numberOfTrailingZeros(buckets);
    starts = new int[buckets + 1];
    int entry = 0;
    for (int bucket = 0; bucket < buckets; bucket++) {
      starts[bucket] = entry;
      while (entry < keys.length && keys[entry] >>> shift == bucket) {
        entry++;
      }
    }
    starts[buckets] = keys.length;
  }

  int size() {
    return keys.length;
  }

  /** Returns the memory of keys and index. */
  long bytes() {
    return 8L * keys.length + 4L * starts.length;
  }

  /** Returns the tag of the entry with this hash, or -1. */
  int find(long hash) {
    long key = key(hash, 0);
    int bucket = (int) (key >>> shift);
    for (int i = starts[bucket]; i < starts[bucket + 1]; i++) {
      if (keys[i] >>> TAG_BITS == key >>> TAG_BITS) {
        return (int) keys[i] & (1 << TAG_BITS) - 1;
      }
    }
    return -1;
  }

  private static long key(long hash, int tag) {
    // The finaliser of MurmurHash3 (Appleby 2011): leading bits must be uniform, they are the
    // index. One bit less keeps keys positive, so that they sort as they are indexed.
    long h = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
    h ^= h >>> 33;
    return h >>> 1 & -(1L << TAG_BITS) | tag;
  }

  /** Collects entries in any order; of equal ones that with the smallest tag stays. */
  static final class Builder {
    private long[] keys = new long[1 << 10];
    private int size;

    void add(long hash, int tag) {
      if (size == keys.length) {
        keys = Arrays.copyOf(keys, 2 * size);
      }
      keys[size++] = key(hash, tag);
    }

    EntrySet build() {
      Arrays.sort(keys, 0, size);
      int distinct = 0;
      for (int i = 0; i < size; i++) {
        if (distinct == 0 || keys[distinct - 1] >>> TAG_BITS != keys[i] >>> TAG_BITS) {
          keys[distinct++] = keys[i];
        }
      }
      return new EntrySet(Arrays.copyOf(keys, distinct));
    }
  }
}
