package dev.neostream.trainer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {

  @Test
  void shouldCountParametersOfTinyAsByHand() {
    // Embedding and output: 2 x 8192 x 128. A layer: q and o 128 x 128 each, k and v 32 x 128 each,
    // gate, up and down 384 x 128 each, two norms of 128. One final norm.
    long layer = 2 * 16_384 + 2 * 4_096 + 3 * 49_152 + 2 * 128;

    assertEquals(2_097_152 + 4 * layer + 128, ModelConfig.tiny(8192).parameterCount());
    assertEquals(2_851_968, ModelConfig.tiny(8192).parameterCount());
  }

  /** Of the published ones with the published 64,128 rows, 7B with 64,256 (vocabulary padded). */
  @ParameterizedTest
  @CsvSource({
    "tiny, 8192, 2851968",
    "small, 8192, 9834752",
    "30M, 8192, 30941696",
    "250M, 64128, 250889216",
    "460M, 64128, 461661184",
    "980M, 64128, 979945472",
    "2B, 64128, 2244552704",
    "7B, 64256, 7793716224",
  })
  void shouldHaveNamedShapes(String name, int vocabSize, long parameters) {
    assertEquals(parameters, ModelConfig.named(name, vocabSize, 8192).parameterCount());
    assertTrue(ModelConfig.NAMES.contains(name));
  }

  @Test
  void shouldNameTheShapesThereAre() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> ModelConfig.named("8B", 8192, 256))
            .getMessage();

    assertEquals("a model must be one of " + ModelConfig.NAMES + ": model=8B", message);
  }

  @Test
  void shouldChangeFingerprintWithAnyField() {
    String tiny = ModelConfig.tiny(8192).fingerprint();

    assertEquals(32, tiny.length());
    assertEquals(tiny, ModelConfig.tiny(8192).fingerprint());
    assertNotEquals(tiny, ModelConfig.tiny(8193).fingerprint());
    assertNotEquals(
        tiny, new ModelConfig(8192, 128, 4, 4, 1, 32, 384, 256, 10_000, 1e-6).fingerprint());
  }

  @Test
  void shouldNameWhatMustHold() {
    assertEquals("vocabSize must be > 0: vocabSize=0", message(0, 8, 4, 2, 4, 10_000, 1e-5));
    assertEquals(
        "nKvHeads must divide nHeads: nKvHeads=3, nHeads=4", message(9, 8, 4, 3, 4, 10_000, 1e-5));
    assertEquals("headDim must be even (RoPE): headDim=5", message(9, 8, 4, 2, 5, 10_000, 1e-5));
    assertEquals("ropeTheta must be > 1: ropeTheta=NaN", message(9, 8, 4, 2, 4, Double.NaN, 1e-5));
    assertEquals("rmsNormEps must be > 0: rmsNormEps=0.0", message(9, 8, 4, 2, 4, 10_000, 0));
  }

  private static String message(
      int vocab, int d, int heads, int kvHeads, int headDim, double theta, double eps) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> new ModelConfig(vocab, d, 2, heads, kvHeads, headDim, 16, 32, theta, eps))
        .getMessage();
  }
}
