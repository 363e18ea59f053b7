package dev.neostream.dedup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StagePassagesTest {

  private static final byte[] TEXT =
      "All rights to this page are reserved by its owner.".getBytes(StandardCharsets.UTF_8);

  private static StagePassages paragraphs(boolean byHost) {
    DedupConfig standard = DedupConfig.recommended();
    return new StagePassages(
        DedupStage.PARAGRAPH,
        new DedupConfig(
            standard.stages(),
            standard.priority(),
            standard.shingles(),
            standard.bands(),
            standard.threshold(),
            standard.sightings(),
            byHost,
            standard.window(),
            standard.minCharacters()));
  }

  private static long hash(boolean byHost, String url) {
    Passages passages = paragraphs(byHost).of(url, TEXT);
    assertEquals(1, passages.size());
    return passages.hashes()[0];
  }

  @Test
  void shouldRecogniseAPassageEverywhere() {
    assertEquals(hash(false, "https://a.example/1"), hash(false, "https://b.example/1"));
  }

  @Test
  void shouldRecogniseAPassageWithinItsHostAlone() {
    long page = hash(true, "https://a.example/1");

    assertEquals(page, hash(true, "http://A.example/2?x=1"));
    assertNotEquals(page, hash(true, "https://b.example/1"));
    assertNotEquals(page, hash(true, ""));
    assertEquals(hash(true, "file.jsonl"), hash(true, ""));
  }

  @Test
  void shouldDivideBySubstrings() {
    DedupConfig standard = DedupConfig.recommended();

    Passages windows = new StagePassages(DedupStage.SUBSTRING, standard).of("", TEXT);

    assertEquals(TEXT.length - standard.window() + 1, windows.size());
  }

  @Test
  void shouldRefuseAStageThatCountsNone() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new StagePassages(DedupStage.LINE, DedupConfig.recommended()));
  }
}
