package dev.neostream.dedup.exact;

import dev.neostream.schemas.Envelope;
import java.util.Comparator;

/**
 * Which of several copies survives: the one crawled first, documents of unknown crawl time last,
 * ties by id. Arrival order plays no part.
 */
public final class SurvivorOrder {

  public static final Comparator<Envelope> EARLIEST =
      Comparator.<Envelope>comparingLong(d -> d.crawledAt > 0 ? d.crawledAt : Long.MAX_VALUE)
          .thenComparing(d -> d.id);

  private SurvivorOrder() {}
}
