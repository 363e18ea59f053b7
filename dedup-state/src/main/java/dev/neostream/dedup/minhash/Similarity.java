package dev.neostream.dedup.minhash;

import dev.neostream.dedup.Fingerprint;
import java.util.Optional;

/**
 * Similarity of two texts that were compared.
 *
 * @param jaccard shingles in common over shingles of both
 * @param exact whether all shingles were counted rather than a sample
 */
public record Similarity(double jaccard, boolean exact) {

  /**
   * How far below the threshold an estimate by bins rules a pair out: more than four standard
   * errors of 128 bins at any similarity.
   */
  private static final double MARGIN = 0.2;

  /** Sets smaller than this are counted whatever the bins say: many of those are copies. */
  private static final int ENOUGH_FOR_BINS = Fingerprinter.BINS;

  /**
   * Returns the similarity if it is at least {@code threshold}; nothing if a text has no shingles.
   * It is counted on the shingles that both fingerprints hold all of.
   */
  public static Optional<Similarity> verify(Fingerprint a, Fingerprint b, double threshold) {
    int level = Math.max(a.level, b.level);
    int sizeA = size(a, level);
    int sizeB = size(b, level);
    int larger = Math.max(sizeA, sizeB);
    int smaller = Math.min(sizeA, sizeB);
    if (smaller == 0 || (double) smaller / larger < threshold) {
      return Optional.empty();
    }
    if (smaller >= ENOUGH_FOR_BINS && estimate(a, b) < threshold - MARGIN) {
      return Optional.empty();
    }
    int common = common(a.shingles, b.shingles, (1 << level) - 1);
    double jaccard = (double) common / (sizeA + sizeB - common);
    return jaccard >= threshold
        ? Optional.of(new Similarity(jaccard, level == 0))
        : Optional.empty();
  }

  /** Returns the share of bins in which two signatures agree. */
  static double estimate(Fingerprint a, Fingerprint b) {
    int equal = 0;
    for (int bin = 0; bin < Fingerprinter.BINS; bin++) {
      equal += a.bins[bin] == b.bins[bin] ? 1 : 0;
    }
    return (double) equal / Fingerprinter.BINS;
  }

  /** Returns how many shingles a fingerprint has at its own level or a higher one. */
  private static int size(Fingerprint fingerprint, int level) {
    if (level == fingerprint.level) {
      return fingerprint.shingles.length;
    }
    int mask = (1 << level) - 1;
    int size = 0;
    for (int hash : fingerprint.shingles) {
      size += (hash & mask) == 0 ? 1 : 0;
    }
    return size;
  }

  private static int common(int[] a, int[] b, int mask) {
    int common = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      int order = Integer.compareUnsigned(a[i], b[j]);
      common += order == 0 && (a[i] & mask) == 0 ? 1 : 0;
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    return common;
  }
}
