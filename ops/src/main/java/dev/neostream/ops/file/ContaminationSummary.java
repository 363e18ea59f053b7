package dev.neostream.ops.file;

import dev.neostream.dedup.contamination.Hit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What decontamination found. */
public final class ContaminationSummary {

  /**
   * What was found of a set.
   *
   * @param documents documents with an item of the set
   * @param items items of the set in any document
   */
  public record Found(long documents, long items) {}

  private final Map<String, Long> documents = new TreeMap<>();
  private final Map<String, Set<String>> items = new TreeMap<>();
  private long read;
  private long kept;
  private long contaminated;

  void add(boolean isKept, List<Hit> hits) {
    read++;
    kept += isKept ? 1 : 0;
    contaminated += hits.isEmpty() ? 0 : 1;
    hits.stream().map(Hit::set).distinct().forEach(set -> documents.merge(set, 1L, Long::sum));
    hits.forEach(hit -> items.computeIfAbsent(hit.set(), set -> new HashSet<>()).add(hit.item()));
  }

  /** Returns the records read: kept + rejected. */
  public long read() {
    return read;
  }

  public long kept() {
    return kept;
  }

  public long rejected() {
    return read - kept;
  }

  /** Returns the documents with a hit, kept or not. */
  public long contaminated() {
    return contaminated;
  }

  /** Returns what was found of each set that was found at all. */
  public Map<String, Found> sets() {
    Map<String, Found> sets = new TreeMap<>();
    documents.forEach((set, count) -> sets.put(set, new Found(count, items.get(set).size())));
    return sets;
  }
}
