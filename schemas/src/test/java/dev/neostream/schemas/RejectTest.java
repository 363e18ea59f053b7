package dev.neostream.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.schemas.avro.RejectedDocument;
import org.apache.avro.AvroRuntimeException;
import org.junit.jupiter.api.Test;

class RejectTest {

  private static final Rejection REJECTION = new Rejection("gopher.word_count", "3", ">= 50");

  private static Envelope document() {
    var document = new Envelope();
    document.id = "0f";
    document.ordinal = 17;
    document.source = "crawl";
    document.url = "https://example.org/";
    document.file = "a.warc.gz";
    document.offset = 512;
    document.language = "en";
    document.domain = "en.web";
    return document;
  }

  @Test
  void shouldSayWhoRejectedWhatWhyAndWhereItStands() {
    var expected =
        new RejectedDocument(
            "0f",
            17L,
            "crawl",
            "https://example.org/",
            "a.warc.gz",
            512L,
            "dedup",
            "gopher.word_count",
            "3",
            ">= 50",
            "en",
            "en.web",
            "");

    assertEquals(expected, Reject.of(Stage.DEDUP, document(), REJECTION));

    expected.setStage("clean");
    expected.setLanguage("zh");
    expected.setDomain("zh.web");
    expected.setCleaner("recommended/7");
    assertEquals(
        expected, Reject.of(Stage.CLEAN, document(), REJECTION, "zh", "zh.web", "recommended/7"));
  }

  @Test
  void shouldRefuseADocumentWithoutAPlace() {
    Envelope document = document();
    document.file = null;

    assertThrows(AvroRuntimeException.class, () -> Reject.of(Stage.CLEAN, document, REJECTION));
  }
}
