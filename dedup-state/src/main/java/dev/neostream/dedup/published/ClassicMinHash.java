package dev.neostream.dedup.published;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * MinHash with a permutation a value: the least of {@code (a h + b) mod (2^61 - 1)}, of which the
 * lower 32 bits are taken, over all shingles (Broder 1997; the family of datasketch).
 */
final class ClassicMinHash {

  static final int PERMUTATIONS = 128;

  private static final long PRIME = (1L << 61) - 1;

  private final long[] factors = new long[PERMUTATIONS];
  private final long[] offsets = new long[PERMUTATIONS];

  ClassicMinHash() {
    var random = new SplittableRandom(1);
    for (int i = 0; i < PERMUTATIONS; i++) {
      factors[i] = random.nextLong(1, PRIME);
      offsets[i] = random.nextLong(0, PRIME);
    }
  }

  /**
   * Returns the signature of a set of shingles, (128) unsigned values; the largest value where
   * there is no shingle.
   *
   * @param shingles 32-bit hashes
   */
  int[] of(int[] shingles) {
    var signature = new int[PERMUTATIONS];
    Arrays.fill(signature, -1);
    for (int shingle : shingles) {
      long h = shingle & 0xffffffffL;
      for (int i = 0; i < PERMUTATIONS; i++) {
        int value = (int) modulo(factors[i], h, offsets[i]);
        if (Integer.compareUnsigned(value, signature[i]) < 0) {
          signature[i] = value;
        }
      }
    }
    return signature;
  }

  /** Returns (a h + b) mod (2^61 - 1), by folding the bits above 61 (a Mersenne prime). */
  private static long modulo(long a, long h, long b) {
    long high = Math.multiplyHigh(a, h);
    long low = a * h;
    long folded = (low & PRIME) + (low >>> 61 | high << 3) + b;
    folded = (folded & PRIME) + (folded >>> 61);
    return folded == PRIME ? 0 : folded;
  }
}
