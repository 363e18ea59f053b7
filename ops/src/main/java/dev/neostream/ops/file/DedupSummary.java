package dev.neostream.ops.file;

import dev.neostream.dedup.DedupStage;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What became of the records of a deduplication: read = unique + duplicates + rejected. */
public final class DedupSummary {

  private final Map<String, Long> duplicates = new TreeMap<>();
  private final Map<String, Long> rejected = new TreeMap<>();
  private final Map<String, Long> cutBytes = new TreeMap<>();
  private long unique;
  private long cappedBuckets;
  private long retracted;
  private long readmitted;
  private long changed;
  private long known;

  void unique() {
    unique++;
  }

  void duplicate(DedupStage rule) {
    duplicates.merge(name(rule), 1L, Long::sum);
  }

  void reject(String reason) {
    rejected.merge(reason, 1L, Long::sum);
  }

  void cut(DedupStage stage, long bytes) {
    cutBytes.merge(name(stage), bytes, Long::sum);
  }

  void cappedBuckets(long times) {
    cappedBuckets = times;
  }

  void known(long documents) {
    known = documents;
  }

  void change(boolean wasUnique, boolean isUnique) {
    changed++;
    retracted += wasUnique && !isUnique ? 1 : 0;
    readmitted += isUnique && !wasUnique ? 1 : 0;
  }

  private static String name(DedupStage stage) {
    return stage.name().toLowerCase(Locale.ROOT);
  }

  public long read() {
    return unique + duplicates() + rejected();
  }

  public long uniques() {
    return unique;
  }

  public long duplicates() {
    return duplicates.values().stream().mapToLong(n -> n).sum();
  }

  public long rejected() {
    return rejected.values().stream().mapToLong(n -> n).sum();
  }

  /** Returns how many documents each rule made duplicates. */
  public Map<String, Long> duplicatesByRule() {
    return duplicates;
  }

  public Map<String, Long> rejectedByReason() {
    return rejected;
  }

  /** Returns how many bytes of text each stage has cut out of documents. */
  public Map<String, Long> cutBytesByStage() {
    return cutBytes;
  }

  /** Returns how often a survivor was left out of a bucket that was full. */
  public long cappedBuckets() {
    return cappedBuckets;
  }

  /** Returns how many documents earlier calls have left in the state. */
  public long known() {
    return known;
  }

  /** Returns about how many of those the decision is another one now. */
  public long changed() {
    return changed;
  }

  /** Returns how many of those were unique and are duplicates now. */
  public long retracted() {
    return retracted;
  }

  /** Returns how many of those were duplicates and are unique now. */
  public long readmitted() {
    return readmitted;
  }
}
