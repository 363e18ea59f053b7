package dev.neostream.dedup;

/**
 * Which of several copies survives: the one with the smallest {@link #key}, ties by id. Arrival
 * order plays no part.
 */
public enum Priority {
  /** The one crawled first; documents of unknown crawl time last. */
  EARLIEST,
  /** The one crawled last; documents of unknown crawl time last. */
  LATEST,
  /** The one with the most UTF-8 bytes. */
  LONGEST,
  /** The one with the highest quality score; documents without a score last. */
  BEST;

  /**
   * Returns the sort key of a document, smallest first.
   *
   * @param crawledAt milliseconds since the epoch, 0 when unknown
   * @param bytes length of the text in UTF-8
   * @param quality score, NaN when there is none
   */
  public long key(long crawledAt, long bytes, float quality) {
    return switch (this) {
      case EARLIEST -> crawledAt > 0 ? crawledAt : Long.MAX_VALUE;
      case LATEST -> crawledAt > 0 ? -crawledAt : Long.MAX_VALUE;
      case LONGEST -> -bytes;
      case BEST -> Float.isNaN(quality) ? Long.MAX_VALUE : -(long) (quality * (1L << 40));
    };
  }
}
