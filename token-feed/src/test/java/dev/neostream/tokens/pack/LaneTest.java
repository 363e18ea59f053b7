package dev.neostream.tokens.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.DocumentId;
import org.junit.jupiter.api.Test;

class LaneTest {

  @Test
  void shouldSpreadDocumentsEvenlyAndHoldOutTheAskedShare() {
    int[] lanes = new int[2];
    int heldOut = 0;
    for (int i = 0; i < 10_000; i++) {
      Lane lane = Lane.of(DocumentId.of("source", "page-" + i, i), "en.web", 2, 50);
      if (lane.domain().equals("heldout.en.web")) {
        assertEquals(0, lane.lane());
        heldOut++;
      } else {
        lanes[lane.lane()]++;
      }
    }

    // Five standard deviations of the binomials B(10000, 1/50) and B(9800, 1/2).
    assertTrue(Math.abs(heldOut - 200) < 70, "held out: " + heldOut);
    assertTrue(Math.abs(lanes[0] - lanes[1]) < 500, "lanes: " + lanes[0] + ", " + lanes[1]);
  }

  @Test
  void shouldHoldOutNothingWhenNotAsked() {
    assertEquals("code", Lane.of("0".repeat(32), "code", 2, 0).domain());
  }
}
