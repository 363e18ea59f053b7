package dev.neostream.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DocumentIdTest {

  @Test
  void shouldBeTheFirstHalfOfSha256OverLengthPrefixedParts() {
    // printf '\0\0\0\1a\0\0\0\1b\0\0\0\0\0\0\0\7' | sha256sum
    assertEquals("b9067efbc950a717cb0c28d6edaa0c60", DocumentId.of("a", "b", 7));
  }

  @Test
  void shouldTellPartsApart() {
    assertNotEquals(DocumentId.of("ab", "c", 0), DocumentId.of("a", "bc", 0));
    assertNotEquals(DocumentId.of("a", "b", 0), DocumentId.of("a", "b", 1));
  }

  @Test
  void shouldGiveUniformBits() {
    int[] buckets = new int[16];
    for (int i = 0; i < 16_000; i++) {
      buckets[(int) (DocumentId.bits(DocumentId.of("s", "u", i)) >>> 60)]++;
    }

    // Six standard deviations of B(16000, 1/16).
    for (int bucket : buckets) {
      assertTrue(Math.abs(bucket - 1000) < 184, "bucket: " + bucket);
    }
  }
}
