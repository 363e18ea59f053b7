package dev.neostream.dedup.job;

import dev.neostream.dedup.DedupStage;
import java.util.Locale;

/** Why a document is dropped. No verdict means that it survives. */
public final class Verdict {

  public String id;

  /** When it was reached. */
  public long windowEnd;

  public long ordinal;
  public String source;
  public long crawledAt;
  public String canonical;
  public long canonicalOrdinal;
  public String canonicalSource;
  public long canonicalCrawledAt;
  public String rule;
  public double similarity;

  /** Whether the similarity was counted rather than estimated. */
  public boolean exact;

  /** Whether the canonical document had been decided in an earlier window. */
  public boolean late;

  static Verdict of(DedupStage stage, Holder dropped, Holder canonical, boolean late) {
    var verdict = new Verdict();
    verdict.id = dropped.id;
    verdict.ordinal = dropped.ordinal;
    verdict.source = dropped.source;
    verdict.crawledAt = dropped.crawledAt;
    verdict.canonical = canonical.id;
    verdict.canonicalOrdinal = canonical.ordinal;
    verdict.canonicalSource = canonical.source;
    verdict.canonicalCrawledAt = canonical.crawledAt;
    verdict.rule = stage.name().toLowerCase(Locale.ROOT);
    verdict.similarity = 1;
    verdict.exact = true;
    verdict.late = late;
    return verdict;
  }
}
