package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ReasonTest {

  @Test
  void shouldNameTheClassOfWhatOthersThrow() {
    assertEquals("java.io.IOException: full", Reason.of(new IOException("full")));
    assertEquals("java.lang.IllegalStateException", Reason.of(new IllegalStateException()));
    assertEquals(
        "the job failed: java.io.IOException: full",
        Reason.of(
            new IllegalStateException(
                "the job failed", new RuntimeException(new IOException("full")))));
  }

  @Test
  void shouldLeaveSentencesAsTheyAre() {
    assertEquals(
        "rows must fit: rows=9", Reason.of(new IllegalStateException("rows must fit: rows=9")));
    assertEquals(
        "the job failed: records are gone",
        Reason.of(
            new IllegalStateException(
                "the job failed", new UserError("records are gone", new IOException("offset")))));
  }
}
