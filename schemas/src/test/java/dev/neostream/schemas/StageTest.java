package dev.neostream.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.avro.RejectedDocument;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageTest {

  /** Topics, state and operators of runs hold these words. */
  @Test
  void shouldKeepItsWireNames() {
    assertEquals(
        List.of(
            "ingest",
            "clean",
            "dedup",
            "paragraph",
            "line",
            "substring",
            "contamination",
            "tokenize"),
        Arrays.stream(Stage.values()).map(Stage::wireName).toList());
  }

  @Test
  void shouldBeFoundByItsWireNameAlone() {
    for (Stage stage : Stage.values()) {
      assertEquals(stage, Stage.named(stage.wireName(), "test"));
      assertThrows(IllegalArgumentException.class, () -> Stage.named(stage.name(), "test"));
    }
  }

  @Test
  void shouldSayWhichRejectNamesAnUnknownStage() {
    RejectedDocument reject =
        RejectedDocument.newBuilder()
            .setId("00")
            .setOrdinal(7)
            .setSource("crawl")
            .setUrl("")
            .setFile("a.warc")
            .setOffset(512)
            .setStage("polish")
            .setReason("polish.dull")
            .setValue("")
            .setThreshold("")
            .build();

    var error = assertThrows(IllegalArgumentException.class, () -> Stage.of(reject));

    assertTrue(
        error.getMessage().contains("stage=polish, place=reject of crawl, a.warc, 512;"),
        error.getMessage());
  }
}
