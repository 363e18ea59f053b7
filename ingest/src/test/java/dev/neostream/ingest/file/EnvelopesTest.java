package dev.neostream.ingest.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EnvelopesTest {

  private static Item.Document document(Map<String, String> attributes) {
    return new Item.Document(
        "crawl",
        "https://example.org/",
        "a.jsonl",
        12,
        "text/html",
        Optional.of("gbk"),
        Optional.of("zh.web"),
        1_700_000_000_000L,
        attributes,
        new byte[] {1, 2, 3});
  }

  private static Map<String, String> attributes(Map<String, String> json) {
    return Envelopes.of(Envelopes.raw("0f", 0, document(json))).attributes;
  }

  @Test
  void shouldKeepEveryFieldOnTheWayToTheStages() {
    Item.Document document = document(Map.of("id", "7", "title", "\"x\""));

    RawDocument raw = Envelopes.raw("0f", 5, document);
    Envelope envelope = Envelopes.of(raw);

    assertEquals(RawKind.DOCUMENT, raw.getKind());
    assertEquals(document.attributes(), raw.getAttributes());
    assertEquals("0f", envelope.id);
    assertEquals(5, envelope.ordinal);
    assertEquals("crawl", envelope.source);
    assertEquals("https://example.org/", envelope.url);
    assertEquals("a.jsonl", envelope.file);
    assertEquals(12, envelope.offset);
    assertEquals("text/html", envelope.mediaType);
    assertEquals("gbk", envelope.charset);
    assertEquals("zh.web", envelope.domain);
    assertEquals("", envelope.language);
    assertEquals(1_700_000_000_000L, envelope.crawledAt);
    assertEquals(Map.of("id", "7"), envelope.attributes);
    assertFalse(envelope.end);
    assertSame(document.payload(), envelope.body, "a payload is large");
  }

  @Test
  void shouldReadBytesThatAreAPartOfOthers() {
    RawDocument raw = Envelopes.raw("0f", 0, document(Map.of()));
    raw.setPayload(ByteBuffer.wrap(new byte[] {9, 8, 7, 6}, 1, 2));
    raw.setCharset(null);
    raw.setDomain(null);
    raw.setKind(RawKind.END);

    Envelope end = Envelopes.of(raw);

    assertArrayEquals(new byte[] {8, 7}, end.body);
    assertEquals("", end.charset);
    assertEquals("", end.domain);
    assertTrue(end.end);
  }

  @Test
  void shouldReadEitherSpellingOfLicence() {
    assertEquals(
        Map.of("licence", "cc-by-4.0"), attributes(Map.of("licence", "\"cc-by-4.0\"", "n", "1")));
    assertEquals(Map.of("licence", "mit"), attributes(Map.of("license", "\" mit\"")));
    assertEquals(
        Map.of("licence", "a"), attributes(Map.of("licence", "\"a\"", "license", "\"b\"")));
  }

  @Test
  void shouldCarryLicenceOwnIdAndPagesAlone() {
    assertEquals(
        Map.of(
            "licence", "[\"mit\",\"apache-2.0\"]",
            "id", "doc-7",
            "pages", "[[0,120],[120,300]]"),
        attributes(
            Map.of(
                "licence", "[\"mit\",\"apache-2.0\"]",
                "id", "\"doc-7\"",
                "pages", "[[0,120],[120,300]]",
                "title", "\"x\"")));
  }

  @Test
  void shouldCarryNothingThatSaysNothing() {
    assertEquals(Map.of(), attributes(Map.of("id", "null", "licence", "\"  \"")));
    assertEquals(Map.of("licence", "not json"), attributes(Map.of("licence", "not json")));
  }

  @Test
  void shouldBoundWhatItCarries() {
    String id = attributes(Map.of("id", "\"" + "x".repeat(5_000) + "\"")).get("id");

    assertEquals("x".repeat(999) + "…", id);
  }

  @Test
  void shouldSayWhereARecordComesFromThatIsNoDocument() {
    var broken =
        new Item.Broken("crawl", "u", "a.warc", 77, new Rejection("warc.syntax", "x", "y"), "");

    Envelope origin = Envelopes.origin("0f", broken);

    assertEquals("0f", origin.id);
    assertEquals(-1, origin.ordinal);
    assertEquals("crawl", origin.source);
    assertEquals("u", origin.url);
    assertEquals("a.warc", origin.file);
    assertEquals(77, origin.offset);
    assertEquals("", origin.domain);
    assertEquals("zh.web", Envelopes.origin("0f", document(Map.of())).domain);
  }

  @Test
  void shouldTakeFurtherFieldsThatAreAskedFor() {
    RawDocument raw =
        Envelopes.raw(
            "0f",
            0,
            document(Map.of("subset", "\"wiki\"", "score", "0.5", "no", "null", "id", "7")));

    assertEquals(
        Map.of("subset", "wiki", "score", "0.5", "id", "7"),
        Envelopes.of(raw, Set.of("subset", "score", "no", "missing")).attributes);
    assertEquals(Map.of("id", "7"), Envelopes.of(raw).attributes);
  }
}
