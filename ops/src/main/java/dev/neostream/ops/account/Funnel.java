package dev.neostream.ops.account;

import dev.neostream.schemas.Stage;
import java.util.ArrayList;
import java.util.Comparator;
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
      Stage stage, String reason, String language, String domain, long documents) {}

  /** A group of kept documents. */
  public record Kept(String language, String domain, long documents) {}

  /** Both tables. */
  public record Tables(List<Kept> kept, List<Rejects> rejected) {

    public static final Tables EMPTY = new Tables(List.of(), List.of());
  }

  private record Group(String language, String domain) {}

  private record Rule(Stage stage, String reason) {}

  private static final Comparator<Group> BY_LANGUAGE_THEN_DOMAIN =
      Comparator.comparing(Group::language).thenComparing(Group::domain);

  private static final Comparator<Rule> BY_STAGE_THEN_REASON =
      Comparator.<Rule, String>comparing(rule -> rule.stage.wireName()).thenComparing(Rule::reason);

  /** Domains that inputs name are anybody's words; beyond so many they share one group. */
  private static final int MOST_DOMAINS = 100;

  private static final String OTHER = "other";

  private final Map<Group, Long> kept = new TreeMap<>(BY_LANGUAGE_THEN_DOMAIN);
  private final Map<Group, Map<Rule, Long>> rejected = new TreeMap<>(BY_LANGUAGE_THEN_DOMAIN);
  private final Set<String> domains = new TreeSet<>();

  /** Counts a kept document. */
  public void keep(String language, String domain) {
    keep(language, domain, 1);
  }

  private void keep(String language, String domain, long documents) {
    kept.merge(new Group(language, bounded(domain)), documents, Long::sum);
  }

  /** Counts a rejected document. */
  public void reject(Stage stage, String reason, String language, String domain) {
    rejected
        .computeIfAbsent(
            new Group(language, bounded(domain)), group -> new TreeMap<>(BY_STAGE_THEN_REASON))
        .merge(new Rule(stage, reason), 1L, Long::sum);
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
    funnel.kept.putAll(kept);
    funnel.domains.addAll(domains);
    passed.forEach(
        (group, documents) -> {
          int space = group.indexOf(' ');
          funnel.keep(group.substring(0, space), group.substring(space + 1), documents);
        });
    return new Tables(funnel.kept(), rejected());
  }

  /** Returns both tables. */
  public Tables tables() {
    return new Tables(kept(), rejected());
  }

  /** Returns the kept documents, by language and domain. */
  public List<Kept> kept() {
    return kept.entrySet().stream()
        .map(entry -> new Kept(entry.getKey().language, entry.getKey().domain, entry.getValue()))
        .toList();
  }

  /** Returns the rejected documents, by language, domain, stage and reason. */
  public List<Rejects> rejected() {
    var all = new ArrayList<Rejects>();
    rejected.forEach(
        (group, rules) ->
            rules.forEach(
                (rule, documents) ->
                    all.add(
                        new Rejects(
                            rule.stage, rule.reason, group.language, group.domain, documents))));
    return all;
  }
}
