package dev.neostream.trainer.align;

import dev.neostream.trainer.optim.GradientClip;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a supervised fine-tuning does. Together with the model it starts from, it decides every bit
 * of the result.
 *
 * @param phases in order, names unlike each other
 * @param batchBlocks blocks a step, &gt;= 1 (MAP-Neo: 512); an epoch's last step has what is left
 * @param clip clipping of the gradient by its global norm
 * @param seed of the order of blocks
 * @param evaluateEvery steps between evaluations on held-out answers; there is one more after each
 *     phase
 * @param checkpointEvery steps between checkpoints; there is one more after each phase
 */
public record FineTuningSettings(
    List<FineTuningPhase> phases,
    int batchBlocks,
    GradientClip clip,
    long seed,
    int evaluateEvery,
    int checkpointEvery) {

  public FineTuningSettings {
    phases = List.copyOf(phases);
    if (phases.isEmpty()) {
      throw new IllegalArgumentException("there must be a phase");
    }
    Set<String> names = new HashSet<>();
    for (FineTuningPhase phase : phases) {
      if (!names.add(phase.name())) {
        throw new IllegalArgumentException("a phase's name must be there once: " + phase.name());
      }
    }
    requirePositive("batchBlocks", batchBlocks);
    requirePositive("evaluateEvery", evaluateEvery);
    requirePositive("checkpointEvery", checkpointEvery);
  }

  /** Number of steps of all phases. */
  public long steps() {
    return phases.stream().mapToLong(this::steps).sum();
  }

  /** Number of steps of a phase. */
  long steps(FineTuningPhase phase) {
    return phase.epochs() * ShuffledEpochs.stepsAnEpoch(phase.blocks().size(), batchBlocks);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be >= 1: " + name + "=" + value);
    }
  }
}
