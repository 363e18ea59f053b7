package dev.neostream.tokens.topic;

import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.tokens.pack.Lane;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How many held-out blocks of each domain are to be evaluated: the first ones, or all where its
 * input has ended with fewer. Depends on the order of token.index alone. Not thread-safe.
 */
public final class HeldOutCounts {

  private final List<String> domains;
  private final long wanted;
  private final SortedMap<String, Long> there = new TreeMap<>();
  private final SortedMap<String, Long> settled = new TreeMap<>();

  /**
   * @param domains mixture domains
   * @param wanted blocks of each
   */
  public HeldOutCounts(List<String> domains, int wanted) {
    this.domains = List.copyOf(domains);
    this.wanted = wanted;
  }

  /** Takes note of a record of token.index, in its order. */
  public void add(TokenIndex entry) {
    if (!entry.getDomain().startsWith(Lane.HELD_OUT)) {
      return;
    }
    String domain = entry.getDomain().substring(Lane.HELD_OUT.length());
    long blocks = entry.getClosed() ? entry.getBlock() : entry.getBlock() + 1;
    there.put(domain, blocks);
    if (entry.getClosed() || blocks >= wanted) {
      settled.putIfAbsent(domain, Math.min(blocks, wanted));
    }
  }

  /** Returns whether the number of every domain is known. */
  public boolean settled() {
    return settled.keySet().containsAll(domains);
  }

  /** Returns the numbers that are known, by mixture domain. */
  public SortedMap<String, Long> counts() {
    return Collections.unmodifiableSortedMap(settled);
  }

  /** Returns what is waited for, {@code code has 3 of 8 blocks, ...}; empty once it is settled. */
  public String missing() {
    return domains.stream()
        .filter(domain -> !settled.containsKey(domain))
        .map(
            domain ->
                domain + " has " + there.getOrDefault(domain, 0L) + " of " + wanted + " blocks")
        .collect(Collectors.joining(", "));
  }
}
