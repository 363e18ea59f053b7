package dev.neostream.ingest.segment;

/**
 * How much of a file may be read again while looking for records behind damage. Without a bound a
 * file made of false starts would be read once for each of them.
 */
final class Rewinds {

  private long left;

  Rewinds(long budget) {
    left = budget;
  }

  /** Returns what a file of a size may cost. */
  static long budget(long fileBytes) {
    return 4 * fileBytes + (1 << 20);
  }

  long left() {
    return left;
  }

  /** Returns {@code wanted}, or {@code reached} once too much has been read again. */
  long from(long wanted, long reached) {
    left = Math.max(0, left - (reached - wanted));
    return left > 0 ? wanted : reached;
  }
}
