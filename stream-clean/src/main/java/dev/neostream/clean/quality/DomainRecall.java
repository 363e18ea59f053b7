package dev.neostream.clean.quality;

import dev.neostream.clean.url.CanonicalUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds hosts worth a second visit: where more than a share of the documents score as good, all
 * documents are taken (DeepSeekMath, Shao et al. 2024, section 2.1: 10 %). {@code www.} is not part
 * of a host here. URLs without a host are passed over and counted.
 *
 * <p>Memory grows with the number of different hosts. Not thread-safe.
 */
public final class DomainRecall {

  /** A host with its documents and how many of them are hits. */
  public record Host(String host, long documents, long hits) {

    /** Returns the share of hits, in [0, 1]. */
    public double share() {
      return (double) hits / documents;
    }
  }

  private final double threshold;
  private final SortedMap<String, long[]> counts = new TreeMap<>();
  private long skipped;

  /**
   * @param threshold scores above it are hits; to be chosen by {@link Evaluation#thresholds}
   *     (MAP-Neo: 0.96, of fastText's scores)
   */
  public DomainRecall(double threshold) {
    this.threshold = threshold;
  }

  /** Counts one scored document. */
  public void add(String url, float score) {
    String host = CanonicalUrl.of(url).map(CanonicalUrl::site).orElse(null);
    if (host == null) {
      skipped++;
      return;
    }
    long[] count = counts.computeIfAbsent(host, absent -> new long[2]);
    count[0]++;
    count[1] += score > threshold ? 1 : 0;
  }

  /**
   * Returns the hosts to revisit, by name.
   *
   * @param share hosts with a greater share of hits are revisited; the paper's is 0.10
   * @param minDocuments hosts with fewer documents are not judged
   */
  public List<Host> revisit(double share, long minDocuments) {
    var hosts = new ArrayList<Host>();
    counts.forEach(
        (name, count) -> {
          var host = new Host(name, count[0], count[1]);
          if (host.documents() >= minDocuments && host.share() > share) {
            hosts.add(host);
          }
        });
    return hosts;
  }

  /** Returns the number of documents whose URL has no host. */
  public long skipped() {
    return skipped;
  }
}
