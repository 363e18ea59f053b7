package dev.neostream.ops.run;

import dev.neostream.ops.monitor.Status;
import dev.neostream.schemas.avro.RankChange;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * How many ranks a run trains with, and is asked to; and the rings that they are in, one after the
 * other.
 */
final class RankCount implements AutoCloseable {

  private final RankChanges changes;
  private final int first;
  private final Path logs;
  private final Consumer<String> say;

  private List<RankChange> asked = List.of();
  private int training;
  private int generation;

  /** Ring and number that ranks are on the way to; ring 0 if they are not. */
  private int ring;

  private int towards;

  /** How many changes there were when the newest one failed. */
  private int inVain;

  /**
   * @param changes closed with this
   * @param first ranks of a run that nobody has asked for others
   * @param logs where ranks write why they ended
   * @param say told of each change, one line each
   */
  RankCount(RankChanges changes, int first, Path logs, Consumer<String> say) {
    this.changes = changes;
    this.first = first;
    this.logs = logs;
    this.say = say;
    this.training = first;
  }

  /** Returns the number of ranks that all are started with now. */
  int start() {
    training = wanted();
    return training;
  }

  /** Returns the generation of another ring. A change under way begins anew, after it. */
  int nextRing() {
    ring = 0;
    return ++generation;
  }

  /** Brings the ranks nearer to the number asked for; called twice a second. */
  void follow(Engines.Ranks ranks) {
    int wanted = wanted();
    if (wanted == training && ring == 0) {
      return;
    }
    if (ring == 0 || wanted != towards) {
      ring = nextRing();
      towards = wanted;
      say.accept("Ranks: " + training + " -> " + wanted + ", asked for by " + why());
    }
    switch (ranks.resize(wanted, ring)) {
      case DONE -> {
        say.accept("Ranks: " + wanted + ", with what the others hold");
        training = wanted;
        ring = 0;
      }
      case FAILED -> {
        say.accept(
            "Ranks: still " + training + ", for a new one ended before it was ready; see " + logs);
        inVain = asked.size();
        ring = 0;
      }
      case UNDER_WAY -> {}
    }
  }

  private int wanted() {
    asked = changes.read();
    if (asked.isEmpty()) {
      return first;
    }
    return inVain == asked.size() ? training : newest().getRanks();
  }

  private RankChange newest() {
    return asked.get(asked.size() - 1);
  }

  private String why() {
    RankChange change = newest();
    return change.getAuthor()
        + (change.getReason().isEmpty() ? "" : " (" + change.getReason() + ")");
  }

  Status.Ranks status() {
    if (asked.isEmpty()) {
      return new Status.Ranks(training, training, training, "", "", 0);
    }
    RankChange change = newest();
    return new Status.Ranks(
        training,
        change.getRanks(),
        change.getRanksBefore(),
        change.getAuthor(),
        change.getReason(),
        change.getProposedAt());
  }

  @Override
  public void close() {
    changes.close();
  }
}
