package dev.neostream.schemas;

import java.util.List;
import java.util.Map;

/**
 * Names and settings of a run's topics: {@code <run>.<name>.v1}, dots only, created explicitly.
 *
 * @param run name of the run, {@code [a-z0-9-]+}
 */
public record Topics(String run) implements java.io.Serializable {

  /**
   * A topic to create.
   *
   * @param replication brokers that hold it
   * @param config {@code min.insync.replicas}, {@code cleanup.policy} and {@code retention.ms}
   */
  public record Spec(String name, int partitions, int replication, Map<String, String> config) {}

  /**
   * Partition of rejected.documents that ingest writes. Two writers' transactions never share a
   * partition: an open one hides from readers what the other has committed behind it.
   */
  public static final int REJECTED_BY_INGEST = 0;

  /** Partition of rejected.documents that the corpus job writes. */
  public static final int REJECTED_BY_JOB = 1;

  private static final String FOREVER = "-1";
  private static final String VERSION = ".v1";

  public Topics {
    if (!run.matches("[a-z0-9][a-z0-9-]*")) {
      throw new IllegalArgumentException(
          "run name must match [a-z0-9][a-z0-9-]*: name=" + run + "; choose another --run name");
    }
  }

  public String rawDocuments() {
    return topic("raw.documents");
  }

  /** Tap behind cleaning, written where cleaning runs as a job of its own. */
  public String cleanDocuments() {
    return topic("clean.documents");
  }

  /** Tap behind deduplication, written where deduplication runs as a job of its own. */
  public String uniqueDocuments() {
    return topic("unique.documents");
  }

  public String rejectedDocuments() {
    return topic("rejected.documents");
  }

  public String duplicatesDocuments() {
    return topic("duplicates.documents");
  }

  /** How many copies each surviving document has. */
  public String documentCopies() {
    return topic("document.copies");
  }

  /** Wishes that documents be forgotten. */
  public String takedowns() {
    return topic("takedowns");
  }

  /** Sealed token blocks that hold tokens of documents taken down since. */
  public String blockFlags() {
    return topic("block.flags");
  }

  /** Cleaning profiles sent to the running job. */
  public String cleanProfiles() {
    return topic("clean.profiles");
  }

  /** What the shadow profile would have decided otherwise. */
  public String shadowDocuments() {
    return topic("shadow.documents");
  }

  /** Everything that the run reads or has read. */
  public String ingestInputs() {
    return topic("ingest.inputs");
  }

  public String ingestPositions() {
    return topic("ingest.positions");
  }

  public String pipelineCounts() {
    return topic("pipeline.counts");
  }

  /** Topic of one domain's token blocks; the partition is the lane. */
  public String tokens(String domain) {
    return topic("tokens." + domain);
  }

  public String tokenIndex() {
    return topic("token.index");
  }

  public String mixturePlans() {
    return topic("mixture.plans");
  }

  public String mixtureDecisions() {
    return topic("mixture.decisions");
  }

  public String trainBatches() {
    return topic("train.batches");
  }

  public String trainSteps() {
    return topic("train.steps");
  }

  public String trainReplays() {
    return topic("train.replays");
  }

  /** How many ranks are to train, as it was changed since the run began. */
  public String trainRanks() {
    return topic("train.ranks");
  }

  public String checkpoints() {
    return topic("checkpoints");
  }

  public String evalResults() {
    return topic("eval.results");
  }

  /** Which blocks held-out losses are measured on. */
  public String evalSets() {
    return topic("eval.sets");
  }

  /**
   * Topic behind the embedded schema registry; must have one partition and must not be compacted.
   */
  public String schemas() {
    return topic("schemas");
  }

  /**
   * Every topic of a run.
   *
   * @param domains mixture domains, held-out ones included
   * @param rawPartitions partitions of raw.documents
   * @param lanes partitions of each token topic
   * @param replication brokers that hold each topic; all but one of them must have a record before
   *     its writer is told so
   */
  public List<Spec> all(List<String> domains, int rawPartitions, int lanes, int replication) {
    String inSync = Integer.toString(Math.max(1, replication - 1));
    var log =
        Map.of("retention.ms", FOREVER, "cleanup.policy", "delete", "min.insync.replicas", inSync);
    var compacted = Map.of("cleanup.policy", "compact", "min.insync.replicas", inSync);
    var specs = new java.util.ArrayList<Spec>();
    specs.add(new Spec(schemas(), 1, replication, log));
    specs.add(new Spec(rawDocuments(), rawPartitions, replication, log));
    specs.add(new Spec(cleanDocuments(), rawPartitions, replication, log));
    specs.add(new Spec(uniqueDocuments(), rawPartitions, replication, log));
    specs.add(new Spec(rejectedDocuments(), 2, replication, log));
    specs.add(new Spec(duplicatesDocuments(), rawPartitions, replication, log));
    specs.add(new Spec(documentCopies(), rawPartitions, replication, compacted));
    specs.add(new Spec(takedowns(), 1, replication, log));
    specs.add(new Spec(blockFlags(), 1, replication, log));
    specs.add(new Spec(cleanProfiles(), 1, replication, log));
    specs.add(new Spec(shadowDocuments(), 1, replication, log));
    specs.add(new Spec(ingestInputs(), 1, replication, compacted));
    specs.add(new Spec(ingestPositions(), 1, replication, compacted));
    specs.add(new Spec(pipelineCounts(), 1, replication, log));
    for (String domain : domains) {
      specs.add(new Spec(tokens(domain), lanes, replication, log));
    }
    specs.add(new Spec(tokenIndex(), 1, replication, log));
    specs.add(new Spec(mixturePlans(), 1, replication, log));
    specs.add(new Spec(mixtureDecisions(), 1, replication, log));
    specs.add(new Spec(trainBatches(), 1, replication, log));
    specs.add(new Spec(trainSteps(), 1, replication, log));
    specs.add(new Spec(trainReplays(), 1, replication, log));
    specs.add(new Spec(trainRanks(), 1, replication, log));
    specs.add(new Spec(checkpoints(), 1, replication, log));
    specs.add(new Spec(evalResults(), 1, replication, log));
    specs.add(new Spec(evalSets(), 1, replication, log));
    return List.copyOf(specs);
  }

  /** Returns what a topic is called in every run, or its name if it is not of this one. */
  public String nameOf(String topic) {
    String begin = run + ".";
    boolean ofRun = topic.startsWith(begin) && topic.endsWith(VERSION);
    return ofRun ? topic.substring(begin.length(), topic.length() - VERSION.length()) : topic;
  }

  private String topic(String name) {
    return run + "." + name + VERSION;
  }
}
