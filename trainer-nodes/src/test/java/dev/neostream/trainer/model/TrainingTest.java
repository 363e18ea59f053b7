package dev.neostream.trainer.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.trainer.optim.AdamW;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {

  private static final int[][] ROWS = {{1, 5, 2, 9, 30, 7, 0}, {3, 4, 8, 1, 2, 30, 11}};

  /** 4 query heads, V 31, D 12, F 20: no size equals another, so a swapped shape cannot pass. */
  private static ModelConfig micro(int nKvHeads) {
    return new ModelConfig(31, 12, 2, 4, nKvHeads, 6, 20, 16, 10_000, 1e-5);
  }

  private static Decoder decoder(ModelConfig config) {
    Decoder decoder = new Decoder(config, 1);
    decoder.initialize(42);
    return decoder;
  }

  private static Training training(Decoder decoder) {
    return new Training(decoder, AdamW.mapNeo());
  }

  /** Random weights far from the small starting values, so that every term of the model matters. */
  private static void randomize(Decoder decoder) {
    Random random = new Random(7);
    for (int s = 0; s < decoder.layout().segments().size(); s++) {
      FloatBuffer flat = decoder.parameters(s).asFloatBuffer();
      while (flat.hasRemaining()) {
        flat.put((float) (0.4 * random.nextGaussian()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void shouldMatchPlainJavaForwardForMqaGqaAndMha(int nKvHeads) {
    try (Decoder decoder = decoder(micro(nKvHeads));
        Training training = training(decoder)) {
      randomize(decoder);
      ReferenceDecoder reference =
          new ReferenceDecoder(decoder.config(), ReferenceDecoder.weightsOf(decoder));

      double[] losses = decoder.losses(ROWS);
      float[] logits = decoder.logits(new int[] {4, 9, 1, 30});

      for (int r = 0; r < ROWS.length; r++) {
        double expected = reference.loss(new int[][] {ROWS[r]});
        assertEquals(expected, losses[r], 1e-5 * expected);
      }
      double[] expected = reference.logits(new int[] {4, 9, 1, 30}).get(3);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], logits[i], 1e-4);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void shouldMatchFiniteDifferencesOfPlainJavaForward(int nKvHeads) {
    try (Decoder decoder = decoder(micro(nKvHeads));
        Training training = training(decoder)) {
      randomize(decoder);
      Map<String, double[]> weights = ReferenceDecoder.weightsOf(decoder);
      ReferenceDecoder reference = new ReferenceDecoder(decoder.config(), weights);

      double[] losses = training.gradients(ROWS);

      assertArrayEquals(decoder.losses(ROWS), losses, 1e-5);
      Random random = new Random(3);
      for (FlatLayout.Parameter p : decoder.layout().parameters()) {
        for (int probe = 0; probe < 6; probe++) {
          int i =
              p.name().equals("model.embed_tokens.weight")
                  ? ROWS[0][probe] * decoder.config().dModel() + probe
                  : random.nextInt(p.size());
          double[] w = weights.get(p.name());
          double at = w[i];
          w[i] = at + 1e-5;
          double above = reference.loss(ROWS);
          w[i] = at - 1e-5;
          double below = reference.loss(ROWS);
          w[i] = at;
          double expected = (above - below) / 2e-5;
          double actual = training.gradient(p.segment()).get(p.offset() + i);
          assertEquals(expected, actual, 1e-4 * Math.max(1, Math.abs(expected)), p.name());
        }
      }
    }
  }

  @Test
  void shouldAddUpGradientsOverCalls() {
    try (Decoder decoder = decoder(micro(2));
        Training training = training(decoder)) {
      training.gradients(ROWS);
      List<float[]> together = gradients(training);
      training.update(1, 0, 1);

      training.gradients(new int[][] {ROWS[0]});
      training.gradients(new int[][] {ROWS[1]});
      training.gradients(new int[0][]);

      List<float[]> apart = gradients(training);
      for (int s = 0; s < together.size(); s++) {
        assertArrayEquals(together.get(s), apart.get(s), 1e-5f);
      }
    }
  }

  @Test
  void shouldCutCrossEntropyIntoChunksWithoutChangingIt() {
    // 2 Mi logits at once are 4 tokens at this vocabulary: 3 x 5 tokens make 4 chunks, one ragged.
    ModelConfig wide = new ModelConfig(500_000, 2, 1, 1, 1, 2, 2, 8, 10_000, 1e-5);
    try (Decoder decoder = decoder(wide);
        Training training = training(decoder)) {
      int[][] rows = {
        {1, 99_999, 5, 7, 499_999, 3}, {2, 4, 100_000, 8, 10, 12}, {0, 1, 2, 3, 4, 5}
      };

      double[] losses = training.gradients(rows);

      ReferenceDecoder reference = new ReferenceDecoder(wide, ReferenceDecoder.weightsOf(decoder));
      for (int r = 0; r < rows.length; r++) {
        assertEquals(reference.loss(new int[][] {rows[r]}), losses[r], 1e-3);
      }
      assertArrayEquals(losses, decoder.losses(rows), 1e-6);
      // d loss / d logit sums to zero over the vocabulary: so does the head's gradient, by column.
      FloatBuffer head = training.gradient(2);
      for (int column = 0; column < 2; column++) {
        double sum = 0;
        double magnitude = 0;
        for (int v = 0; v < 500_000; v++) {
          sum += head.get(2 + v * 2 + column);
          magnitude += Math.abs(head.get(2 + v * 2 + column));
        }
        assertEquals(0, sum, 1e-4 * magnitude);
        assertTrue(magnitude > 1);
      }
    }
  }

  @Test
  void shouldMatchHandComputedAdamW() {
    try (Decoder decoder = decoder(micro(1));
        Training training = training(decoder)) {
      List<float[]> before = parameters(decoder);
      double lr = 0.01;
      // Constant gradient 0.5 twice, given as 2 scaled by 0.25.
      for (int t = 1; t <= 2; t++) {
        for (int s = 0; s < before.size(); s++) {
          FloatBuffer g = training.gradient(s);
          while (g.hasRemaining()) {
            g.put(2f);
          }
        }
        training.update(t, lr, 0.25);
      }

      // With a constant gradient both corrected moments stay g and g^2: each step is lr g / (|g| +
      // eps).
      for (FlatLayout.Parameter p : decoder.layout().parameters()) {
        double start = before.get(p.segment())[p.offset()];
        double keep = p.isNorm() ? 1 : 1 - lr * 0.1;
        double once = start * keep - lr;
        double twice = once * keep - lr;
        double actual = decoder.parameters(p.segment()).asFloatBuffer().get(p.offset());
        assertEquals(twice, actual, 1e-6, p.name());
        int at = p.offset() + p.size() - 1;
        assertEquals(
            0.5 * (1 - 0.9 * 0.9), training.firstMoment(p.segment()).asFloatBuffer().get(at), 1e-7);
        assertEquals(
            0.25 * (1 - 0.95 * 0.95),
            training.secondMoment(p.segment()).asFloatBuffer().get(at),
            1e-7);
      }
      assertEquals(0, training.gradientNorm());
    }
  }

  @Test
  void shouldChangeEveryParameterTensorWhenTrained() {
    try (Decoder decoder = decoder(micro(1));
        Training training = training(decoder)) {
      List<float[]> before = parameters(decoder);

      training.gradients(ROWS);
      training.update(1, 1e-3, 1.0 / 12);

      List<float[]> after = parameters(decoder);
      for (FlatLayout.Parameter p : decoder.layout().parameters()) {
        float[] was = slice(before, p);
        float[] is = slice(after, p);
        assertTrue(!Arrays.equals(was, is), p.name() + " must change");
      }
    }
  }

  @Test
  void shouldMeasureNormOfWholeGradient() {
    try (Decoder decoder = decoder(micro(1));
        Training training = training(decoder)) {
      training.gradient(0).put(5, 3f);
      training.gradient(3).put(0, -4f);

      assertEquals(5, training.gradientNorm(), 1e-12);
    }
  }

  @Test
  void shouldOverfitOneBatch() {
    try (Decoder decoder = decoder(micro(1));
        Training training = training(decoder)) {
      double first = Arrays.stream(decoder.losses(ROWS)).sum() / 12;

      for (int t = 1; t <= 200; t++) {
        training.gradients(ROWS);
        training.update(t, 1e-2, 1.0 / 12);
      }

      assertEquals(Math.log(31), first, 0.1);
      assertTrue(Arrays.stream(decoder.losses(ROWS)).sum() / 12 < 0.05);
    }
  }

  @Test
  void shouldRepeatBitForBit() {
    try (Decoder ofA = decoder(micro(1));
        Decoder ofB = decoder(micro(1));
        Training a = training(ofA);
        Training b = training(ofB)) {
      for (int t = 1; t <= 5; t++) {
        double[] lossesOfA = a.gradients(ROWS);
        double[] lossesOfB = b.gradients(ROWS);
        assertArrayEquals(lossesOfA, lossesOfB, 0);
        a.update(t, 1e-2, 0.1);
        b.update(t, 1e-2, 0.1);
      }

      for (int s = 0; s < parameters(ofA).size(); s++) {
        assertArrayEquals(parameters(ofA).get(s), parameters(ofB).get(s), 0);
      }
    }
  }

  @Test
  void shouldStartFromSeed() {
    try (Decoder decoder = decoder(micro(1));
        Training training = training(decoder)) {
      float[] first = parameters(decoder).get(0);
      decoder.initialize(43);
      float[] other = parameters(decoder).get(0);
      decoder.initialize(42);

      assertArrayEquals(first, parameters(decoder).get(0), 0);
      assertNotEquals(first[0], other[0]);
      double squares = 0;
      for (float value : first) {
        squares += value * value;
      }
      assertEquals(0.02, Math.sqrt(squares / first.length), 0.002);
      assertEquals(1, decoder.parameters(1).asFloatBuffer().get(0));
    }
  }

  @Test
  void shouldNameOffendingTokenId() {
    try (Decoder decoder = decoder(micro(1));
        Training training = training(decoder)) {
      int[][] rows = {{1, 2, 3}, {1, 31, 3}};

      var e = assertThrows(IllegalArgumentException.class, () -> training.gradients(rows));

      assertEquals(
          "a token id must be in [0, vocabSize): id=31, vocabSize=31, row=1, position=1",
          e.getMessage());
    }
  }

  @Test
  void shouldRefuseRowsThatDoNotFit() {
    try (Decoder decoder = decoder(micro(1));
        Training training = training(decoder)) {
      assertThrows(IllegalArgumentException.class, () -> decoder.losses(new int[][] {new int[18]}));
      assertThrows(IllegalArgumentException.class, () -> decoder.losses(new int[][] {new int[1]}));
      assertThrows(
          IllegalArgumentException.class,
          () -> decoder.losses(new int[][] {new int[5], new int[6]}));
      decoder.losses(new int[][] {new int[17]});
    }
  }

  @Test
  void shouldRefuseOtherThreads() {
    try (Decoder decoder = decoder(micro(1));
        Training training = training(decoder)) {
      var e =
          assertThrows(
              CompletionException.class,
              () -> CompletableFuture.supplyAsync(() -> decoder.losses(ROWS)).join());

      assertTrue(e.getCause().getMessage().startsWith("a program must be used by the thread"));
    }
  }

  private static float[] slice(List<float[]> segments, FlatLayout.Parameter p) {
    return Arrays.copyOfRange(segments.get(p.segment()), p.offset(), p.offset() + p.size());
  }

  private static List<float[]> parameters(Decoder decoder) {
    List<float[]> all = new ArrayList<>();
    for (int s = 0; s < decoder.layout().segments().size(); s++) {
      all.add(copy(decoder.parameters(s).asFloatBuffer()));
    }
    return all;
  }

  private static List<float[]> gradients(Training training) {
    List<float[]> all = new ArrayList<>();
    for (int s = 0; s < training.decoder().layout().segments().size(); s++) {
      all.add(copy(training.gradient(s)));
    }
    return all;
  }

  private static float[] copy(FloatBuffer buffer) {
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }
}
