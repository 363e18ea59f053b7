package dev.neostream.dedup;

/**
 * What near-duplicates are found and verified by. A plain object with public fields so that Flink
 * serialises it without reflection; treat it as immutable.
 */
public final class Fingerprint {

  /** One-permutation MinHash signature, (128) values; empty where the text has no shingle. */
  public int[] bins;

  /**
   * Hashes of the distinct shingles, ascending as unsigned numbers: all of them at level 0, those
   * with {@code level} zero low bits otherwise.
   */
  public int[] shingles;

  /** Of a text with very many shingles one in 2^level is kept; 0 for nearly every text. */
  public int level;

  /** Returns whether the text is too short to have a shingle: only exact rules apply to it. */
  public boolean isEmpty() {
    return shingles.length == 0;
  }
}
