package dev.neostream.dedup.shingle;

/** A bijective 64-bit mixing function (SplitMix64, Steele, Lea and Flood 2014). */
public final class Mix {

  private Mix() {}

  /** Returns 64 bits of which each depends on all bits of {@code x}; different for different x. */
  public static long mix(long x) {
    x = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
    x = (x ^ x >>> 27) * 0x94d049bb133111ebL;
    return x ^ x >>> 31;
  }
}
