package dev.neostream.trainer.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.tokens.chat.ChatBlock;
import dev.neostream.trainer.optim.GradientClip;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class FineTuningPlanTest {

  private static List<ChatBlock> blocks(int count, int id) {
    List<ChatBlock> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(new ChatBlock(new int[] {id, i}, new float[] {1}));
    }
    return blocks;
  }

  private static FineTuningSettings settings(FineTuningPhase... phases) {
    return new FineTuningSettings(List.of(phases), 4, GradientClip.mapNeo(), 7, 10, 10);
  }

  private static final FineTuningSettings SETTINGS =
      settings(
          new FineTuningPhase("foundational", blocks(10, 1), 3, 1e-3, 0.25),
          new FineTuningPhase("chat", blocks(5, 2), 1, 1e-4, 0));

  /** Ids of each step of an epoch, in order. */
  private static List<String> epoch(FineTuningPlan plan, long from, long to) {
    List<String> order = new ArrayList<>();
    for (long step = from; step < to; step++) {
      plan.at(step).blocks().forEach(b -> order.add(b.ids()[0] + "." + b.ids()[1]));
    }
    return order;
  }

  @Test
  void shouldTrainEveryBlockOnceAnEpochInAnotherOrder() {
    var plan = new FineTuningPlan(SETTINGS);

    assertEquals(11, SETTINGS.steps());
    List<List<String>> epochs = List.of(epoch(plan, 0, 3), epoch(plan, 3, 6), epoch(plan, 6, 9));
    for (List<String> epoch : epochs) {
      assertEquals(10, epoch.size());
      assertEquals(10, new HashSet<>(epoch).size());
    }
    assertEquals(3, new HashSet<>(epochs).size());
    assertEquals(5, new HashSet<>(epoch(plan, 9, 11)).size());
  }

  @Test
  void shouldBeAFunctionOfTheStepAlone() {
    var forward = new FineTuningPlan(SETTINGS);
    List<FineTuningPlan.Step> steps = new ArrayList<>();
    for (long step = 0; step < 11; step++) {
      steps.add(forward.at(step));
    }

    for (int step = 10; step >= 0; step--) {
      assertEquals(steps.get(step), new FineTuningPlan(SETTINGS).at(step));
    }
  }

  @Test
  void shouldWarmUpAndFallInEachPhaseByItself() {
    var plan = new FineTuningPlan(SETTINGS);

    // 9 steps, 2 of them warm up from a tenth; then half a cosine over 7.
    assertEquals(1e-4, plan.at(0).learningRate(), 1e-18);
    assertEquals(5.5e-4, plan.at(1).learningRate(), 1e-18);
    assertEquals(1e-3, plan.at(2).learningRate(), 1e-18);
    double last = 1e-4 + 9e-4 * 0.5 * (1 + Math.cos(Math.PI * 6 / 7));
    assertEquals(last, plan.at(8).learningRate(), 1e-12);
    assertEquals(1e-4, plan.at(9).learningRate(), 1e-18);
    assertEquals(5.5e-5, plan.at(10).learningRate(), 1e-18);
  }

  @Test
  void shouldRefuseWhatCannotBeTrained() {
    assertEquals("there must be a phase", refusal(() -> settings()));
    assertEquals(
        "a phase must have a block: phase=chat",
        refusal(() -> new FineTuningPhase("chat", List.of(), 1, 1e-3, 0)));
    assertEquals(
        "epochs must be >= 1: phase=chat, epochs=0",
        refusal(() -> new FineTuningPhase("chat", blocks(1, 1), 0, 1e-3, 0)));
    assertEquals(
        "peak must be finite and > 0: phase=chat, peak=NaN",
        refusal(() -> new FineTuningPhase("chat", blocks(1, 1), 1, Double.NaN, 0)));
    assertEquals(
        "warmupShare must be in [0, 1): phase=chat, warmupShare=1.0",
        refusal(() -> new FineTuningPhase("chat", blocks(1, 1), 1, 1e-3, 1)));
    var phase = new FineTuningPhase("chat", blocks(1, 1), 1, 1e-3, 0);
    assertEquals("a phase's name must be there once: chat", refusal(() -> settings(phase, phase)));
    assertEquals(
        "batchBlocks must be >= 1: batchBlocks=0",
        refusal(() -> new FineTuningSettings(List.of(phase), 0, GradientClip.mapNeo(), 1, 1, 1)));
    assertEquals(
        "step must be in [0, steps): step=11, steps=11",
        refusal(() -> new FineTuningPlan(SETTINGS).at(11)));
  }

  private static String refusal(Runnable wrong) {
    return assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
  }

  @Test
  void shouldTellBlocksApartByIdsWeightsAndOrder() {
    List<ChatBlock> some = blocks(3, 1);
    List<ChatBlock> other = new ArrayList<>(some);
    other.set(1, new ChatBlock(some.get(1).ids(), new float[] {0}));
    List<ChatBlock> turned = List.of(some.get(2), some.get(1), some.get(0));

    assertEquals(hash(some), hash(blocks(3, 1)));
    assertNotEquals(hash(some), hash(blocks(3, 2)));
    assertNotEquals(hash(some), hash(other));
    assertNotEquals(hash(some), hash(turned));
  }

  private static long hash(List<ChatBlock> blocks) {
    return new FineTuningPhase("chat", blocks, 1, 1e-3, 0).dataHash();
  }
}
