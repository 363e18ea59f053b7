package dev.neostream.tokens.mixture;

import dev.neostream.tokens.pack.Lane;
import java.util.List;
import java.util.TreeSet;

/**
 * What is fixed for a run.
 *
 * @param domains domains that may be trained on; held in name order
 * @param lanes lanes of every domain
 * @param rowsPerStep rows of every step
 * @param lead how many steps may be emitted beyond the last step reported finished
 * @param whenSilent what is done about a domain whose next block does not come
 * @param maxEpochs how many times a silent domain is read at most
 * @param shuffleBlocks blocks of a domain that are shuffled at a time, in whole rounds of its
 *     lanes; 1: none
 * @param seed of the shuffle
 */
public record SequencerSettings(
    List<String> domains,
    int lanes,
    int rowsPerStep,
    int lead,
    WhenSilent whenSilent,
    int maxEpochs,
    int shuffleBlocks,
    long seed) {

  /** Steps emitted ahead of training: enough to prefetch, few enough for a quick change. */
  public static final int DEFAULT_LEAD = 4;

  /** Waits for every block; no shuffle. */
  public SequencerSettings(List<String> domains, int lanes, int rowsPerStep, int lead) {
    this(domains, lanes, rowsPerStep, lead, WhenSilent.WAIT, 1, 1, 0);
  }

  public SequencerSettings {
    domains = List.copyOf(new TreeSet<>(domains));
    if (domains.isEmpty()) {
      throw new IllegalArgumentException("domains must not be empty");
    }
    for (String domain : domains) {
      if (domain.startsWith(Lane.HELD_OUT)) {
        throw new IllegalArgumentException(
            "a held-out domain must not be trained on: domain=" + domain);
      }
    }
    requirePositive("lanes", lanes);
    requirePositive("rowsPerStep", rowsPerStep);
    requirePositive("lead", lead);
    requirePositive("maxEpochs", maxEpochs);
    requirePositive("shuffleBlocks", shuffleBlocks);
  }

  DomainLanes lanesOf(String domain) {
    int windowRounds = Math.max(1, shuffleBlocks / lanes);
    return new DomainLanes(domain, lanes, new ReadingOrder(domain, lanes, windowRounds, seed));
  }

  private static void requirePositive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be > 0: " + name + "=" + value);
    }
  }
}
