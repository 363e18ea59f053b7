package dev.neostream.trainer.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class GradientClipTest {

  @Test
  void shouldScaleDownToMaxNormOnly() {
    GradientClip clip = new GradientClip(2);

    assertEquals(1, clip.scale(0));
    assertEquals(1, clip.scale(2));
    assertEquals(0.5, clip.scale(4));
  }

  @Test
  void shouldRefuseSettingsOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> new GradientClip(0));
    assertThrows(IllegalArgumentException.class, () -> new GradientClip(Double.NaN));
    assertEquals(
        "beta2 must be in [0, 1): beta2=1.0",
        assertThrows(IllegalArgumentException.class, () -> new AdamW(0.9, 1, 1e-8, 0))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> new AdamW(0.9, 0.95, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new AdamW(0.9, 0.95, 1e-8, -1));
  }
}
