package dev.neostream.trainer.train;

import dev.neostream.trainer.model.Training;
import java.time.Instant;
import java.util.Map;

/**
 * A run after a step, to be stored. Holds the model itself, not a copy: it must not be trained
 * while it is stored.
 *
 * @param step last step whose update is contained, &gt;= 0
 * @param planVersion plan in force at that step
 * @param tokens tokens trained on, by domain
 * @param parameterHash of all parameters, as the step's report has it
 * @param createdAt when the snapshot was taken
 * @param training parameters and Adam moments
 */
public record Snapshot(
    long step,
    int planVersion,
    Map<String, Long> tokens,
    long parameterHash,
    Instant createdAt,
    Training training) {

  public Snapshot {
    if (step < 0) {
      throw new IllegalArgumentException("step must be >= 0: step=" + step);
    }
    tokens = Map.copyOf(tokens);
  }
}
