package dev.neostream.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.monitor.StatusSample;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataCardTest {

  private static final RunSpec SPEC = RunSpec.demo(30);
  private static final Status STATUS = StatusSample.running();

  private static SourceAccount account() {
    var account = new SourceAccount();
    for (int site = 0; site < 11; site++) {
      account.read(
          new RawDocument(
              RawKind.DOCUMENT,
              (long) site,
              "id-" + site,
              "crawl|x",
              "https://site" + site + ".org/page",
              "file",
              0L,
              "text/html",
              null,
              null,
              Instant.parse("2024-05-01T00:00:00Z").plusSeconds(86_400L * site).toEpochMilli(),
              Map.of("licence", "\"<b>cc0</b>\""),
              ByteBuffer.allocate(1_000_000 * (site + 1))));
    }
    return account;
  }

  @Test
  void shouldTellOriginsRulesAndWhatWasTrainedOn() {
    var accepted =
        new MixtureDecision(2, true, 40L, "tester", "more | code", 5L, "", MixtureChange.PLAN, "");
    var refused =
        new MixtureDecision(2, false, 0L, "other", "late", 6L, "stale", MixtureChange.PLAN, "");

    String card = DataCard.of(SPEC, STATUS, account(), List.of(accepted, refused));

    assertTrue(card.contains("11 documents, 66.0 MB as they were read, of 1 sources"), card);
    assertTrue(card.contains("| `crawl\\|x` | 11 | 66.0 | 0 | 0 | 0 | 11 |"), card);
    assertFalse(card.contains("<b>"), card);
    assertTrue(card.contains("The 11 with the most bytes, of 11."), card);
    assertTrue(card.indexOf("`site10.org`") < card.indexOf("`site9.org`"), card);
    assertTrue(card.contains("`gopher.word_count`"), card);
    assertTrue(card.contains("| 2 | 40 | tester | more \\| code |"), card);
    assertFalse(card.contains("stale"), card);
    STATUS
        .training()
        .tokensByDomain()
        .forEach((domain, tokens) -> assertTrue(card.contains("| " + domain + " | "), card));
    assertTrue(card.contains(SPEC.clean().profile().strip().lines().findFirst().get()), card);
  }

  @Test
  void shouldDraftWhatTheActAsksFor() {
    String summary = TrainingSummary.of(SPEC, STATUS, account());

    assertTrue(summary.contains("less than 1 billion tokens"), summary);
    assertTrue(summary.contains("| latest date of acquisition | 2024-05-11 |"), summary);
    assertTrue(summary.contains("Fetched from 2024-05-01 to 2024-05-11"), summary);
    // A tenth of eleven, rounded up.
    assertTrue(
        summary.contains("| site10.org | 1 | 11.0 |\n| site9.org | 1 | 10.0 |\n\n"), summary);
    assertTrue(summary.contains("Rules rejected 29 documents"), summary);
  }

  @Test
  void shouldClaimNoCrawlWhereNothingIsTheWebs() {
    String summary = TrainingSummary.of(SPEC, STATUS, new SourceAccount());

    assertTrue(summary.contains("the records state none"), summary);
    assertTrue(summary.contains("online sources\n\nNone.\n"), summary);
  }

  @ParameterizedTest
  @CsvSource({
    "0, less than 1 billion tokens",
    "999999999, less than 1 billion tokens",
    "1000000000, 1 billion to 10 trillion tokens",
    "10000000000000, 1 billion to 10 trillion tokens",
    "10000000000001, more than 10 trillion tokens"
  })
  void shouldNameTheTemplatesRange(long tokens, String range) {
    assertEquals(range, TrainingSummary.range(tokens));
  }

  @Test
  @SuppressWarnings("unchecked")
  void shouldLinkJobsByWhatTheyReadAndWrite() {
    List<Map<String, Object>> events =
        OpenLineage.events("1.2", SPEC, STATUS.in("complete", ""), account(), 1_000);

    assertEquals(
        List.of("START", "COMPLETE", "START", "COMPLETE", "START", "COMPLETE"),
        events.stream().map(event -> event.get("eventType")).toList());
    assertEquals("1970-01-01T00:00:01Z", events.get(0).get("eventTime"));
    assertEquals(events.get(0).get("run"), events.get(1).get("run"));
    assertFalse(events.get(0).get("run").equals(events.get(2).get("run")));
    var written = (Map<String, Object>) ((List<?>) events.get(1).get("outputs")).get(0);
    var read = (Map<String, Object>) ((List<?>) events.get(3).get("inputs")).get(0);
    assertEquals("demo.raw.documents.v1", written.get("name"));
    assertEquals(written.get("name"), read.get("name"));
    assertEquals(written.get("namespace"), read.get("namespace"));
    assertTrue(written.get("outputFacets").toString().contains("rowCount=88"));
    assertTrue(read.get("inputFacets").toString().contains("rowCount=90"));
    var begun = (Map<String, Object>) ((List<?>) events.get(0).get("outputs")).get(0);
    assertFalse(begun.containsKey("outputFacets"));
  }

  @ParameterizedTest
  @CsvSource({"running,RUNNING", "stopped,ABORT", "failed,FAIL", "starting,RUNNING"})
  void shouldSayHowTheRunStands(String state, String type) {
    var events = OpenLineage.events("1", SPEC, STATUS.in(state, ""), new SourceAccount(), 1_000);

    assertEquals(type, events.get(1).get("eventType"));
  }
}
