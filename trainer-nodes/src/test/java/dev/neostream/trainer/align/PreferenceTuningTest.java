package dev.neostream.trainer.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.tokens.chat.RenderedConversation;
import dev.neostream.tokens.chat.RenderedPair;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferenceTuningTest {

  private static final ModelConfig MODEL =
      new ModelConfig(31, 12, 2, 4, 1, 6, 20, 16, 10_000, 1e-5);

  private static final PreferenceLoss DPO = new PreferenceLoss(0.5, false, 0);

  @TempDir Path folder;

  /** Everything that was told, and a crash after a step if wanted. */
  private static final class Told implements PreferenceLog {
    final List<Trained> steps = new ArrayList<>();
    final List<Long> evaluatedAfter = new ArrayList<>();
    final List<HeldOutPreference> heldOut = new ArrayList<>();
    long crashAfter = -1;

    @Override
    public void trained(Trained step) {
      steps.add(step);
      if (step.step() == crashAfter) {
        throw new IllegalStateException("crash");
      }
    }

    @Override
    public void evaluated(long steps, HeldOutPreference result) {
      evaluatedAfter.add(steps);
      heldOut.add(result);
    }
  }

  /** What a run came to. */
  private record Outcome(PreferenceTuning.Result result, long parameterHash) {}

  private static Outcome run(PreferenceSettings settings, Path checkpoints, Told told, long stopAt)
      throws IOException {
    try (var decoder = new Decoder(MODEL, 1);
        var training = new Training(decoder, AdamW.mapNeo())) {
      decoder.initialize(42);
      List<RenderedPair> heldOut = pairs(40, 99);
      Map<Long, PairScore> references = references(decoder, settings.pairs());
      references.putAll(references(decoder, heldOut));
      var stored =
          new StoredCheckpoints(new CheckpointStore(checkpoints), "tokenizer", Map.of(), 2);
      Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
      PreferenceTuning.Result result =
          new PreferenceTuning(settings, training, heldOut, references, stored, told, clock)
              .run(() -> told.steps.size() >= stopAt);
      return new Outcome(result, ParameterHash.of(decoder));
    }
  }

  private static Map<Long, PairScore> references(Decoder decoder, List<RenderedPair> pairs) {
    Map<Long, PairScore> references = new HashMap<>();
    pairs.forEach(pair -> references.put(pair.hash(), PairScore.of(decoder, pair)));
    return references;
  }

  /** A question of noise; the answer chosen goes up by 3, the one rejected by 7, from noise. */
  private static RenderedPair pair(long seed) {
    var random = new Random(seed);
    int[] prompt = random.ints(5, 0, 31).toArray();
    return new RenderedPair(
        answered(prompt, random.nextInt(31), 3, 4 + random.nextInt(6)),
        answered(prompt, random.nextInt(31), 7, 4 + random.nextInt(6)),
        prompt.length);
  }

  private static RenderedConversation answered(int[] prompt, int first, int by, int tokens) {
    int[] ids = new int[prompt.length + tokens];
    boolean[] answers = new boolean[ids.length];
    for (int i = 0; i < ids.length; i++) {
      answers[i] = i >= prompt.length;
      ids[i] = answers[i] ? (first + by * i) % 31 : prompt[i];
    }
    return new RenderedConversation(ids, answers);
  }

  private static List<RenderedPair> pairs(int count, int seed) {
    List<RenderedPair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pairs.add(pair(1000L * seed + i));
    }
    return pairs;
  }

  /** 3 epochs of 7 pairs in batches of 3 and what is left: 9 steps. */
  private static PreferenceSettings settings(long seed, double peak) {
    return new PreferenceSettings(
        pairs(7, 1), DPO, 3, 3, peak, 0.1, GradientClip.mapNeo(), seed, 5, 4);
  }

  @Test
  void shouldStartFromTheReferenceAndTellAboutEachStep() throws IOException {
    var told = new Told();

    Outcome outcome = run(settings(1, 1e-2), folder, told, Long.MAX_VALUE);

    assertTrue(outcome.result().finished());
    assertEquals(9, outcome.result().steps());
    assertEquals(List.of(0L, 5L, 9L), told.evaluatedAfter);
    assertEquals(told.heldOut.get(0), outcome.result().before());
    assertEquals(told.heldOut.get(2), outcome.result().after());
    assertEquals(
        List.of("0 3", "0 3", "0 1", "1 3", "1 3", "1 1", "2 3", "2 3", "2 1"),
        told.steps.stream().map(s -> s.epoch() + " " + s.pairs()).toList());
    // Exactly: the policy is scored as the reference was.
    assertEquals(0, told.steps.get(0).margin());
    assertEquals(0.5, told.steps.get(0).accuracy());
    assertEquals(Math.log(2), told.steps.get(0).loss(), 1e-12);
    HeldOutPreference before = outcome.result().before();
    assertEquals(40, before.pairs());
    assertEquals(0, before.margin());
    assertEquals(0.5, before.accuracy());
    assertEquals(0, before.chosenLogRatio());
    assertEquals(0, before.rejectedLogRatio());
    assertEquals(Math.log(2), before.loss(), 1e-12);
    long tokens =
        3
            * pairs(7, 1).stream()
                .mapToLong(p -> p.chosen().answerTokens() + p.rejected().answerTokens())
                .sum();
    var newest = new CheckpointStore(folder).newest().orElseThrow();
    assertEquals(8, newest.manifest().getStep());
    assertEquals(Map.of("preference", tokens), newest.manifest().getTokens());
    assertEquals(outcome.parameterHash(), newest.manifest().getParameterHash());
  }

  @Test
  void shouldPreferWhatItHasNotSeen() throws IOException {
    var settings =
        new PreferenceSettings(
            pairs(60, 1), DPO, 12, 8, 1e-2, 0.1, GradientClip.mapNeo(), 1, 1000, 1000);

    HeldOutPreference after = run(settings, folder, new Told(), Long.MAX_VALUE).result().after();

    assertTrue(after.accuracy() > 0.95, after.toString());
    assertTrue(after.ranking() > 0.9, after.toString());
    assertTrue(after.margin() > 1 && after.loss() < 0.3, after.toString());
    assertTrue(after.chosenLogRatio() > after.rejectedLogRatio(), after.toString());
  }

  @Test
  void shouldKeepTheChosenAnswersLikelyByTheirOwnLoss() throws IOException {
    var settings =
        new PreferenceSettings(
            pairs(60, 1),
            new PreferenceLoss(0.5, true, 1),
            12,
            8,
            1e-2,
            0.1,
            GradientClip.mapNeo(),
            1,
            1000,
            1000);

    HeldOutPreference after = run(settings, folder, new Told(), Long.MAX_VALUE).result().after();

    assertTrue(after.chosenLogRatio() > 1, after.toString());
    assertTrue(after.accuracy() > 0.95, after.toString());
  }

  /**
   * Differences of the whole model's loss along random directions of each segment, which no single
   * parameter's would outgrow the rounding of in single precision.
   */
  @ParameterizedTest
  @CsvSource({"false,0", "true,0", "false,0.7", "true,0.7"})
  void shouldHaveTheGradientOfThePairsLoss(boolean normalised, double sftWeight)
      throws IOException {
    var loss = new PreferenceLoss(0.5, normalised, sftWeight);
    RenderedPair pair = pair(5);
    try (var decoder = new Decoder(MODEL, 1);
        var training = new Training(decoder, AdamW.mapNeo())) {
      decoder.initialize(42);
      spread(decoder);
      // Another model than the policy, so that the margin is not 0.
      PairScore policy = PairScore.of(decoder, pair);
      var reference = new PairScore(policy.chosen() - 1.5, policy.rejected() + 0.5);
      var settings =
          new PreferenceSettings(
              List.of(pair), loss, 1, 1, 1e-3, 0, GradientClip.mapNeo(), 1, 1, 1);
      var tuning =
          new PreferenceTuning(
              settings,
              training,
              List.of(),
              Map.of(pair.hash(), reference),
              new StoredCheckpoints(new CheckpointStore(folder), "tokenizer", Map.of(), 1),
              new Told(),
              Clock.systemUTC());

      tuning.addGradient(pair);

      var random = new Random(3);
      for (int segment = 0; segment < decoder.layout().segments().size(); segment++) {
        FloatBuffer parameters = decoder.parameters(segment).asFloatBuffer();
        FloatBuffer gradient = training.gradient(segment);
        for (int probe = 0; probe < 5; probe++) {
          float[] direction = new float[parameters.limit()];
          double expected = 0;
          for (int i = 0; i < direction.length; i++) {
            direction[i] = random.nextBoolean() ? 1 : -1;
            expected += direction[i] * gradient.get(i);
          }
          double h = 1e-3;
          double above = lossAt(decoder, parameters, direction, h, pair, reference, loss);
          double below = lossAt(decoder, parameters, direction, -h, pair, reference, loss);
          double difference = (above - below) / (2 * h);
          assertEquals(difference, expected, 0.01 * Math.max(1, Math.abs(expected)));
        }
      }
    }
  }

  private static double lossAt(
      Decoder decoder,
      FloatBuffer parameters,
      float[] direction,
      double h,
      RenderedPair pair,
      PairScore reference,
      PreferenceLoss loss) {
    float[] was = new float[direction.length];
    parameters.get(0, was);
    for (int i = 0; i < was.length; i++) {
      parameters.put(i, (float) (was[i] + h * direction[i]));
    }
    PreferenceLoss.Term term =
        loss.of(
            PairScore.of(decoder, pair),
            reference,
            pair.chosen().answerTokens(),
            pair.rejected().answerTokens());
    parameters.put(0, was);
    return term.loss();
  }

  /** Parameters far from the small starting values, so that every term of the model matters. */
  private static void spread(Decoder decoder) {
    var random = new Random(7);
    for (int s = 0; s < decoder.layout().segments().size(); s++) {
      FloatBuffer flat = decoder.parameters(s).asFloatBuffer();
      while (flat.hasRemaining()) {
        flat.put((float) (0.4 * random.nextGaussian()));
      }
    }
  }

  /** A pair's score is its answers' alone: not of what fills up, nor of the prompt. */
  @Test
  void shouldScoreAnswersAlone() {
    RenderedPair pair = pair(8);
    try (var decoder = new Decoder(MODEL, 1)) {
      decoder.initialize(42);
      spread(decoder);

      PairScore score = PairScore.of(decoder, pair);

      assertEquals(score(decoder, pair.chosen()), score.chosen(), 1e-4);
      assertEquals(score(decoder, pair.rejected()), score.rejected(), 1e-4);
      assertNotEquals(pair.chosen().ids().length, pair.rejected().ids().length);
    }
  }

  private static double score(Decoder decoder, RenderedConversation conversation) {
    return -AnswerLoss.of(decoder, List.of(conversation)).loss();
  }

  @Test
  void shouldGoOnAfterACrashBitForBit() throws IOException {
    var whole = new Told();
    Outcome uninterrupted = run(settings(1, 1e-2), folder.resolve("a"), whole, Long.MAX_VALUE);

    // Checkpoints are of steps 3, 7 and 8.
    for (long crash : new long[] {1, 5, 7, 8}) {
      Path checkpoints = folder.resolve("crash-" + crash);
      var first = new Told();
      first.crashAfter = crash;
      assertThrows(
          IllegalStateException.class,
          () -> run(settings(1, 1e-2), checkpoints, first, Long.MAX_VALUE));
      var second = new Told();
      Outcome resumed = run(settings(1, 1e-2), checkpoints, second, Long.MAX_VALUE);

      long from = second.steps.get(0).step();
      assertEquals(crash < 3 ? 0 : crash < 8 ? 4 : 8, from);
      assertEquals(whole.steps.subList(0, (int) crash + 1), first.steps);
      assertEquals(whole.steps.subList((int) from, 9), second.steps);
      assertEquals(uninterrupted, resumed);
      assertEquals(
          new CheckpointStore(folder.resolve("a")).newest().orElseThrow().manifest().getTokens(),
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
  void shouldRefuseAPairWithoutAReference() {
    try (var decoder = new Decoder(MODEL, 1);
        var training = new Training(decoder, AdamW.mapNeo())) {
      decoder.initialize(42);
      PreferenceSettings settings = settings(1, 1e-2);
      Map<Long, PairScore> references = references(decoder, settings.pairs().subList(1, 7));

      var error =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  new PreferenceTuning(
                      settings,
                      training,
                      List.of(),
                      references,
                      new StoredCheckpoints(new CheckpointStore(folder), "t", Map.of(), 1),
                      new Told(),
                      Clock.systemUTC()));

      assertEquals(
          "every pair must have a score of the reference: pair=%016x"
              .formatted(settings.pairs().get(0).hash()),
          error.getMessage());
    }
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

  @Test
  void shouldRefuseWhatCannotBeTrained() {
    assertEquals("there must be a pair to train on", refusal(List.of(), 1, 1, 1e-3, 0, 1, 1));
    List<RenderedPair> one = pairs(1, 1);
    assertEquals("epochs must be >= 1: epochs=0", refusal(one, 0, 1, 1e-3, 0, 1, 1));
    assertEquals("batchPairs must be >= 1: batchPairs=0", refusal(one, 1, 0, 1e-3, 0, 1, 1));
    assertEquals("peak must be finite and > 0: peak=0.0", refusal(one, 1, 1, 0, 0, 1, 1));
    assertEquals(
        "warmupShare must be in [0, 1): warmupShare=1.0", refusal(one, 1, 1, 1e-3, 1, 1, 1));
    assertEquals("evaluateEvery must be >= 1: evaluateEvery=0", refusal(one, 1, 1, 1, 0, 0, 1));
    assertEquals("checkpointEvery must be >= 1: checkpointEvery=0", refusal(one, 1, 1, 1, 0, 1, 0));
  }

  private static String refusal(
      List<RenderedPair> pairs,
      int epochs,
      int batch,
      double peak,
      double warmup,
      int evaluateEvery,
      int checkpointEvery) {
    return assertThrows(
            IllegalArgumentException.class,
            () ->
                new PreferenceSettings(
                    pairs,
                    DPO,
                    epochs,
                    batch,
                    peak,
                    warmup,
                    GradientClip.mapNeo(),
                    1,
                    evaluateEvery,
                    checkpointEvery))
        .getMessage();
  }
}
