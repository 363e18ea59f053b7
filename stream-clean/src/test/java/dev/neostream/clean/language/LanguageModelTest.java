package dev.neostream.clean.language;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageModelTest {

  private static final int DIM = LanguageModel.DIM;

  private final Random random = new Random(11);
  private final byte[] vectors = new byte[DIM << NGrams.BITS];
  private final float[] weights = new float[3 * DIM];

  private LanguageModel model() {
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    byte latin = (byte) Script.LATIN.ordinal();
    byte cyrillic = (byte) Script.CYRILLIC.ordinal();
    return new LanguageModel(
        new String[] {"aa", "bb", "cc"},
        new byte[] {latin, latin, cyrillic},
        new float[] {0.25f, 0, 9},
        weights,
        1f / 128,
        vectors);
  }

  /** Fewer features than fit into the sums of bytes at once, and many times as many. */
  @ParameterizedTest
  @ValueSource(ints = {1, 40, 900})
  void shouldAgreeWithTheFormula(int words) {
    random.nextBytes(vectors);
    agree(words);
  }

  @Test
  void shouldNotOverflowWhereAllVectorsAreLargest() {
    Arrays.fill(vectors, Byte.MAX_VALUE);
    agree(900);
    Arrays.fill(vectors, Byte.MIN_VALUE);
    agree(900);
  }

  private void agree(int words) {
    LanguageModel model = model();
    var text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(Integer.toString(random.nextInt(1 << 30), 36).replaceAll("[0-9]", ""))
          .append(' ');
    }
    text.append("word");
    var features = new NGrams();
    features.collect(
        text.toString().getBytes(StandardCharsets.UTF_8), Script.LATIN, Integer.MAX_VALUE);
    var mean = new double[DIM];
    for (int i = 0; i < features.size(); i++) {
      for (int d = 0; d < DIM; d++) {
        mean[d] += vectors[features.bucket(i) * DIM + d] / 128.0 / features.size();
      }
    }
    double difference = 0.25;
    for (int d = 0; d < DIM; d++) {
      difference += (weights[d] - weights[DIM + d]) * mean[d];
    }
    double first = 1 / (1 + Math.exp(-difference));

    var probabilities = new float[3];
    int best = model.predict(features, Script.LATIN, new float[DIM], probabilities);

    assertEquals(first, probabilities[0], 1e-4);
    assertEquals(1 - first, probabilities[1], 1e-4);
    assertEquals(0, probabilities[2]);
    assertEquals(difference >= 0 ? 0 : 1, best);
  }
}
