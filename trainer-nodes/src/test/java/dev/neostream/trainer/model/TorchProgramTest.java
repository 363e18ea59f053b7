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

class TorchProgramTest {

  private static final int[][] ROWS = {{1, 5, 2, 9, 30, 7, 0}, {3, 4, 8, 1, 2, 30, 11}};

  /** 4 query heads, V 31, D 12, F 20: no size equals another, so a swapped shape cannot pass. */
  private static ModelConfig micro(int nKvHeads) {
    return new ModelConfig(31, 12, 2, 4, nKvHeads, 6, 20, 16, 10_000, 1e-5);
  }

  private static TorchProgram program(ModelConfig config) {
    TorchProgram program = new TorchProgram(config, AdamW.mapNeo(), 1);
    program.initialize(42);
    return program;
  }

  /** Random weights far from the small starting values, so that every term of the model matters. */
  private static void randomize(TorchProgram program) {
    Random random = new Random(7);
    for (int s = 0; s < program.layout().segments().size(); s++) {
      FloatBuffer flat = program.parameters(s).asFloatBuffer();
      while (flat.hasRemaining()) {
        flat.put((float) (0.4 * random.nextGaussian()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void shouldMatchPlainJavaForwardForMqaGqaAndMha(int nKvHeads) {
    try (TorchProgram program = program(micro(nKvHeads))) {
      randomize(program);
      ReferenceDecoder reference =
          new ReferenceDecoder(program.config(), ReferenceDecoder.weightsOf(program));

      double[] losses = program.losses(ROWS);
      float[] logits = program.logits(new int[] {4, 9, 1, 30});

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
    try (TorchProgram program = program(micro(nKvHeads))) {
      randomize(program);
      Map<String, double[]> weights = ReferenceDecoder.weightsOf(program);
      ReferenceDecoder reference = new ReferenceDecoder(program.config(), weights);

      double[] losses = program.gradients(ROWS);

      assertArrayEquals(program.losses(ROWS), losses, 1e-5);
      Random random = new Random(3);
      for (FlatLayout.Parameter p : program.layout().parameters()) {
        for (int probe = 0; probe < 6; probe++) {
          int i =
              p.name().equals("model.embed_tokens.weight")
                  ? ROWS[0][probe] * program.config().dModel() + probe
                  : random.nextInt(p.size());
          double[] w = weights.get(p.name());
          double at = w[i];
          w[i] = at + 1e-5;
          double above = reference.loss(ROWS);
          w[i] = at - 1e-5;
          double below = reference.loss(ROWS);
          w[i] = at;
          double expected = (above - below) / 2e-5;
          double actual = program.gradient(p.segment()).get(p.offset() + i);
          assertEquals(expected, actual, 1e-4 * Math.max(1, Math.abs(expected)), p.name());
        }
      }
    }
  }

  @Test
  void shouldAddUpGradientsOverCalls() {
    try (TorchProgram program = program(micro(2))) {
      program.gradients(ROWS);
      List<float[]> together = gradients(program);
      program.update(1, 0, 1);

      program.gradients(new int[][] {ROWS[0]});
      program.gradients(new int[][] {ROWS[1]});
      program.gradients(new int[0][]);

      List<float[]> apart = gradients(program);
      for (int s = 0; s < together.size(); s++) {
        assertArrayEquals(together.get(s), apart.get(s), 1e-5f);
      }
    }
  }

  @Test
  void shouldCutCrossEntropyIntoChunksWithoutChangingIt() {
    // 2 Mi logits at once are 4 tokens at this vocabulary: 3 x 5 tokens make 4 chunks, one ragged.
    ModelConfig wide = new ModelConfig(500_000, 2, 1, 1, 1, 2, 2, 8, 10_000, 1e-5);
    try (TorchProgram program = program(wide)) {
      int[][] rows = {
        {1, 99_999, 5, 7, 499_999, 3}, {2, 4, 100_000, 8, 10, 12}, {0, 1, 2, 3, 4, 5}
      };

      double[] losses = program.gradients(rows);

      ReferenceDecoder reference = new ReferenceDecoder(wide, ReferenceDecoder.weightsOf(program));
      for (int r = 0; r < rows.length; r++) {
        assertEquals(reference.loss(new int[][] {rows[r]}), losses[r], 1e-3);
      }
      assertArrayEquals(losses, program.losses(rows), 1e-6);
      // d loss / d logit sums to zero over the vocabulary: so does the head's gradient, by column.
      FloatBuffer head = program.gradient(2);
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
    try (TorchProgram program = program(micro(1))) {
      List<float[]> before = parameters(program);
      double lr = 0.01;
      // Constant gradient 0.5 twice, given as 2 scaled by 0.25.
      for (int t = 1; t <= 2; t++) {
        for (int s = 0; s < before.size(); s++) {
          FloatBuffer g = program.gradient(s);
          while (g.hasRemaining()) {
            g.put(2f);
          }
        }
        program.update(t, lr, 0.25);
      }

      // With a constant gradient both corrected moments stay g and g^2: each step is lr g / (|g| +
      // eps).
      for (FlatLayout.Parameter p : program.layout().parameters()) {
        double start = before.get(p.segment())[p.offset()];
        double keep = p.isNorm() ? 1 : 1 - lr * 0.1;
        double once = start * keep - lr;
        double twice = once * keep - lr;
        double actual = program.parameters(p.segment()).asFloatBuffer().get(p.offset());
        assertEquals(twice, actual, 1e-6, p.name());
        int at = p.offset() + p.size() - 1;
        assertEquals(
            0.5 * (1 - 0.9 * 0.9), program.firstMoment(p.segment()).asFloatBuffer().get(at), 1e-7);
        assertEquals(
            0.25 * (1 - 0.95 * 0.95),
            program.secondMoment(p.segment()).asFloatBuffer().get(at),
            1e-7);
      }
      assertEquals(0, program.gradientNorm());
    }
  }

  @Test
  void shouldChangeEveryParameterTensorWhenTrained() {
    try (TorchProgram program = program(micro(1))) {
      List<float[]> before = parameters(program);

      program.gradients(ROWS);
      program.update(1, 1e-3, 1.0 / 12);

      List<float[]> after = parameters(program);
      for (FlatLayout.Parameter p : program.layout().parameters()) {
        float[] was = slice(before, p);
        float[] is = slice(after, p);
        assertTrue(!Arrays.equals(was, is), p.name() + " must change");
      }
    }
  }

  @Test
  void shouldMeasureNormOfWholeGradient() {
    try (TorchProgram program = program(micro(1))) {
      program.gradient(0).put(5, 3f);
      program.gradient(3).put(0, -4f);

      assertEquals(5, program.gradientNorm(), 1e-12);
    }
  }

  @Test
  void shouldOverfitOneBatch() {
    try (TorchProgram program = program(micro(1))) {
      double first = Arrays.stream(program.losses(ROWS)).sum() / 12;

      for (int t = 1; t <= 200; t++) {
        program.gradients(ROWS);
        program.update(t, 1e-2, 1.0 / 12);
      }

      assertEquals(Math.log(31), first, 0.1);
      assertTrue(Arrays.stream(program.losses(ROWS)).sum() / 12 < 0.05);
    }
  }

  @Test
  void shouldRepeatBitForBit() {
    try (TorchProgram a = program(micro(1));
        TorchProgram b = program(micro(1))) {
      for (int t = 1; t <= 5; t++) {
        double[] ofA = a.gradients(ROWS);
        double[] ofB = b.gradients(ROWS);
        assertArrayEquals(ofA, ofB, 0);
        a.update(t, 1e-2, 0.1);
        b.update(t, 1e-2, 0.1);
      }

      for (int s = 0; s < parameters(a).size(); s++) {
        assertArrayEquals(parameters(a).get(s), parameters(b).get(s), 0);
      }
    }
  }

  @Test
  void shouldStartFromSeed() {
    try (TorchProgram program = program(micro(1))) {
      float[] first = parameters(program).get(0);
      program.initialize(43);
      float[] other = parameters(program).get(0);
      program.initialize(42);

      assertArrayEquals(first, parameters(program).get(0), 0);
      assertNotEquals(first[0], other[0]);
      double squares = 0;
      for (float value : first) {
        squares += value * value;
      }
      assertEquals(0.02, Math.sqrt(squares / first.length), 0.002);
      assertEquals(1, program.parameters(1).asFloatBuffer().get(0));
    }
  }

  @Test
  void shouldNameOffendingTokenId() {
    try (TorchProgram program = program(micro(1))) {
      int[][] rows = {{1, 2, 3}, {1, 31, 3}};

      var e = assertThrows(IllegalArgumentException.class, () -> program.gradients(rows));

      assertEquals(
          "a token id must be in [0, vocabSize): id=31, vocabSize=31, row=1, position=1",
          e.getMessage());
    }
  }

  @Test
  void shouldRefuseRowsThatDoNotFit() {
    try (TorchProgram program = program(micro(1))) {
      assertThrows(IllegalArgumentException.class, () -> program.losses(new int[][] {new int[18]}));
      assertThrows(IllegalArgumentException.class, () -> program.losses(new int[][] {new int[1]}));
      assertThrows(
          IllegalArgumentException.class,
          () -> program.losses(new int[][] {new int[5], new int[6]}));
      program.losses(new int[][] {new int[17]});
    }
  }

  @Test
  void shouldRefuseOtherThreads() {
    try (TorchProgram program = program(micro(1))) {
      var e =
          assertThrows(
              CompletionException.class,
              () -> CompletableFuture.supplyAsync(() -> program.losses(ROWS)).join());

      assertTrue(e.getCause().getMessage().startsWith("a program must be used by the thread"));
    }
  }

  private static float[] slice(List<float[]> segments, FlatLayout.Parameter p) {
    return Arrays.copyOfRange(segments.get(p.segment()), p.offset(), p.offset() + p.size());
  }

  private static List<float[]> parameters(TorchProgram program) {
    List<float[]> all = new ArrayList<>();
    for (int s = 0; s < program.layout().segments().size(); s++) {
      all.add(copy(program.parameters(s).asFloatBuffer()));
    }
    return all;
  }

  private static List<float[]> gradients(TorchProgram program) {
    List<float[]> all = new ArrayList<>();
    for (int s = 0; s < program.layout().segments().size(); s++) {
      all.add(copy(program.gradient(s)));
    }
    return all;
  }

  private static float[] copy(FloatBuffer buffer) {
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }
}
