package dev.neostream.dedup.minhash;

import dev.neostream.dedup.Fingerprint;
import dev.neostream.dedup.shingle.Mix;
import java.io.Serializable;

/**
 * Locality-sensitive hashing of signatures: texts that agree on all rows of a band are candidates.
 *
 * @param bands bands, at least 1
 * @param rows bins a band, at least 1; {@code bands * rows} must not exceed the signature
 */
public record Bands(int bands, int rows) implements Serializable {

  public Bands {
    if (bands < 1 || rows < 1 || (long) bands * rows > Fingerprinter.BINS) {
      throw new IllegalArgumentException(
          "bands and rows must be at least 1 and bands times rows at most "
              + Fingerprinter.BINS
              + ", the bins of a signature, but there are "
              + bands
              + " bands of "
              + rows
              + " rows");
    }
  }

  /**
   * Returns (bands) 64-bit keys; the band's number is part of the hash, so that keys of two bands
   * differ. Of an empty fingerprint returns none.
   */
  public long[] keys(Fingerprint fingerprint) {
    if (fingerprint.isEmpty()) {
      return new long[0];
    }
    long[] keys = new long[bands];
    for (int band = 0; band < bands; band++) {
      long key = Mix.mix(band + 1);
      for (int row = 0; row < rows; row++) {
        key = Mix.mix(key ^ fingerprint.bins[band * rows + row]);
      }
      keys[band] = key;
    }
    return keys;
  }

  /**
   * Returns the chance that texts of a Jaccard similarity become candidates: 1 - (1 -
   * s^rows)^bands.
   */
  public double probability(double similarity) {
    return 1 - Math.pow(1 - Math.pow(similarity, rows), bands);
  }
}
