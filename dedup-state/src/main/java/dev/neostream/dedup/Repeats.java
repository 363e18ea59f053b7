package dev.neostream.dedup;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Decides which passages of a document are dropped: those seen for the k-th time or later, where
 * documents are shown in order of {@link Priority} and passages count in the order of the text.
 *
 * <p>Within a document, occurrences of a passage that do not overlap are counted, from the left, as
 * one counts occurrences of a word. An occurrence that overlaps the one counted last is part of it:
 * not counted, and kept or dropped with it. Otherwise a ruler or a run of spaces longer than the
 * window would be its own repeat at every character and lose all but the first; so of two windows
 * or more one is kept, and less is kept whole.
 *
 * <p>Not thread-safe: one instance a thread.
 */
public final class Repeats {

  private final Sightings sightings;
  private final int k;

  /** Open addressing by hash: the occurrence counted last, from 1; 0 in a free slot. */
  private int[] counted = new int[1 << 10];

  /**
   * @param sightings what counts
   * @param k the sighting from which on a passage is dropped; 2 keeps the first alone
   * @throws IllegalArgumentException if k is not in 2 to {@link SightingTable#MAX_COUNT}
   */
  public Repeats(Sightings sightings, int k) {
    if (k < 2 || k > SightingTable.MAX_COUNT) {
      throw new IllegalArgumentException(
          "the sighting to drop from must be 2 to " + SightingTable.MAX_COUNT + ": k=" + k);
    }
    this.sightings = sightings;
    this.k = k;
  }

  /** Counts the passages of the next document and returns those to drop. */
  public BitSet in(Passages passages) {
    int size = passages.size();
    var drop = new BitSet(size);
    int mask = clear(size) - 1;
    long[] hashes = passages.hashes();
    for (int i = 0; i < size; i++) {
      int slot = (int) hashes[i] & mask;
      while (counted[slot] != 0 && hashes[counted[slot] - 1] != hashes[i]) {
        slot = slot + 1 & mask;
      }
      int last = counted[slot] - 1;
      if (last >= 0 && passages.from()[i] < passages.to()[last]) {
        drop.set(i, drop.get(last));
      } else {
        counted[slot] = i + 1;
        drop.set(i, sightings.see(hashes[i]) >= k);
      }
    }
    return drop;
  }

  /**
   * Empties as much of the table as a document needs, twice its passages or more, and returns how
   * much. What a longer document before it needed is not touched.
   */
  private int clear(int size) {
    int length = Integer.highestOneBit(Math.max(size, 1)) << 2;
    if (length > counted.length) {
      counted = new int[length];
    } else {
      Arrays.fill(counted, 0, length, 0);
    }
    return length;
  }
}
