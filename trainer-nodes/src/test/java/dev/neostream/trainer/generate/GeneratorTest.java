package dev.neostream.trainer.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.optim.AdamW;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
