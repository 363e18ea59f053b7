package dev.neostream.trainer.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.tokens.chat.ChatBlock;
import dev.neostream.tokens.chat.RenderedConversation;
import dev.neostream.trainer.checkpoint.StoredCheckpoints;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.model.ParameterHash;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.optim.GradientClip;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedFineTuningTest {

  private static final ModelConfig MODEL =
      new ModelConfig(31, 12, 2, 4, 1, 6, 20, 16, 10_000, 1e-5);

  @TempDir Path folder;

  /** Everything that was told, and a crash after a step if wanted. */
  private static final class Told implements FineTuningLog {
    final List<Trained> steps = new ArrayList<>();
    final List<Long> evaluatedAfter = new ArrayList<>();
    final List<Double> heldOut = new ArrayList<>();
    long crashAfter = -1;

    @Override
    public void trained(Trained step) {
      steps.add(step);
      if (step.step() == crashAfter) {
        throw new IllegalStateException("crash");
      }
    }

    @Override
    public void evaluated(long steps, HeldOutLoss loss) {
      evaluatedAfter.add(steps);
      heldOut.add(loss.all().mean());
    }
  }

  /** What a run came to. */
  private record Outcome(SupervisedFineTuning.Result result, long parameterHash) {}

  private static Outcome run(FineTuningSettings settings, Path checkpoints, Told told, long stopAt)
      throws IOException {
    try (var decoder = new Decoder(MODEL, 1);
        var training = new Training(decoder, AdamW.mapNeo())) {
      decoder.initialize(42);
      var stored =
          new StoredCheckpoints(new CheckpointStore(checkpoints), "tokenizer", Map.of(), 2);
      Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
      var tuning = new SupervisedFineTuning(settings, training, heldOut(), stored, told, clock);
      SupervisedFineTuning.Result result = tuning.run(() -> told.steps.size() >= stopAt);
      return new Outcome(result, ParameterHash.of(decoder));
    }
  }

  /** A question of noise and an answer that goes 3, 18, 0 ... : only the answer can be learned. */
  private static ChatBlock block(long seed) {
    var random = new Random(seed);
    int[] ids = new int[13];
    float[] weights = new float[12];
    for (int i = 0; i < ids.length; i++) {
      boolean answer = i > 6;
      ids[i] = answer ? (ids[i - 1] * 5 + 3) % 31 : random.nextInt(31);
      if (answer) {
        weights[i - 1] = 1;
      }
    }
    return new ChatBlock(ids, weights);
  }

  private static List<ChatBlock> blocks(int count, int seed) {
    List<ChatBlock> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(block(1000L * seed + i));
    }
    return blocks;
  }

  private static Map<String, List<RenderedConversation>> heldOut() {
    List<RenderedConversation> conversations = new ArrayList<>();
    for (ChatBlock block : blocks(5, 99)) {
      boolean[] answers = new boolean[13];
      for (int i = 0; i < 12; i++) {
        answers[i + 1] = block.weights()[i] > 0;
      }
      conversations.add(new RenderedConversation(block.ids(), answers));
    }
    Map<String, List<RenderedConversation>> byPhase = new LinkedHashMap<>();
    byPhase.put("foundational", conversations.subList(0, 3));
    byPhase.put("chat", conversations.subList(3, 5));
    byPhase.put("empty", List.of());
    return byPhase;
  }

  /** 3 epochs of 7 blocks and 1 of 5, in batches of 3 and what is left: 9 + 2 steps. */
  private static FineTuningSettings settings(long seed, double peak) {
    return new FineTuningSettings(
        List.of(
            new FineTuningPhase("foundational", blocks(7, 1), 3, peak, 0.1),
            new FineTuningPhase("chat", blocks(5, 2), 1, peak, 0)),
        3,
        GradientClip.mapNeo(),
        seed,
        5,
        4);
  }

  @Test
  void shouldTrainBothPhasesAndTellAboutThem() throws IOException {
    var told = new Told();

    Outcome outcome = run(settings(1, 1e-2), folder, told, Long.MAX_VALUE);

    assertTrue(outcome.result().finished());
    assertEquals(11, outcome.result().steps());
    assertEquals(List.of(0L, 5L, 9L, 10L, 11L), told.evaluatedAfter);
    assertEquals(told.heldOut.get(0), outcome.result().before().all().mean());
    assertEquals(told.heldOut.get(4), outcome.result().after().all().mean());
    Map<String, AnswerLoss> before = outcome.result().before().byPhase();
    assertEquals(List.of("foundational", "chat"), List.copyOf(before.keySet()));
    assertEquals(18, before.get("foundational").tokens());
    assertEquals(12, before.get("chat").tokens());
    assertEquals(30, outcome.result().before().all().tokens());
    assertEquals(
        (before.get("foundational").loss() + before.get("chat").loss()) / 30,
        outcome.result().before().all().mean(),
        1e-12);
    assertEquals(
        List.of(
            "foundational 0 18",
            "foundational 0 18",
            "foundational 0 6",
            "foundational 1 18",
            "foundational 1 18",
            "foundational 1 6",
            "foundational 2 18",
            "foundational 2 18",
            "foundational 2 6",
            "chat 0 18",
            "chat 0 12"),
        told.steps.stream()
            .map(s -> s.phase() + " " + s.epoch() + " " + s.answerTokens())
            .toList());
    var newest = new CheckpointStore(folder).newest().orElseThrow();
    assertEquals(10, newest.manifest().getStep());
    assertEquals(Map.of("foundational", 126L, "chat", 30L), newest.manifest().getTokens());
    assertEquals(outcome.parameterHash(), newest.manifest().getParameterHash());
  }

  @Test
  void shouldLearnAnswersItHasNotSeen() throws IOException {
    var settings =
        new FineTuningSettings(
            List.of(new FineTuningPhase("chat", blocks(60, 1), 12, 1e-2, 0.1)),
            8,
            GradientClip.mapNeo(),
            1,
            1000,
            1000);

    Outcome outcome = run(settings, folder, new Told(), Long.MAX_VALUE);

    assertEquals(Math.log(31), outcome.result().before().all().mean(), 0.2);
    assertTrue(
        outcome.result().after().all().mean() < 1, "loss=" + outcome.result().after().all().mean());
  }

  @Test
  void shouldBeTheWeightedMeanComputedByHand() throws IOException {
    // Layers of zeros pass on what they get. Each vector is (1, 1), which RMSNorm leaves as it is,
    // so the logits are (0, ln 3) everywhere: id 1 has 3/4, id 0 has 1/4.
    var model = new ModelConfig(2, 2, 1, 1, 1, 2, 2, 8, 10_000, 1e-12);
    // Weighted: 0.5 * -ln(3/4) + 1 * -ln(1/4), and 0 * -ln(3/4), by 1.5.
    var block = new ChatBlock(new int[] {0, 1, 0, 1}, new float[] {0.5f, 1, 0});
    var settings =
        new FineTuningSettings(
            List.of(new FineTuningPhase("chat", List.of(block), 1, 1e-9, 0)),
            1,
            GradientClip.mapNeo(),
            1,
            1,
            1);
    var told = new Told();
    try (var decoder = new Decoder(model, 1);
        var training = new Training(decoder, AdamW.mapNeo())) {
      decoder.parameters(0).asFloatBuffer().put(new float[] {1, 1, 1, 1});
      FloatBuffer head = decoder.parameters(2).asFloatBuffer();
      head.put(new float[] {1, 1, 0, 0, (float) Math.log(3), 0});
      var stored = new StoredCheckpoints(new CheckpointStore(folder), "t", Map.of(), 1);

      new SupervisedFineTuning(settings, training, Map.of(), stored, told, Clock.systemUTC())
          .run(() -> false);
    }

    double expected = (0.5 * Math.log(4.0 / 3) + Math.log(4)) / 1.5;
    assertEquals(1.02009, expected, 1e-5);
    assertEquals(expected, told.steps.get(0).loss(), 1e-6);
  }

  @Test
  void shouldGoOnAfterACrashBitForBit() throws IOException {
    var whole = new Told();
    Outcome uninterrupted = run(settings(1, 1e-2), folder.resolve("a"), whole, Long.MAX_VALUE);

    // Checkpoints are of steps 3, 7, 8 (a phase's end) and 10.
    for (long crash : new long[] {1, 5, 8, 9}) {
      Path checkpoints = folder.resolve("crash-" + crash);
      var first = new Told();
      first.crashAfter = crash;
      assertThrows(
          IllegalStateException.class,
          () -> run(settings(1, 1e-2), checkpoints, first, Long.MAX_VALUE));
      var second = new Told();
      Outcome resumed = run(settings(1, 1e-2), checkpoints, second, Long.MAX_VALUE);

      long from = second.steps.get(0).step();
      assertEquals(crash < 3 ? 0 : crash < 7 ? 4 : crash == 8 ? 8 : 9, from);
      assertEquals(whole.steps.subList(0, (int) crash + 1), first.steps);
      assertEquals(whole.steps.subList((int) from, 11), second.steps);
      assertEquals(uninterrupted.parameterHash(), resumed.parameterHash());
      assertEquals(uninterrupted.result(), resumed.result());
      assertEquals(
          Map.of("foundational", 126L, "chat", 30L),
          new CheckpointStore(checkpoints).newest().orElseThrow().manifest().getTokens());
    }
  }

  @Test
  void shouldStoreWhereItWasToldToStopAndGoOnFromThere() throws IOException {
    Outcome uninterrupted = run(settings(1, 1e-2), folder.resolve("a"), new Told(), Long.MAX_VALUE);
    Path checkpoints = folder.resolve("b");

    Outcome stopped = run(settings(1, 1e-2), checkpoints, new Told(), 6);
    Outcome resumed = run(settings(1, 1e-2), checkpoints, new Told(), Long.MAX_VALUE);
    Outcome again = run(settings(1, 1e-2), checkpoints, new Told(), Long.MAX_VALUE);

    assertFalse(stopped.result().finished());
    assertEquals(6, stopped.result().steps());
    assertEquals(uninterrupted, resumed);
    assertEquals(uninterrupted, again);
  }

  @Test
  void shouldDependOnTheSeed() throws IOException {
    Outcome one = run(settings(1, 1e-2), folder.resolve("a"), new Told(), Long.MAX_VALUE);
    Outcome two = run(settings(2, 1e-2), folder.resolve("b"), new Told(), Long.MAX_VALUE);

    assertEquals(one.result().before(), two.result().before());
    assertNotEquals(one.parameterHash(), two.parameterHash());
  }

  @Test
  void shouldStopWhereALossIsNotFinite() {
    var error =
        assertThrows(
            ArithmeticException.class,
            () -> run(settings(1, 1e30), folder, new Told(), Long.MAX_VALUE));

    assertTrue(
        error.getMessage().startsWith("loss and gradient must be finite, try a lower"),
        error.getMessage());
  }
}
