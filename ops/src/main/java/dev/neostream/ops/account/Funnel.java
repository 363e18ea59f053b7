package dev.neostream.ops.account;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where documents went: how many were kept, and how many each rule rejected, by language and
 * domain. The same tables for a file and for a run.
 */
public final class Funnel {

  /** A group of rejected documents; language and domain are empty where they were not known. */
  public record Rejects(
      String stage, String reason, String language, String domain, long documents) {}

  /** A group of kept documents. */
  public record Kept(String language, String domain, long documents) {}

  /** Both tables. */
  public record Tables(List<Kept> kept, List<Rejects> rejected) {

    public static final Tables EMPTY = new Tables(List.of(), List.of());
  }

  private record Key(String stage, String reason, String language, String domain)
      implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = language.compareTo(other.language);
      order = order != 0 ? order : domain.compareTo(other.domain);
      order = order != 0 ? order : stage.compareTo(other.stage);
      return order != 0 ? order : reason.compareTo(other.reason);
    }
  }

  /** Domains that inputs name are anybody's words; beyond so many they share one group. */
  private static final int MOST_DOMAINS = 100;

  private static final String OTHER = "other";

  private final Map<Key, Long> counts = new TreeMap<>();
  private final Set<String> domains = new TreeSet<>();

  /** Counts a kept document. */
  public void keep(String language, String domain) {
    keep(language, domain, 1);
  }

  private void keep(String language, String domain, long documents) {
    counts.merge(new Key("", "", language, bounded(domain)), documents, Long::sum);
  }

  /** Counts a rejected document. */
  public void reject(String stage, String reason, String language, String domain) {
    counts.merge(new Key(stage, reason, language, bounded(domain)), 1L, Long::sum);
  }

  private String bounded(String domain) {
    if (domains.contains(domain)) {
      return domain;
    }
    return domains.size() < MOST_DOMAINS && domains.add(domain) ? domain : OTHER;
  }

  /**
   * Returns the tables with other numbers of kept documents.
   *
   * @param passed kept documents by {@code "<language> <domain>"}
   */
  public Tables tables(Map<String, Long> passed) {
    var funnel = new Funnel();
    funnel.counts.putAll(counts);
    funnel.domains.addAll(domains);
    passed.forEach(
        (group, documents) -> {
          int space = group.indexOf(' ');
          funnel.keep(group.substring(0, space), group.substring(space + 1), documents);
        });
    return funnel.tables();
  }

  /** Returns both tables. */
  public Tables tables() {
    return new Tables(kept(), rejected());
  }

  /** Returns the kept documents, by language and domain. */
  public List<Kept> kept() {
    var kept = new ArrayList<Kept>();
    counts.forEach(
        (key, n) -> {
          if (key.stage.isEmpty()) {
            kept.add(new Kept(key.language, key.domain, n));
          }
        });
    return kept;
  }

  /** Returns the rejected documents, by language, domain, stage and reason. */
  public List<Rejects> rejected() {
    var rejected = new ArrayList<Rejects>();
    counts.forEach(
        (key, n) -> {
          if (!key.stage.isEmpty()) {
            rejected.add(new Rejects(key.stage, key.reason, key.language, key.domain, n));
          }
        });
    return rejected;
  }
}
