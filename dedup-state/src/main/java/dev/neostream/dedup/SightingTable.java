package dev.neostream.dedup;

/**
 * Sightings in memory: open addressing with 10 bytes a slot, between 68 and 85 of 100 slots in use,
 * so 11.8 to 14.7 bytes a passage (and both tables while it grows). Slots are in the order of the
 * hashes, which must be well mixed. Counts stop at {@value #MAX_COUNT}. Not thread-safe.
 */
public final class SightingTable implements Sightings {

  /** The highest count told apart. */
  public static final int MAX_COUNT = Character.MAX_VALUE;

  /** Linear probing takes some four probes to find a passage that is new at this load. */
  private static final double MAX_LOAD = 0.85;

  private static final double GROWTH = 1.25;

  /** Hashes, 0 in a free slot unless its count is positive. */
  private long[] hashes = new long[64];

  private char[] counts = new char[64];
  private int size;

  @Override
  public int see(long hash) {
    int slot = slot(hash);
    if (counts[slot] == 0 && size >= MAX_LOAD * hashes.length) {
      grow();
      slot = slot(hash);
    }
    if (counts[slot] == 0) {
      size++;
      hashes[slot] = hash;
    }
    if (counts[slot] < MAX_COUNT) {
      counts[slot]++;
    }
    return counts[slot];
  }

  /** Returns the different passages seen. */
  public int size() {
    return size;
  }

  /** Returns the bytes of memory the table takes. */
  public long bytes() {
    return 10L * hashes.length;
  }

  private int slot(long hash) {
    int slot = (int) ((hash >>> 32) * hashes.length >>> 32);
    while (counts[slot] != 0 && hashes[slot] != hash) {
      slot = slot + 1 < hashes.length ? slot + 1 : 0;
    }
    return slot;
  }

  private void grow() {
    long[] oldHashes = hashes;
    char[] oldCounts = counts;
    int length = (int) Math.min(Integer.MAX_VALUE - 8, (long) (hashes.length * GROWTH) + 1);
    if (length == hashes.length) {
      throw new IllegalStateException(
          "passages must fit one table: size=" + size + "; count them in keyed state instead");
    }
    hashes = new long[length];
    counts = new char[length];
    for (int i = 0; i < oldHashes.length; i++) {
      if (oldCounts[i] != 0) {
        int slot = slot(oldHashes[i]);
        hashes[slot] = oldHashes[i];
        counts[slot] = oldCounts[i];
      }
    }
  }
}
