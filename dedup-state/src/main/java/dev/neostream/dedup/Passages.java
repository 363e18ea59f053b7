package dev.neostream.dedup;

import com.dynatrace.hash4j.hashing.Hashing;

/**
 * Parts of a text that may be cut out because they were seen before: part i is the bytes {@code
 * from[i]} to {@code to[i]} (exclusive) and is recognised by {@code hashes[i]}. Parts come in the
 * order of their starts, begin and end between two characters, and may overlap.
 */
public record Passages(int[] from, int[] to, long[] hashes) {

  public int size() {
    return hashes.length;
  }

  /**
   * Returns the same parts recognised only within a host: boilerplate of one site is then counted
   * on that site alone. Parts that differ keep differing; no host is the same as another.
   *
   * @param host host of the document's URL, lower case
   */
  public Passages scopedBy(String host) {
    long salt = Hashing.xxh3_64().hashCharsToLong(host);
    long[] scoped = new long[hashes.length];
    for (int i = 0; i < scoped.length; i++) {
      scoped[i] = mix(hashes[i] + salt);
    }
    return new Passages(from, to, scoped);
  }

  /** Returns a bijective scrambling (David Stafford's 13th variant of MurmurHash3's finaliser). */
  private static long mix(long h) {
    h = (h ^ h >>> 30) * 0xbf58476d1ce4e5b9L;
    h = (h ^ h >>> 27) * 0x94d049bb133111ebL;
    return h ^ h >>> 31;
  }
}
