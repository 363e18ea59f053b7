package dev.neostream.trainer.align;

import dev.neostream.tokens.chat.ChatBlock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What each step trains on: a pure function of the settings and the step's number, so that a run
 * resumes from the number alone. Each epoch has every block once, in an order of its own.
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
  private String shuffled = "";
  private List<ChatBlock> order = List.of();

  FineTuningPlan(FineTuningSettings settings) {
    this.settings = settings;
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
        return at(p, inPhase, steps);
      }
      inPhase -= steps;
    }
    throw new IllegalArgumentException(
        "step must be in [0, steps): step=%d, steps=%d".formatted(step, settings.steps()));
  }

  private Step at(int number, long step, long steps) {
    FineTuningPhase phase = settings.phases().get(number);
    long perEpoch = settings.stepsAnEpoch(phase);
    int epoch = (int) (step / perEpoch);
    List<ChatBlock> blocks = order(number, epoch);
    int from = (int) (step % perEpoch) * settings.batchBlocks();
    int to = Math.min(from + settings.batchBlocks(), blocks.size());
    double rate = phase.learningRate(steps).at(step, steps);
    return new Step(phase, epoch, rate, blocks.subList(from, to), step == steps - 1);
  }

  /** The blocks of an epoch in its order; that of the last one asked for is kept. */
  private List<ChatBlock> order(int phase, int epoch) {
    String key = phase + "." + epoch;
    if (!key.equals(shuffled)) {
      List<ChatBlock> blocks = new ArrayList<>(settings.phases().get(phase).blocks());
      // Both Random and shuffle are specified to the bit.
      Collections.shuffle(blocks, new Random(31 * (31 * settings.seed() + phase) + epoch));
      order = blocks;
      shuffled = key;
    }
    return order;
  }
}
