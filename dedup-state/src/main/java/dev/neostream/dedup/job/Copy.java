package dev.neostream.dedup.job;

/** A document that became, or no longer is, a copy of another. */
public final class Copy {

  public String canonical;
  public String canonicalSource;
  public long canonicalCrawledAt;
  public String source;
  public long crawledAt;

  /** When it was decided. */
  public long windowEnd;

  /** 1 or -1. */
  public int change;

  static Copy of(Verdict verdict, long windowEnd, int change) {
    var copy = new Copy();
    copy.canonical = verdict.canonical;
    copy.canonicalSource = verdict.canonicalSource;
    copy.canonicalCrawledAt = verdict.canonicalCrawledAt;
    copy.source = verdict.source;
    copy.crawledAt = verdict.crawledAt;
    copy.windowEnd = windowEnd;
    copy.change = change;
    return copy;
  }
}
