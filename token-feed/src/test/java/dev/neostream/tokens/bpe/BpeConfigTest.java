package dev.neostream.tokens.bpe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BpeConfigTest {

  @Test
  void shouldKeepTheDefaults() {
    assertEquals(new BpeConfig(64_000, 0.9999, 16, true, false), BpeConfig.standard());
    assertEquals(new BpeConfig(64_000, 0.9999, 16, false, true), BpeConfig.published());
    assertEquals(
        new BpeConfig(8192, 0.9999, 16, true, false), BpeConfig.standard().withVocabSize(8192));
  }

  @Test
  void shouldRefuseWhatCannotBe() {
    assertRefused("vocabSize=259", () -> new BpeConfig(259, 1, 16, true, true));
    assertRefused("characterCoverage=0.0", () -> new BpeConfig(300, 0, 16, true, true));
    assertRefused("characterCoverage=1.1", () -> new BpeConfig(300, 1.1, 16, true, true));
    assertRefused("characterCoverage=NaN", () -> new BpeConfig(300, Double.NaN, 16, true, true));
    assertRefused("maxPieceLength=129", () -> new BpeConfig(300, 1, 129, true, true));
    assertRefused("maxPieceLength=0", () -> new BpeConfig(300, 1, 0, true, true));
  }

  private static void assertRefused(String value, Executable construction) {
    var e = assertThrows(IllegalArgumentException.class, construction);

    assertTrue(e.getMessage().endsWith(value), e.getMessage());
  }
}
