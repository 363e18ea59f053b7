package dev.neostream.trainer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ModelConfigTest {

  @Test
  void shouldCountParametersOfTinyAsByHand() {
    // Embedding and output: 2 x 8192 x 128. A layer: q and o 128 x 128 each, k and v 32 x 128 each,
    // gate, up and down 384 x 128 each, two norms of 128. One final norm.
    long layer = 2 * 16_384 + 2 * 4_096 + 3 * 49_152 + 2 * 128;

    assertEquals(2_097_152 + 4 * layer + 128, ModelConfig.tiny(8192).parameterCount());
    assertEquals(2_851_968, ModelConfig.tiny(8192).parameterCount());
  }

  @Test
  void shouldCountParametersOfPublishedModels() {
    ModelConfig sevenB = new ModelConfig(64_256, 3072, 28, 16, 16, 192, 24_576, 8192, 10_000, 1e-5);
    ModelConfig twoB = new ModelConfig(64_128, 2048, 18, 8, 1, 256, 16_384, 8192, 10_000, 1e-5);

    assertEquals(7_793_716_224L, sevenB.parameterCount());
    assertEquals(2_244.6, twoB.parameterCount() / 1e6, 0.05);
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
