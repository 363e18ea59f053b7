package dev.neostream.ops.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.RejectedDocument;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RejectExamplesTest {

  private static RejectedDocument reject(String id, String url, String stage, String reason) {
    return new RejectedDocument(
        id, 1L, "crawl", url, "a.warc.gz", 77L, stage, reason, "3", ">= 50", "en", "en.web", "");
  }

  private static RejectExamples of(List<RejectedDocument> rejects) {
    var examples = new RejectExamples();
    rejects.forEach(examples::add);
    return examples;
  }

  @Test
  void shouldHoldTheSameFewWhateverTheOrder() {
    List<RejectedDocument> rejects = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      rejects.add(reject("%02d".formatted(i), "http://a.org/" + i, "clean", "gopher.word_count"));
    }
    List<RejectExamples.Example> inOrder = of(rejects).list();
    Collections.shuffle(rejects, new Random(7));

    assertEquals(inOrder, of(rejects).list());
    assertEquals(
        List.of("http://a.org/0", "http://a.org/1", "http://a.org/2"),
        inOrder.stream().map(RejectExamples.Example::document).toList());
  }

  @Test
  void shouldSayWhereADocumentWithoutUrlWasRead() {
    RejectExamples examples =
        of(
            List.of(
                reject("", " ", "ingest", "warc.truncated"), reject("ab", "u", "clean", "c4.x")));

    assertEquals(
        List.of(
            new RejectExamples.Example(
                Stage.INGEST, "warc.truncated", "", "crawl a.warc.gz at 77", "3", ">= 50"),
            new RejectExamples.Example(Stage.CLEAN, "c4.x", "ab", "u", "3", ">= 50")),
        examples.list());
  }

  @Test
  void shouldStaySmallWhateverComes() {
    List<RejectedDocument> rejects = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      rejects.add(reject("" + i, "u".repeat(100_000), "clean", "made.up_" + i));
    }

    List<RejectExamples.Example> examples = of(rejects).list();

    assertEquals(500, examples.size());
    assertTrue(examples.stream().allMatch(example -> example.document().length() < 200));
  }
}
