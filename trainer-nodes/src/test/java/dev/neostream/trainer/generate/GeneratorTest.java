package dev.neostream.trainer.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.model.NativeMemory;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.optim.AdamW;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest {

  private static final int WINDOW = 8;

  /** Knows one cycle of 7 ids by heart. */
  private static Decoder decoder;

  @BeforeAll
  static void learnCycle() {
    ModelConfig config = new ModelConfig(11, 16, 1, 2, 1, 8, 16, WINDOW, 10_000, 1e-5);
    decoder = new Decoder(config, 1);
    decoder.initialize(1);
    try (Training training = new Training(decoder, AdamW.mapNeo())) {
      for (int t = 1; t <= 200; t++) {
        training.gradients(new int[][] {cycle(0, 9), cycle(3, 9), cycle(5, 9)});
        training.update(t, 1e-2, 1.0 / 24);
      }
    }
  }

  @AfterAll
  static void close() {
    decoder.close();
  }

  private static int[] cycle(int from, int length) {
    int[] ids = new int[length];
    Arrays.setAll(ids, i -> (from + i) % 7);
    return ids;
  }

  @Test
  void shouldContinueGreedilyBeyondItsWindow() {
    Generator generator = new Generator(decoder);

    assertArrayEquals(cycle(5, 20), generator.generate(new int[] {2, 3, 4}, 20, 0, 1));
    assertArrayEquals(cycle(6, 5), generator.generate(cycle(0, 20), 5, 0, 1));
    assertEquals(0, generator.generate(new int[] {2}, 0, 0, 1).length);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void shouldGenerateWithACacheWhatAllTokensAnewGiveForMqaGqaAndMha(int nKvHeads) {
    var config = new ModelConfig(97, 32, 3, 4, nKvHeads, 8, 48, 24, 10_000, 1e-5);
    try (var opinionated = new Decoder(config, 1)) {
      opinionated.initialize(5);
      FloatBuffer head =
          opinionated.parameters(opinionated.layout().segments().size() - 1).asFloatBuffer();
      for (int i = 0; i < head.limit(); i++) {
        head.put(i, head.get(i) * 20);
      }
      int open = NativeMemory.openArrays(opinionated);
      Generator generator = new Generator(opinionated);
      Set<Integer> seen = new HashSet<>();
      for (int seed = 0; seed < 60; seed++) {
        // Some prompts fill the context or are longer; all texts go beyond it.
        int[] prompt = new Random(seed).ints(1 + seed % 27, 0, 97).toArray();

        int[] generated = generator.generate(prompt, 30, 0, 0);

        int[] ids = prompt;
        for (int id : generated) {
          int from = Math.max(0, ids.length - 24);
          float[] logits = opinionated.logits(Arrays.copyOfRange(ids, from, ids.length));
          assertEquals(Sampling.likeliest(logits), id, "seed=" + seed + ", at=" + ids.length);
          ids = Arrays.copyOf(ids, ids.length + 1);
          ids[ids.length - 1] = id;
          seen.add(id);
        }
      }
      assertTrue(seen.size() > 20, "ids=" + seen.size());
      assertEquals(open, NativeMemory.openArrays(opinionated));
    }
  }

  @Test
  void shouldSampleBySeed() {
    Generator generator = new Generator(decoder);

    int[] hot = generator.generate(new int[] {0}, 200, 100, 7);

    assertArrayEquals(hot, generator.generate(new int[] {0}, 200, 100, 7));
    // At temperature 100 all 11 ids are about equally likely: 200 draws show each of them.
    assertEquals(11, Arrays.stream(hot).distinct().count());
    assertArrayEquals(cycle(1, 20), generator.generate(new int[] {0}, 20, 0.05, 7));
  }

  @Test
  void shouldRefuseMeaninglessArguments() {
    Generator generator = new Generator(decoder);

    assertThrows(IllegalArgumentException.class, () -> generator.generate(new int[0], 1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> generator.generate(new int[] {1}, -1, 0, 1));
    assertEquals(
        "temperature must be >= 0: temperature=NaN",
        assertThrows(
                IllegalArgumentException.class,
                () -> generator.generate(new int[] {1}, 1, Double.NaN, 1))
            .getMessage());
  }
}
