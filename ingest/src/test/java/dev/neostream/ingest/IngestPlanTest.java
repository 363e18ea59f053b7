package dev.neostream.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Place;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.Readmission;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.avro.IngestPlace;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IngestPlanTest {

  private static final int PARTITIONS = 2;

  @TempDir Path folder;

  @Test
  void shouldGiveOrdinalsToDocumentsOnlyWhenRecordsAreMixed() {
    var plan = new IngestPlan(IngestPlan.resume(Optional.empty(), List.of("a", "b")), PARTITIONS);

    var first = raw(plan.take(turn(0, 0, document("a"))));
    var rejected = plan.take(turn(1, 0, broken()));
    var second = raw(plan.take(turn(0, 1, document("b"))));

    assertEquals(0, first.value().getOrdinal());
    assertEquals(1, second.value().getOrdinal());
    assertEquals(DocumentId.of("s", "a", 0), first.value().getId());
    assertEquals(DocumentId.of("s", "b", 1), second.value().getId());
    var reject = assertInstanceOf(IngestPlan.Rejected.class, rejected).value();
    assertEquals(-1, reject.getOrdinal());
    assertEquals("ingest", reject.getStage());
    assertEquals("warc.syntax", reject.getReason());
    assertEquals(77, reject.getOffset());
    assertEquals(
        new IngestPosition(
            List.of("a", "b"),
            2L,
            1,
            List.of(2L, 1L),
            3L,
            2L,
            1L,
            2L,
            false,
            List.of(behind(2), behind(1)),
            List.of(0L, 1L)),
        plan.position());
  }

  @Test
  void shouldTakeTheMarkOfWhatIsReadAgainFromATakedownAlone() {
    String mark = "\"1 " + "0".repeat(32) + "\"";
    var marked =
        new Item.Document(
            "s",
            "a",
            "f",
            0,
            "text/plain",
            Optional.empty(),
            Optional.empty(),
            0,
            Map.of(Readmission.ATTRIBUTE, mark),
            new byte[1]);
    var plan =
        new IngestPlan(IngestPlan.resume(Optional.empty(), List.of("takedown/1", "s")), PARTITIONS);

    RawDocument again = raw(plan.take(turn(0, 0, marked))).value();
    var forged = assertInstanceOf(IngestPlan.Rejected.class, plan.take(turn(1, 0, marked)));

    assertEquals(DocumentId.of("takedown/1", "a", 0), again.getId());
    assertEquals("s", again.getSource());
    assertEquals(mark, again.getAttributes().get(Readmission.ATTRIBUTE));
    assertEquals("attribute.reserved", forged.value().getReason());
    assertEquals(DocumentId.of("s", "a", 0), forged.value().getId());
  }

  @Test
  void shouldMarkEveryPartitionWhenTransactionEnds() {
    var plan = new IngestPlan(IngestPlan.resume(Optional.empty(), List.of("a")), PARTITIONS);
    plan.take(turn(0, 0, document("a")));
    plan.take(turn(0, 1, document("b")));

    List<IngestPlan.Raw> markers = plan.seal(false);
    List<IngestPlan.Raw> again = plan.seal(false);

    assertEquals(List.of(0, 1), markers.stream().map(IngestPlan.Raw::partition).toList());
    assertTrue(markers.stream().allMatch(m -> m.value().getKind() == RawKind.MARKER));
    assertTrue(markers.stream().allMatch(m -> m.value().getOrdinal() == 1));
    assertEquals(List.of(), again);
  }

  @Test
  void shouldSpreadDocumentsWhateverTheInputsTheyComeFrom() {
    var plan = new IngestPlan(IngestPlan.resume(Optional.empty(), List.of("a", "b")), PARTITIONS);
    int[][] documents = new int[2][PARTITIONS];
    for (int record = 0; record < 1_000; record++) {
      for (int input = 0; input < 2; input++) {
        var turn = turn(input, record, document("page-" + input));
        documents[input][raw(plan.take(turn)).partition()]++;
      }
    }

    // Six standard deviations of B(1000, 1/2).
    for (int[] partitions : documents) {
      assertEquals(500, partitions[0], 95);
    }
  }

  @Test
  void shouldRepeatEventTimeWhenAsked() {
    var plan = new IngestPlan(IngestPlan.resume(Optional.empty(), List.of("a")), PARTITIONS);
    assertEquals(List.of(), plan.beat());
    plan.take(turn(0, 0, document("a")));
    plan.seal(true);

    List<IngestPlan.Raw> beat = plan.beat();

    assertEquals(List.of(0, 1), beat.stream().map(IngestPlan.Raw::partition).toList());
    assertTrue(beat.stream().allMatch(m -> m.value().getKind() == RawKind.MARKER));
    assertTrue(beat.stream().allMatch(m -> m.value().getOrdinal() == EventTime.eraEnd(0)));
  }

  @Test
  void shouldEndEraOnEveryPartitionWhenInputsAreExhausted() {
    var plan = new IngestPlan(IngestPlan.resume(Optional.empty(), List.of("a")), PARTITIONS);
    plan.take(turn(0, 0, document("a")));

    List<IngestPlan.Raw> ends = plan.seal(true);

    assertEquals(PARTITIONS, ends.size());
    assertTrue(ends.stream().allMatch(end -> end.value().getKind() == RawKind.END));
    assertTrue(ends.stream().allMatch(end -> end.value().getOrdinal() == EventTime.eraEnd(0)));
    assertTrue(plan.position().getFinished());
    assertEquals(EventTime.eraStart(1), plan.position().getNextOrdinal());
  }

  @Test
  void shouldEndFirstEraWhenThereWasNoDocument() {
    var plan = new IngestPlan(IngestPlan.resume(Optional.empty(), List.of("a")), PARTITIONS);
    plan.take(turn(0, 0, broken()));

    assertEquals(EventTime.eraEnd(0), plan.seal(true).get(0).value().getOrdinal());
  }

  @Test
  void shouldStartNextEraWhenInputsAreAddedBehindTheEnd() {
    var finished =
        new IngestPosition(
            List.of(),
            EventTime.eraStart(1),
            0,
            List.of(),
            5L,
            4L,
            1L,
            9L,
            true,
            List.of(),
            List.of());

    IngestPosition same = IngestPlan.resume(Optional.of(finished), List.of());
    IngestPosition longer = IngestPlan.resume(Optional.of(finished), List.of("b", "c"));

    assertTrue(same.getFinished());
    assertFalse(longer.getFinished());
    assertEquals(List.of(0L, 0L), longer.getTaken());
    assertEquals(5, longer.getRead());
    var plan = new IngestPlan(longer, PARTITIONS);
    var document = raw(plan.take(turn(1, 0, document("new"))));
    assertEquals(EventTime.eraStart(1), document.value().getOrdinal());
    assertEquals(
        EventTime.eraEnd(EventTime.eraStart(1)), plan.seal(true).get(0).value().getOrdinal());
  }

  @Test
  void shouldRefuseWhenAnInputBeingReadIsNotThere() {
    var position =
        new IngestPosition(
            List.of("a", "b"), 0L, 0, List.of(3L, 0L), 0L, 0L, 0L, 0L, false, List.of(), List.of());

    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> IngestPlan.resume(Optional.of(position), List.of("a")));
    assertTrue(error.getMessage().contains("being read=[a, b], given=[a]"), error.getMessage());
    IngestPosition more = IngestPlan.resume(Optional.of(position), List.of("c", "b", "a"));
    assertEquals(List.of("a", "b", "c"), more.getSources());
    assertEquals(List.of(3L, 0L, 0L), more.getTaken());
  }

  @Test
  void shouldHoldOnlyInputsThatAreBeingRead() {
    var plan =
        new IngestPlan(IngestPlan.resume(Optional.empty(), List.of("a", "b", "c")), PARTITIONS);
    plan.take(turn(0, 0, document("a")));
    plan.take(turn(1, 0, broken()));

    assertEquals(new IngestPlan.Finished("c", 0, 0, ""), plan.finish(2));
    assertEquals(0, plan.position().getTurn());
    plan.take(turn(0, 1, document("a")));
    assertEquals(new IngestPlan.Finished("b", 1, 1, ""), plan.finish(1));
    plan.add("d");
    assertEquals(List.of("a", "d"), plan.position().getSources());
    assertEquals(List.of(2L, 0L), plan.position().getTaken());
    assertEquals(List.of(0L, 0L), plan.position().getRejects());
    assertEquals(0, plan.position().getTurn());
    assertFalse(plan.isIdle(true));
    plan.finish(0);
    plan.finish(0);
    assertTrue(plan.isIdle(true));
    assertFalse(plan.isIdle(false), "an END is to be written");
    plan.seal(true);
    assertTrue(plan.isIdle(false));
    plan.add("e");
    assertFalse(plan.isIdle(false));
  }

  @Test
  void shouldPassTheOpenWindowOnceWhenIdle() {
    var plan = new IngestPlan(IngestPlan.resume(Optional.empty(), List.of("a")), PARTITIONS);
    assertEquals(List.of(), plan.advance(EventTime::windowEnd), "nothing was written yet");
    plan.take(turn(0, 0, document("a")));

    List<IngestPlan.Raw> markers = plan.advance(EventTime::windowEnd);

    assertEquals(List.of(0, 1), markers.stream().map(IngestPlan.Raw::partition).toList());
    assertTrue(markers.stream().allMatch(m -> m.value().getKind() == RawKind.MARKER));
    assertTrue(markers.stream().allMatch(m -> m.value().getOrdinal() == EventTime.WINDOW - 1));
    assertEquals(List.of(), plan.advance(EventTime::windowEnd));
    assertEquals(List.of(), plan.seal(false), "the marker is there already");
    var next = raw(plan.take(turn(0, 1, document("b"))));
    assertEquals(EventTime.WINDOW, next.value().getOrdinal());
    assertEquals(
        2L * EventTime.WINDOW - 1, plan.advance(EventTime::windowEnd).get(0).value().getOrdinal());
    plan.seal(true);
    assertEquals(List.of(), plan.advance(EventTime::windowEnd), "an era that has ended is sealed");
  }

  @Test
  void shouldRejectDocumentWhenItsAttributesMakeItTooLarge() {
    var plan = new IngestPlan(IngestPlan.resume(Optional.empty(), List.of("a")), PARTITIONS);
    String large = "x".repeat(5 << 20);
    var document =
        new Item.Document(
            "s",
            large,
            "f",
            0,
            "text/plain",
            Optional.empty(),
            Optional.empty(),
            0,
            Map.of(),
            new byte[1]);

    var rejected = assertInstanceOf(IngestPlan.Rejected.class, plan.take(turn(0, 0, document)));

    assertEquals("payload.too_large", rejected.value().getReason());
    assertTrue(rejected.value().getUrl().length() < 3_000);
  }

  /**
   * Stops after any number of records and goes on from the position: the output must not differ.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 100})
  void shouldWriteTheSameWhenResumedAfterAnyTransaction(int transactionRecords) throws IOException {
    List<Input> inputs = List.of(jsonLines("a", 5, 3), jsonLines("b", 0, 0), jsonLines("c", 9, 1));
    List<String> whole = run(inputs, Optional.empty(), 1_000, Integer.MAX_VALUE).lines();

    var resumed = new ArrayList<String>();
    Optional<IngestPosition> position = Optional.empty();
    while (position.isEmpty() || !position.get().getFinished()) {
      Run part = run(inputs, position, transactionRecords, 1);
      resumed.addAll(part.lines());
      position = Optional.of(part.position());
    }

    assertEquals(whole, resumed);
    assertEquals(14 - 2, whole.stream().filter(line -> line.startsWith("DOCUMENT")).count());
    assertEquals(14 + 1, position.get().getRead()); // that b is empty
    assertEquals(whole.size(), new HashSet<>(whole).size());
    assertEquals(
        position.get().getRead(), position.get().getWritten() + position.get().getRejected());
  }

  private record Run(List<String> lines, IngestPosition position) {}

  private static Run run(
      List<Input> inputs, Optional<IngestPosition> last, int transactionRecords, int transactions)
      throws IOException {
    List<String> open =
        last.map(IngestPosition::getSources)
            .orElseGet(() -> inputs.stream().map(Input::source).toList());
    IngestPosition from = IngestPlan.resume(last, open);
    var plan = new IngestPlan(from, PARTITIONS);
    var lines = new ArrayList<String>();
    try (var records =
        new RoundRobin(
            inputs.stream().filter(input -> open.contains(input.source())).toList(),
            from.getTurn(),
            from.getTaken(),
            IngestPlan.places(from))) {
      for (int t = 0; t < transactions && !plan.position().getFinished(); t++) {
        boolean exhausted = false;
        for (int i = 0; i < transactionRecords && !exhausted; i++) {
          Optional<RoundRobin.Turn> record = records.next();
          records.finished().forEach(plan::finish);
          record.map(plan::take).map(IngestPlanTest::line).ifPresent(lines::add);
          exhausted = record.isEmpty();
        }
        plan.seal(exhausted);
      }
    }
    return new Run(lines, plan.position());
  }

  private static String line(IngestPlan.Outgoing outgoing) {
    return outgoing instanceof IngestPlan.Raw raw
        ? raw.value().getKind()
            + " "
            + raw.value().getOrdinal()
            + " "
            + raw.value().getId()
            + " "
            + StandardCharsets.UTF_8.decode(raw.value().getPayload().duplicate())
        : outgoing.toString();
  }

  /** Writes {@code lines} lines, the one numbered {@code bad} without text. */
  private Input jsonLines(String name, int lines, int bad) throws IOException {
    var text = new StringBuilder();
    for (int i = 1; i <= lines; i++) {
      text.append(i == bad ? "{}\n" : "{\"url\":\"same\",\"text\":\"" + name + i + "\"}\n");
    }
    return new Input(name, Files.writeString(folder.resolve(name + ".jsonl"), text));
  }

  private static IngestPlan.Raw raw(IngestPlan.Outgoing outgoing) {
    return assertInstanceOf(IngestPlan.Raw.class, outgoing);
  }

  private static RoundRobin.Turn turn(int input, long record, Item item) {
    return new RoundRobin.Turn(input, record, item, new Place("", record + 1, 0, 0, 0));
  }

  private static IngestPlace behind(long records) {
    return new IngestPlace("", records, 0L, 0L, 0L, -1L, 0L, "", List.of());
  }

  private static Item.Document document(String url) {
    return new Item.Document(
        "s",
        url,
        "f",
        0,
        "text/plain",
        Optional.empty(),
        Optional.empty(),
        0,
        Map.of(),
        ByteBuffer.allocate(1).array());
  }

  private static Item.Broken broken() {
    return new Item.Broken("s", "", "f", 77, new Rejection("warc.syntax", "found", "asked"), "");
  }
}
