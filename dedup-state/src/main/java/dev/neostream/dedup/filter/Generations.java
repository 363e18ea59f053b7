package dev.neostream.dedup.filter;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keys seen, by generation: one filter takes keys, the older ones are sealed and never change, so
 * that a checkpoint writes each of them once; dropping the oldest forgets its keys. Generations
 * have ascending numbers.
 *
 * <p>The false positives of generations add up: see {@link #falsePositiveRate}. Not thread-safe.
 */
public final class Generations {

  private final double bitsPerKey;
  private final TreeMap<Long, BlockedBloomFilter> filters = new TreeMap<>();
  // The filters of the map, newest first: what a lookup walks through.
  private BlockedBloomFilter[] newestFirst = {};

  /**
   * Makes a set without a generation, which contains nothing.
   *
   * @param bitsPerKey bits a key at capacity
   */
  public Generations(double bitsPerKey) {
    this.bitsPerKey = bitsPerKey;
  }

  /**
   * Adds a sealed generation back.
   *
   * @param filter what {@link #seal} returned; the array is kept
   * @throws IllegalArgumentException if it is not a filter
   */
  public void restore(long number, byte[] filter) {
    try {
      put(number, BlockedBloomFilter.of(filter));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + ", in the filter of generation " + number, e);
    }
  }

  /**
   * Starts an empty generation, which takes the keys from now on.
   *
   * @param capacity distinct keys it is meant for
   * @throws IllegalArgumentException if {@code number} does not exceed the newest generation
   */
  public void start(long number, long capacity) {
    if (!filters.isEmpty() && number <= newest()) {
      throw new IllegalArgumentException(
          "generations must have ascending numbers: newest=%d, next=%d"
              .formatted(newest(), number));
    }
    put(number, BlockedBloomFilter.sized(capacity, bitsPerKey));
  }

  private void put(long number, BlockedBloomFilter filter) {
    filters.put(number, filter);
    index();
  }

  /** Adds a key to the newest generation. */
  public void add(long key) {
    newestFirst[0].add(key);
  }

  /** Returns false if no generation has taken the key. */
  public boolean mightContain(long key) {
    for (BlockedBloomFilter filter : newestFirst) {
      if (filter.mightContain(key)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether there is no generation. */
  public boolean isEmpty() {
    return filters.isEmpty();
  }

  /** Returns the number of the newest generation. */
  public long newest() {
    return filters.lastKey();
  }

  /** Returns whether the newest generation holds as many keys as it is meant for. */
  public boolean isFull() {
    return newestFirst[0].keys() >= newestFirst[0].capacity();
  }

  /** Returns the newest generation's filter, to keep; it must take no more keys. */
  public byte[] seal() {
    return newestFirst[0].bytes();
  }

  /** Forgets the generations below a number but the newest and returns them, oldest first. */
  public List<Long> drop(long olderThan) {
    SortedMap<Long, BlockedBloomFilter> old = filters.headMap(Math.min(olderThan, newest()));
    List<Long> dropped = List.copyOf(old.keySet());
    old.clear();
    index();
    return dropped;
  }

  /** Returns the bytes of all filters. */
  public long bytes() {
    return filters.values().stream().mapToLong(filter -> filter.bytes().length).sum();
  }

  /** Returns the chance that a key never added is taken for seen: 1 - product of (1 - f). */
  public double falsePositiveRate() {
    double none = 1;
    for (BlockedBloomFilter filter : newestFirst) {
      none *= 1 - filter.falsePositiveRate();
    }
    return 1 - none;
  }

  private void index() {
    newestFirst = filters.descendingMap().values().toArray(BlockedBloomFilter[]::new);
  }
}
