package dev.neostream.dedup.shingle;

import java.util.Arrays;

/**
 * Reads a text as the hashes of its shingles, in the order of the text: a rolling hash of the units
 * by cyclic polynomials (Cohen 1997), mixed. Memory is the longest text and 16 KB. Not thread-safe:
 * one instance a thread.
 */
public final class Shingler {

  /** Most hashes that one {@link #read} writes. */
  public static final int MOST_AT_ONCE = 1024;

  private final int n;
  private final Units units;

  /** The n units before, then those of this read. */
  private final long[] hashes;

  /** Rolling hashes of this read, then mixed. */
  private final long[] shingles = new long[MOST_AT_ONCE];

  private byte[] padded = {};
  private long rolling;

  /** Units to come before the first shingle is whole. */
  private int missing;

  public Shingler(ShingleKind kind) {
    n = kind.n();
    units =
        switch (kind.unit()) {
          case WORDS -> new Words();
          case CHARACTERS -> new Characters();
        };
    hashes = new long[n + MOST_AT_ONCE];
  }

  /**
   * Starts a text.
   *
   * @param utf8 well-formed UTF-8; the shingles of malformed text are not specified
   */
  public void start(byte[] utf8) {
    // Zeros behind the text end its last word and let 8 bytes be read at once.
    if (padded.length < utf8.length + Long.BYTES) {
      padded = new byte[utf8.length + utf8.length / 2 + Long.BYTES];
    }
    System.arraycopy(utf8, 0, padded, 0, utf8.length);
    Arrays.fill(padded, utf8.length, utf8.length + Long.BYTES, (byte) 0);
    units.start(padded, utf8.length);
    Arrays.fill(hashes, 0, n, 0);
    rolling = 0;
    missing = n - 1;
  }

  /**
   * Writes the hashes of the next shingles, the upper 32 bits of 64, from an index on. Returns the
   * index behind the last one: {@code from} itself at the end of the text.
   *
   * @param into must have {@link #MOST_AT_ONCE} places from {@code from} on
   */
  public int read(int[] into, int from) {
    long[] hashes = this.hashes;
    long[] shingles = this.shingles;
    int end = units.read(hashes, n);
    int i = n;
    long rolling = this.rolling;
    for (; i < end && missing > 0; i++) {
      rolling = Long.rotateLeft(rolling, 1) ^ hashes[i];
      missing--;
    }
    int first = i;
    for (; i < end; i++) {
      rolling = Long.rotateLeft(rolling, 1) ^ Long.rotateLeft(hashes[i - n], n) ^ hashes[i];
      shingles[i - first] = rolling;
    }
    this.rolling = rolling;
    System.arraycopy(hashes, end - n, hashes, 0, n);
    // Loops of their own: without the chain of the rolling hash they are done on many at once.
    int size = end - first;
    for (int k = 0; k < size; k++) {
      shingles[k] = Mix.mix(shingles[k]);
    }
    for (int k = 0; k < size; k++) {
      into[from + k] = (int) (shingles[k] >>> 32);
    }
    return from + size;
  }
}
