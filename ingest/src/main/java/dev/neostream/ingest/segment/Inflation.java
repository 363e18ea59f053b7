package dev.neostream.ingest.segment;

import java.util.zip.ZipException;

/** How far compressed data may grow: a small file must not keep a reader busy for hours. */
public final class Inflation {

  /** Growth beyond this ratio counts as an attack; real crawls and corpora stay below 50. */
  private static final long MAX_RATIO = 200;

  /** Below this size any ratio is harmless. */
  private static final long FREE_BYTES = 64L << 20;

  private Inflation() {}

  /** Returns how many bytes data of a compressed size may stand for. */
  static long most(long compressedBytes) {
    return Math.max(FREE_BYTES, MAX_RATIO * compressedBytes);
  }

  /**
   * Checks that data did not grow beyond bounds.
   *
   * @throws ZipException if it did
   */
  public static void check(long compressedBytes, long inflatedBytes) throws ZipException {
    if (inflatedBytes > FREE_BYTES && inflatedBytes / MAX_RATIO > compressedBytes) {
      throw new ZipException(
          "data must not inflate more than "
              + MAX_RATIO
              + " times: compressed="
              + compressedBytes
              + ", inflated="
              + inflatedBytes);
    }
  }
}
