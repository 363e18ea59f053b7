package dev.neostream.dedup.filter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Set of 64-bit keys that may answer yes for a key never added, and never no for one that was. Keys
 * are hashes; all bits of a key count, so that keys of one shard may agree in some of them.
 *
 * <p>A key sets one bit in each of the 8 words of one block of 512 bits, which is a line of the
 * cache: a lookup waits for memory once. The filter is its serialised form, so that writing and
 * reading it costs no copy; all numbers little endian:
 *
 * <pre>
 *    0  8 bytes  "bloom/01", format and version
 *    8  long     capacity, keys
 *   16  long     keys added that changed a bit
 *   24  24 zeros: a large array's elements start 16 bytes behind a cache line, blocks on one
 *   48  64 bytes a block
 * </pre>
 *
 * <p>With c bits a key, a block holds i keys with probability Poisson(512 / c); each word of it
 * misses a given bit with probability (63 / 64)^i, hence the false-positive rate
 *
 * <pre>  f(c) = sum over i of Poisson(i; 512 / c) (1 - (63 / 64)^i)^8</pre>
 *
 * <p>Source: Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters" (ACM JEA
 * 14, 2009), section 3, equation 3, for blocks; the inner rate is exact here because the words are
 * independent. Eleven bits anywhere in the block need 5 % less space for the same rate, but answer
 * yes three times slower.
 *
 * <p>Not thread-safe while keys are added.
 */
public final class BlockedBloomFilter {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long FORMAT = 0x31302f6d6f6f6c62L;
  private static final int CAPACITY_OFFSET = 8;
  private static final int KEYS_OFFSET = 16;
  private static final int HEADER_BYTES = 48;
  private static final int BLOCK_BYTES = 64;
  private static final int BLOCK_BITS = 8 * BLOCK_BYTES;
  private static final int WORDS = 8;
  private static final int MOST_BLOCKS = (Integer.MAX_VALUE - 64 - HEADER_BYTES) / BLOCK_BYTES;

  private final byte[] bytes;
  private final int blocks;
  private long keys;

  private BlockedBloomFilter(byte[] bytes) {
    this.bytes = bytes;
    blocks = (bytes.length - HEADER_BYTES) / BLOCK_BYTES;
    keys = (long) LONG.get(bytes, KEYS_OFFSET);
  }

  /**
   * Returns an empty filter.
   *
   * @param capacity distinct keys it is meant for; more may be added at a higher rate of false
   *     positives
   * @param bitsPerKey bits a key at capacity
   * @throws IllegalArgumentException if the filter would be empty or exceed 2 GB
   */
  public static BlockedBloomFilter sized(long capacity, double bitsPerKey) {
    double blocks = Math.ceil(capacity * bitsPerKey / BLOCK_BITS);
    if (!(blocks >= 1 && blocks <= MOST_BLOCKS)) {
      throw new IllegalArgumentException(
          "a Bloom filter must have 1 to %d blocks of %d bits, use more shards: capacity=%d, bitsPerKey=%s"
              .formatted(MOST_BLOCKS, BLOCK_BITS, capacity, bitsPerKey));
    }
    var bytes = new byte[HEADER_BYTES + (int) blocks * BLOCK_BYTES];
    LONG.set(bytes, 0, FORMAT);
    LONG.set(bytes, CAPACITY_OFFSET, capacity);
    return new BlockedBloomFilter(bytes);
  }

  /**
   * Returns the filter that {@link #bytes} wrote. It keeps the array: keys added change it.
   *
   * @throws IllegalArgumentException if the bytes are not a whole filter of this version
   */
  public static BlockedBloomFilter of(byte[] bytes) {
    int blockBytes = bytes.length - HEADER_BYTES;
    if (blockBytes < BLOCK_BYTES || blockBytes % BLOCK_BYTES != 0) {
      throw new IllegalArgumentException(
          "a Bloom filter must be %d bytes and blocks of %d: bytes=%d"
              .formatted(HEADER_BYTES, BLOCK_BYTES, bytes.length));
    }
    if ((long) LONG.get(bytes, 0) != FORMAT) {
      throw new IllegalArgumentException(
          "a Bloom filter must start with bloom/01, this is another version or other data: first 8 bytes=%016x"
              .formatted(Long.reverseBytes((long) LONG.get(bytes, 0))));
    }
    var filter = new BlockedBloomFilter(bytes);
    if (filter.capacity() < 1 || filter.keys < 0) {
      throw new IllegalArgumentException(
          "a Bloom filter must have a capacity above 0 and keys of at least 0: capacity=%d, keys=%d"
              .formatted(filter.capacity(), filter.keys));
    }
    return filter;
  }

  /** Adds a key; returns whether it was new, which a false positive hides. */
  public boolean add(long key) {
    long hash = hash(key);
    int at = block(hash);
    long positions = positions(hash);
    boolean changed = false;
    for (int word = 0; word < WORDS; word++) {
      long before = (long) LONG.get(bytes, at);
      long after = before | 1L << positions;
      LONG.set(bytes, at, after);
      changed |= before != after;
      at += Long.BYTES;
      positions >>>= 6;
    }
    if (changed) {
      keys++;
    }
    return changed;
  }

  /** Returns false if the key was certainly never added. */
  public boolean mightContain(long key) {
    long hash = hash(key);
    int at = block(hash);
    long positions = positions(hash);
    for (int word = 0; word < WORDS; word++) {
      if (((long) LONG.get(bytes, at) >>> positions & 1) == 0) {
        return false;
      }
      at += Long.BYTES;
      positions >>>= 6;
    }
    return true;
  }

  /** Returns the distinct keys it is meant for. */
  public long capacity() {
    return (long) LONG.get(bytes, CAPACITY_OFFSET);
  }

  /** Returns how many keys were new when they were added. */
  public long keys() {
    return keys;
  }

  /** Returns the expected false-positive rate with the keys added so far. */
  public double falsePositiveRate() {
    return keys == 0 ? 0 : falsePositiveRate((double) blocks * BLOCK_BITS / keys);
  }

  /** Returns the expected false-positive rate with so many bits a key: f(c) above. */
  static double falsePositiveRate(double bitsPerKey) {
    double mean = BLOCK_BITS / bitsPerKey;
    // Twelve standard deviations hold all but 10^-30 of a Poisson distribution.
    int most = (int) (mean + 12 * Math.sqrt(mean) + 30);
    double logProbability = -mean;
    double rate = 0;
    for (int i = 1; i <= most; i++) {
      logProbability += Math.log(mean / i);
      rate += Math.exp(logProbability) * Math.pow(1 - Math.pow(63 / 64.0, i), WORDS);
    }
    return rate;
  }

  /** Returns the serialised filter: its own array, not a copy, which the next key changes. */
  public byte[] bytes() {
    LONG.set(bytes, KEYS_OFFSET, keys);
    return bytes;
  }

  private static long hash(long key) {
    return (key ^ key >>> 32) * 0x9e3779b97f4a7c15L;
  }

  /** Returns where the key's block starts: upper bits of the hash, scaled to the blocks. */
  private int block(long hash) {
    long block = (hash >>> 32) * blocks >>> 32;
    return HEADER_BYTES + (int) block * BLOCK_BYTES;
  }

  /** Returns 8 numbers of 6 bits; mixed again, since keys of a block agree in their upper bits. */
  private static long positions(long hash) {
    long mixed = (hash ^ hash >>> 29) * 0xbf58476d1ce4e5b9L;
    return mixed ^ mixed >>> 32;
  }
}
