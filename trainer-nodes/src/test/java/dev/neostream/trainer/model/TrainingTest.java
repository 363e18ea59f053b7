package dev.neostream.trainer.model;

import static dev.neostream.trainer.model.MicroModel.ROWS;
import static dev.neostream.trainer.model.MicroModel.copy;
import static dev.neostream.trainer.model.MicroModel.decoder;
import static dev.neostream.trainer.model.MicroModel.micro;
import static dev.neostream.trainer.model.MicroModel.parameters;
import static dev.neostream.trainer.model.MicroModel.randomize;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.trainer.optim.AdamW;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {

  private static Training training(Decoder decoder) {
    return new Training(decoder, AdamW.mapNeo());
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
  void shouldGiveEveryTokenWeightOne() {
    try (Decoder decoder = decoder(micro(2));
        Training plain = training(decoder);
        Training weighted = training(decoder)) {
      randomize(decoder);

      double[] losses = plain.gradients(ROWS);

      assertArrayEquals(losses, weighted.gradients(ROWS, weights(1, 1, 1, 1, 1, 1)), 0);
      for (int s = 0; s < gradients(plain).size(); s++) {
        assertArrayEquals(gradients(plain).get(s), gradients(weighted).get(s), 0);
      }
    }
  }

  @Test
  void shouldMatchFiniteDifferencesOfWeightedLogProbabilities() {
    // A negative weight, as of a rejected answer, and two tokens that are left out.
    float[][] weights = {{0.5f, 0, 2, 1, -1, 0.25f}, {1, 3, 0, -0.5f, 1, 2}};
    try (Decoder decoder = decoder(micro(2));
        Training training = training(decoder)) {
      randomize(decoder);

      double[] losses = training.gradients(ROWS, weights);

      Map<String, double[]> values = ReferenceDecoder.weightsOf(decoder);
      ReferenceDecoder reference = new ReferenceDecoder(decoder.config(), values);
      assertEquals(reference.loss(ROWS, weights), losses[0] + losses[1], 1e-4);
      Random random = new Random(4);
      for (FlatLayout.Parameter p : decoder.layout().parameters()) {
        for (int probe = 0; probe < 6; probe++) {
          int i =
              p.name().equals("model.embed_tokens.weight")
                  ? ROWS[0][probe] * decoder.config().dModel() + probe
                  : random.nextInt(p.size());
          double[] w = values.get(p.name());
          double at = w[i];
          w[i] = at + 1e-5;
          double above = reference.loss(ROWS, weights);
          w[i] = at - 1e-5;
          double below = reference.loss(ROWS, weights);
          w[i] = at;
          double expected = (above - below) / 2e-5;
          double actual = training.gradient(p.segment()).get(p.offset() + i);
          assertEquals(expected, actual, 1e-4 * Math.max(1, Math.abs(expected)), p.name());
        }
      }
    }
  }

  @Test
  void shouldLeaveOutTokensOfWeightZero() {
    try (Decoder decoder = decoder(micro(2));
        Training without = training(decoder);
        Training zero = training(decoder)) {
      randomize(decoder);
      int[][] shorter = Arrays.stream(ROWS).map(row -> Arrays.copyOf(row, 5)).toArray(int[][]::new);

      double[] losses = without.gradients(shorter);

      assertArrayEquals(losses, zero.gradients(ROWS, weights(1, 1, 1, 1, 0, 0)), 1e-5);
      for (int s = 0; s < gradients(without).size(); s++) {
        assertArrayEquals(gradients(without).get(s), gradients(zero).get(s), 1e-4f);
      }
      assertArrayEquals(new double[2], zero.gradients(ROWS, weights(0, 0, 0, 0, 0, 0)), 0);
      for (int s = 0; s < gradients(without).size(); s++) {
        assertArrayEquals(gradients(without).get(s), gradients(zero).get(s), 1e-4f);
      }
    }
  }

  @Test
  void shouldRefuseWeightsThatDoNotFit() {
    try (Decoder decoder = decoder(micro(1));
        Training training = training(decoder)) {
      assertEquals(
          "every row must have weights: rows=2, rows of weights=1",
          refusal(training, new float[6]));
      assertEquals(
          "every predicted token must have a weight: tokens=6, weights=7, row=1",
          refusal(training, new float[6], new float[7]));
      assertEquals(
          "a weight must be finite: weight=NaN, row=0, position=2",
          refusal(training, new float[] {1, 1, Float.NaN, 1, 1, 1}, new float[6]));
      assertEquals(0, training.gradientNorm());
    }
  }

  private static String refusal(Training training, float[]... weights) {
    return assertThrows(IllegalArgumentException.class, () -> training.gradients(ROWS, weights))
        .getMessage();
  }

  /** The same weights for both rows. */
  private static float[][] weights(float... row) {
    return new float[][] {row, row};
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

  private static float[] slice(List<float[]> segments, FlatLayout.Parameter p) {
    return Arrays.copyOfRange(segments.get(p.segment()), p.offset(), p.offset() + p.size());
  }

  private static List<float[]> gradients(Training training) {
    List<float[]> all = new ArrayList<>();
    for (int s = 0; s < training.decoder().layout().segments().size(); s++) {
      all.add(copy(training.gradient(s)));
    }
    return all;
  }
}
