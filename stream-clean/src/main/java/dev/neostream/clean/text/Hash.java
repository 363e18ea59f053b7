package dev.neostream.clean.text;

/**
 * 64-bit hashing of words and n-grams: a polynomial over code points or word hashes, then mixed.
 */
final class Hash {

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private Hash() {}

  /** Returns the hash of a sequence extended by one element; start with 0. */
  static long extend(long hash, long element) {
    return (hash + element + 1) * MULTIPLIER ^ hash >>> 29;
  }

  /** Returns a bijective scrambling of a key (finaliser of MurmurHash3, Appleby 2011). */
  static long mix(long key) {
    long h = (key ^ key >>> 33) * 0xff51afd7ed558ccdL;
    h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
    return h ^ h >>> 33;
  }
}
