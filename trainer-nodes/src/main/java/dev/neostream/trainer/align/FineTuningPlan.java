package dev.neostream.trainer.align;

import dev.neostream.tokens.chat.ChatBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * What each step trains on: a pure function of the settings and the step's number, so that a run
 * resumes from the number alone.
 */
final class FineTuningPlan {

  /**
   * One step.
   *
   * @param phase it belongs to
   * @param epoch of the phase, from 0
   * @param learningRate it is made with
   * @param blocks it is trained on
   * @param last whether it is its phase's last
   */
  record Step(
      FineTuningPhase phase,
      int epoch,
      double learningRate,
      List<ChatBlock> blocks,
      boolean last) {}

  private final FineTuningSettings settings;
  private final List<ShuffledEpochs<ChatBlock>> batches = new ArrayList<>();

  FineTuningPlan(FineTuningSettings settings) {
    this.settings = settings;
    for (int phase = 0; phase < settings.phases().size(); phase++) {
      List<ChatBlock> blocks = settings.phases().get(phase).blocks();
      long seed = 31 * settings.seed() + phase;
      batches.add(new ShuffledEpochs<>(blocks, settings.batchBlocks(), seed));
    }
  }

  /**
   * @param step from 0
   * @throws IllegalArgumentException if there are not so many
   */
  Step at(long step) {
    long inPhase = step;
    for (int p = 0; p < settings.phases().size(); p++) {
      FineTuningPhase phase = settings.phases().get(p);
      long steps = settings.steps(phase);
      if (inPhase < steps) {
        return new Step(
            phase,
            batches.get(p).epoch(inPhase),
            phase.learningRate(steps).at(inPhase, steps),
            batches.get(p).at(inPhase),
            inPhase == steps - 1);
      }
      inPhase -= steps;
    }
    throw new IllegalArgumentException(
        "step must be in [0, steps): step=%d, steps=%d".formatted(step, settings.steps()));
  }
}
