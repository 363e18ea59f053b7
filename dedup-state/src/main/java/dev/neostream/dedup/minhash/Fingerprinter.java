package dev.neostream.dedup.minhash;

import dev.neostream.dedup.Fingerprint;
import dev.neostream.dedup.shingle.Mix;
import dev.neostream.dedup.shingle.ShingleKind;
import dev.neostream.dedup.shingle.Shingler;
import java.util.Arrays;

/**
 * Makes fingerprints: the set of a text's shingles and its one-permutation MinHash signature (Li,
 * Owen and Zhang 2012) with optimal densification (Shrivastava 2017). Bin b is the least hash whose
 * upper 7 bits are b; an empty bin copies another, chosen by a sequence of its own. The chance that
 * two texts agree in a bin is then their Jaccard similarity, however few shingles they have.
 *
 * <p>Memory is kept from text to text: 2 MB and the longest text at most. Linear in the length of
 * the text. Not thread-safe: one instance a thread.
 */
public final class Fingerprinter {

  /** Bins of a signature. */
  public static final int BINS = 128;

  /** Most shingles of a fingerprint. */
  public static final int MOST_SHINGLES = 1 << 16;

  private static final int BIN_SHIFT = Integer.SIZE - Integer.numberOfTrailingZeros(BINS);

  /** More than any hash. */
  private static final long EMPTY = 1L << Integer.SIZE;

  private final Shingler shingler;
  private final DistinctSort distinct = new DistinctSort();
  private final long[] bins = new long[BINS];
  private int[] hashes = {};
  private int size;
  private int level;

  public Fingerprinter(ShingleKind kind) {
    shingler = new Shingler(kind);
  }

  /**
   * Returns the fingerprint of a text.
   *
   * @param utf8 well-formed UTF-8; the fingerprint of malformed text is not specified
   */
  public Fingerprint of(byte[] utf8) {
    Arrays.fill(bins, EMPTY);
    size = 0;
    level = 0;
    // A shingle starts at a byte of its own.
    int needed = Math.min(utf8.length, 2 * MOST_SHINGLES) + Shingler.MOST_AT_ONCE;
    if (hashes.length < needed) {
      hashes = new int[Math.min(2 * needed, 2 * MOST_SHINGLES + Shingler.MOST_AT_ONCE)];
    }
    shingler.start(utf8);
    int end = shingler.read(hashes, 0);
    while (end > size) {
      size = end;
      if (size + Shingler.MOST_AT_ONCE > hashes.length) {
        digest();
      }
      end = shingler.read(hashes, size);
    }
    digest();
    var fingerprint = new Fingerprint();
    fingerprint.bins = size == 0 ? new int[0] : densified();
    fingerprint.shingles = Arrays.copyOf(hashes, size);
    fingerprint.level = level;
    return fingerprint;
  }

  /** Sorts what was read, enters it into the bins and keeps as much as fits. */
  private void digest() {
    size = distinct.sort(hashes, size);
    int last = -1;
    for (int i = 0; i < size; i++) {
      int bin = hashes[i] >>> BIN_SHIFT;
      if (bin != last) {
        bins[bin] = Math.min(bins[bin], Integer.toUnsignedLong(hashes[i]));
        last = bin;
      }
    }
    thin();
    while (size > MOST_SHINGLES) {
      level++;
      thin();
    }
  }

  private void thin() {
    if (level == 0) {
      return;
    }
    int mask = (1 << level) - 1;
    int kept = 0;
    for (int i = 0; i < size; i++) {
      int hash = hashes[i];
      if ((hash & mask) == 0) {
        hashes[kept++] = hash;
      }
    }
    size = kept;
  }

  private int[] densified() {
    int[] signature = new int[BINS];
    for (int bin = 0; bin < BINS; bin++) {
      long least = bins[bin];
      for (long attempt = 1; least == EMPTY; attempt++) {
        int donor = (int) (Mix.mix(attempt * BINS + bin) >>> BIN_SHIFT + Integer.SIZE);
        least = bins[donor];
      }
      signature[bin] = (int) least;
    }
    return signature;
  }
}
