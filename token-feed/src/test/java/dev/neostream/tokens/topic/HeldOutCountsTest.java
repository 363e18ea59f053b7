package dev.neostream.tokens.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.avro.TokenIndex;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeldOutCountsTest {

  private final HeldOutCounts counts = new HeldOutCounts(List.of("x", "y"), 2);

  private static TokenIndex block(String domain, long block) {
    return new TokenIndex(domain, 0, block, 16, 0L, false);
  }

  private static TokenIndex closing(String domain, long blocks) {
    return new TokenIndex(domain, 0, blocks, 0, 0L, true);
  }

  @Test
  void shouldTakeTheFirstBlocksOfEachDomain() {
    assertEquals("x has 0 of 2 blocks, y has 0 of 2 blocks", counts.missing());
    counts.add(block("x", 0));
    counts.add(block("heldout.x", 0));
    counts.add(block("heldout.x", 1));
    counts.add(block("heldout.x", 2));
    counts.add(block("heldout.y", 0));

    assertFalse(counts.settled());
    assertEquals("y has 1 of 2 blocks", counts.missing());
    counts.add(block("heldout.y", 1));

    assertTrue(counts.settled());
    assertEquals("", counts.missing());
    assertEquals(Map.of("x", 2L, "y", 2L), counts.counts());
  }

  @Test
  void shouldTakeFewerWhereTheInputEndedAndNotMoreWhenItGoesOn() {
    counts.add(closing("heldout.x", 0));
    counts.add(block("heldout.y", 0));
    counts.add(closing("heldout.y", 1));
    counts.add(block("heldout.y", 1));

    assertTrue(counts.settled());
    assertEquals(Map.of("x", 0L, "y", 1L), counts.counts());
  }
}
