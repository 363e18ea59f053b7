package dev.neostream.ingest.warc;

/**
 * How much of a file may be read again while looking for records behind damage. Without a bound a
 * file made of false starts would be read once for each of them.
 */
final class Rewinds {

  private long left;

  Rewinds(long fileBytes) {
    left = 4 * fileBytes + (1 << 20);
  }

  /** Returns {@code wanted}, or {@code reached} once too much has been read again. */
  long from(long wanted, long reached) {
    left -= reached - wanted;
    return left >= 0 ? wanted : reached;
  }
}
