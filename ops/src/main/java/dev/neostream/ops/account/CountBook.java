package dev.neostream.ops.account;

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
 *   topics  records in a topic >= records the ledger says were sent to it
 * </pre>
 *
 * <p>The third line is the one that catches a lost transaction: counts are cumulative, so the
 * ledger of a later checkpoint still claims what the broker has thrown away.
 */
public final class CountBook {

  /**
   * A stage's counts, summed over its subtasks.
   *
   * @param passed documents passed on by {@code "<language> <domain>"}, clean only
   */
  public record Stage(
      long read,
      long emitted,
      long rejected,
      long duplicates,
      long held,
      long tokens,
      long blocks,
      Map<String, Long> passed) {

    static final Stage NOTHING = new Stage(0, 0, 0, 0, 0, 0, 0, Map.of());

    Stage plus(StageCounts part) {
      var sum = new TreeMap<>(passed);
      part.getPassed().forEach((group, documents) -> sum.merge(group, documents, Long::sum));
      return new Stage(
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
  public record Page(long checkpoint, Map<String, Stage> stages) {

    public Stage stage(String name) {
      return stages.get(name);
    }

    /** Returns every equation that does not hold, with its numbers. */
    public List<String> problems() {
      var problems = new ArrayList<String>();
      for (var entry : stages.entrySet()) {
        String name = entry.getKey();
        Stage stage = entry.getValue();
        long accounted = stage.emitted + stage.rejected + stage.duplicates + stage.held;
        if (stage.read != accounted) {
          problems.add(
              name
                  + ": read must equal emitted + rejected + duplicates + held: read="
                  + stage.read
                  + ", sum="
                  + accounted);
        }
      }
      List<String> names = List.copyOf(stages.keySet());
      for (int i = 1; i < names.size(); i++) {
        long emitted = stage(names.get(i - 1)).emitted;
        long read = stage(names.get(i)).read;
        if (emitted != read) {
          problems.add(
              names.get(i)
                  + " must read what "
                  + names.get(i - 1)
                  + " emitted: emitted="
                  + emitted
                  + ", read="
                  + read);
        }
      }
      return problems;
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
      long claimed = stages.values().stream().mapToLong(Stage::rejected).sum();
      compare(problems, "rejected.documents", claimed, rejected, stopped);
      compare(problems, "duplicates.documents", stage("dedup").duplicates, duplicates, stopped);
      compare(problems, "token.index", stage("tokenize").blocks, blocks, stopped);
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
                + "; the broker aborted a transaction that Flink had committed:"
                + " transaction.timeout.ms must exceed the longest downtime");
      } else if (stopped && found > claimed) {
        problems.add(topic + " holds records that no checkpoint counts: " + numbers);
      }
    }
  }

  private final List<String> names;
  private final Map<Long, Map<String, StageCounts>> open = new HashMap<>();
  private Page latest;
  private Page settled;

  /**
   * @param dedup names of the stages between clean and tokenize, in order
   */
  public CountBook(List<String> dedup) {
    names = new ArrayList<>();
    names.add("clean");
    names.addAll(dedup);
    names.add("tokenize");
    var nothing = new LinkedHashMap<String, Stage>();
    names.forEach(name -> nothing.put(name, Stage.NOTHING));
    latest = new Page(0, Collections.unmodifiableMap(nothing));
    settled = latest;
  }

  /** Takes one subtask's record. */
  public void add(StageCounts part) {
    if (part.getCheckpoint() <= latest.checkpoint) {
      return;
    }
    Map<String, StageCounts> parts =
        open.computeIfAbsent(part.getCheckpoint(), key -> new HashMap<>());
    parts.put(part.getStage() + "/" + part.getSubtask(), part);
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

  private Optional<Page> complete(long checkpoint, Map<String, StageCounts> parts) {
    var stages = new LinkedHashMap<String, Stage>();
    for (String name : names) {
      Stage sum = Stage.NOTHING;
      int seen = 0;
      int expected = 1;
      for (StageCounts part : parts.values()) {
        if (part.getStage().equals(name)) {
          sum = sum.plus(part);
          seen++;
          expected = part.getSubtasks();
        }
      }
      if (seen < expected) {
        return Optional.empty();
      }
      stages.put(name, sum);
    }
    return Optional.of(new Page(checkpoint, Collections.unmodifiableMap(stages)));
  }
}
