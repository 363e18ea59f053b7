package dev.neostream.ops.account;

import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.StageCounts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The count ledger: what every stage says it did up to a Flink checkpoint, and whether it adds up.
 *
 * <pre>
 *   stage   read = emitted + rejected + duplicates + held
 *   chain   clean.emitted = dedup.read, dedup.emitted = tokenize.read;
 *           where passages are cut, the stages that do stand between dedup and tokenize
 *   ingest  clean.read <= documents that ingest has written
 *   topics  records in a topic >= records the ledger says were sent to it
 * </pre>
 *
 * <p>The last line is the one that catches a lost transaction: counts are cumulative, so the ledger
 * of a later checkpoint still claims what the broker has thrown away.
 */
public final class CountBook {

  /**
   * A stage's counts, summed over its subtasks.
   *
   * @param passed documents passed on by {@code "<language> <domain>"}, clean only
   */
  public record Counts(
      long read,
      long emitted,
      long rejected,
      long duplicates,
      long held,
      long tokens,
      long blocks,
      Map<String, Long> passed) {

    static final Counts NOTHING = new Counts(0, 0, 0, 0, 0, 0, 0, Map.of());

    Counts plus(StageCounts part) {
      var sum = new TreeMap<>(passed);
      part.getPassed().forEach((group, documents) -> sum.merge(group, documents, Long::sum));
      return new Counts(
          read + part.getRead(),
          emitted + part.getEmitted(),
          rejected + part.getRejected(),
          duplicates + part.getDuplicates(),
          held + part.getHeld(),
          tokens + part.getTokens(),
          blocks + part.getBlocks(),
          sum);
    }
  }

  /**
   * The counts of all stages at one checkpoint.
   *
   * @param stages in the order of the chain
   */
  public record Page(long checkpoint, Map<Stage, Counts> stages) {

    public Counts stage(Stage stage) {
      return stages.get(stage);
    }

    /** Returns every equation that does not hold, with its numbers. */
    public List<String> problems() {
      var problems = new ArrayList<String>();
      for (var entry : stages.entrySet()) {
        Counts counts = entry.getValue();
        long accounted = counts.emitted + counts.rejected + counts.duplicates + counts.held;
        if (counts.read != accounted) {
          problems.add(
              entry.getKey()
                  + ": read must equal emitted + rejected + duplicates + held: read="
                  + counts.read
                  + ", sum="
                  + accounted);
        }
      }
      List<Stage> chain = List.copyOf(stages.keySet());
      for (int i = 1; i < chain.size(); i++) {
        long emitted = stage(chain.get(i - 1)).emitted;
        long read = stage(chain.get(i)).read;
        if (emitted != read) {
          problems.add(
              chain.get(i)
                  + " must read what "
                  + chain.get(i - 1)
                  + " emitted: emitted="
                  + emitted
                  + ", read="
                  + read);
        }
      }
      return problems;
    }

    /**
     * Returns whether documents were read that ingest has not written, which are then some that
     * were read twice.
     *
     * @param written documents that ingest has written, asked after this page
     */
    public Optional<String> readAgain(long written) {
      long read = stage(Stage.CLEAN).read;
      return read <= written
          ? Optional.empty()
          : Optional.of(
              "clean must not read more than ingest wrote: written="
                  + written
                  + ", read by checkpoint "
                  + checkpoint
                  + "="
                  + read
                  + "; the job has read raw.documents again from a place before its own, or the"
                  + " brokers have lost ingest's last positions");
    }

    /**
     * Returns what the topics lack. A commit becomes visible in one partition after the other, so
     * this is to be asked with a {@link CountBook#settled()} page.
     *
     * @param rejected records of rejected.documents that Flink stages wrote
     * @param duplicates records of duplicates.documents
     * @param blocks index records of sealed blocks
     * @param stopped whether the job has stopped with this checkpoint, so that the topics must not
     *     hold more than it claims either
     */
    public List<String> differences(long rejected, long duplicates, long blocks, boolean stopped) {
      var problems = new ArrayList<String>();
      long claimed = stages.values().stream().mapToLong(Counts::rejected).sum();
      compare(problems, "rejected.documents", claimed, rejected, stopped);
      compare(problems, "duplicates.documents", stage(Stage.DEDUP).duplicates, duplicates, stopped);
      compare(problems, "token.index", stage(Stage.TOKENIZE).blocks, blocks, stopped);
      return problems;
    }

    private void compare(
        List<String> problems, String topic, long claimed, long found, boolean stopped) {
      String numbers = "committed by checkpoint " + checkpoint + "=" + claimed + ", found=" + found;
      if (found < claimed) {
        problems.add(
            topic
                + " lost records: "
                + numbers
                + "; the brokers have lost them, or ended a transaction that Flink had committed:"
                + " transaction.timeout.ms must exceed the longest downtime");
      } else if (stopped && found > claimed) {
        problems.add(topic + " holds records that no checkpoint counts: " + numbers);
      }
    }
  }

  /** Whose record it is. */
  private record Part(Stage stage, int subtask) {}

  private final List<Stage> chain;
  private final Map<Long, Map<Part, StageCounts>> open = new HashMap<>();
  private Page latest;
  private Page settled;

  /**
   * @param dedup the stages between clean and tokenize, in order
   */
  public CountBook(List<Stage> dedup) {
    chain = new ArrayList<>();
    chain.add(Stage.CLEAN);
    chain.addAll(dedup);
    chain.add(Stage.TOKENIZE);
    var nothing = new LinkedHashMap<Stage, Counts>();
    chain.forEach(stage -> nothing.put(stage, Counts.NOTHING));
    latest = new Page(0, Collections.unmodifiableMap(nothing));
    settled = latest;
  }

  /**
   * Takes one subtask's record.
   *
   * @throws IllegalArgumentException if the record's stage is unknown
   */
  public void add(StageCounts part) {
    Stage stage = Stage.of(part);
    if (part.getCheckpoint() <= latest.checkpoint) {
      return;
    }
    Map<Part, StageCounts> parts =
        open.computeIfAbsent(part.getCheckpoint(), key -> new HashMap<>());
    parts.put(new Part(stage, part.getSubtask()), part);
    complete(part.getCheckpoint(), parts)
        .ifPresent(
            page -> {
              settled = latest;
              latest = page;
              open.keySet().removeIf(checkpoint -> checkpoint <= page.checkpoint);
            });
  }

  /** Returns the newest checkpoint of which every subtask's record has arrived. */
  public Page latest() {
    return latest;
  }

  /**
   * Returns the complete checkpoint before the newest: its transactions were committed a whole
   * checkpoint ago, so what they wrote is visible everywhere or lost.
   */
  public Page settled() {
    return settled;
  }

  private Optional<Page> complete(long checkpoint, Map<Part, StageCounts> parts) {
    var stages = new LinkedHashMap<Stage, Counts>();
    for (Stage stage : chain) {
      Counts sum = Counts.NOTHING;
      int seen = 0;
      int expected = 1;
      for (var part : parts.entrySet()) {
        if (part.getKey().stage == stage) {
          sum = sum.plus(part.getValue());
          seen++;
          expected = part.getValue().getSubtasks();
        }
      }
      if (seen < expected) {
        return Optional.empty();
      }
      stages.put(stage, sum);
    }
    return Optional.of(new Page(checkpoint, Collections.unmodifiableMap(stages)));
  }
}
