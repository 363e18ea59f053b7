package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.Subject;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.ingest.topic.IngestWriter;
import dev.neostream.ingest.topic.InputControl;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.job.DedupRun.Document;
import dev.neostream.ops.job.DedupRun.Outcome;
import dev.neostream.ops.takedown.TakedownControl;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.Readmission;
import dev.neostream.schemas.avro.CleanDocument;
import dev.neostream.schemas.avro.IngestInput;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.avro.TakedownKind;
import dev.neostream.schemas.topic.TopicWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Duplicates of what is taken down, from the takedown through ingest to their verdict. */
class ReadmissionTest {

  private static final Subject HOST = Subject.of(TakedownKind.HOST, "gone.example");
  private static final DedupConfig CONFIG = DedupConfig.recommended();
  private static final DedupScope SCOPE = new DedupScope(EventTime.WINDOW, 0, 0, 1_000);

  @TempDir static Path kafka;
  private static EmbeddedBroker broker;

  @TempDir Path folder;

  private final String page = text(new Random(1));
  private final String other = text(new Random(2));
  private final Document survivor = document(0, "gone.example", 1_000, page);
  private final Document equal = document(1, "kept.example", 4_000, page);
  // 0.90 with the page, 0.73 with the next one, which has 0.82 with the page.
  private final Document best = document(2, "best.example", 2_000, edited(page, 20, 60));
  private final Document apart = document(3, "kept.example", 3_000, edited(page, 5, 90, 120, 150));
  private final Document goneToo = document(4, "gone.example", 1_500, edited(page, 180));
  private final Document unrelated = document(5, "gone.example.net", 1_000, other);
  private final Document copyOfUnrelated = document(6, "kept.example", 2_000, other);
  private final List<Document> all =
      List.of(survivor, equal, best, apart, goneToo, unrelated, copyOfUnrelated);

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(kafka);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private static String text(Random random) {
    var words = new ArrayList<String>();
    for (int i = 0; i < 200; i++) {
      words.add("w" + Integer.toString(random.nextInt(1 << 20), 36));
    }
    return String.join(" ", words);
  }

  /** Other words in some places: each changes five shingles of 196. */
  private static String edited(String text, int... places) {
    String[] words = text.split(" ");
    for (int place : places) {
      words[place] = "other" + place;
    }
    return String.join(" ", words);
  }

  private static Document document(int number, String host, long crawledAt, String text) {
    return new Document(
        DocumentId.of("test", "document", number),
        "https://" + host + "/" + number,
        crawledAt,
        text);
  }

  /** Returns the id under which a document is read again as the n-th of a takedown. */
  private static String again(int takedown, int n, Document document) {
    return DocumentId.of("takedown/" + takedown, document.url(), n);
  }

  private static TakedownControl control(DedupRun run) {
    return new TakedownControl(run.connection(), Optional::of, CONFIG);
  }

  private DedupRun run(String name) {
    return new DedupRun(broker, name, CONFIG, SCOPE, folder);
  }

  /** Sends the documents and where ingest goes on behind them. */
  private void send(DedupRun run) {
    run.send(all, 0);
    run.reach(EventTime.WINDOW - 1);
    var connection = run.connection();
    try (var writer =
        new TopicWriter<>(
            connection, connection.topics().ingestPositions(), IngestPosition.class)) {
      writer.write(
          new IngestPosition(
              List.of(),
              (long) EventTime.WINDOW,
              0,
              List.of(),
              0L,
              0L,
              0L,
              0L,
              false,
              List.of(),
              List.of()));
    }
  }

  private static IngestWriter writer(DedupRun run) {
    return new IngestWriter(
        run.connection(),
        List.of(),
        List.of(),
        new IngestWriter.Settings(DedupRun.PARTITIONS, 2, true));
  }

  /** Reads what there is to read, by a second writer behind the first document. */
  private static void ingest(DedupRun run) throws IOException {
    var asked = new AtomicInteger();
    try (IngestWriter first = writer(run)) {
      first.run(() -> asked.incrementAndGet() > 2);
    }
    try (IngestWriter second = writer(run)) {
      second.run(() -> false);
      second.seal(SCOPE::release);
    }
  }

  private static Map<String, String> marks(Collection<RawDocument> raws) {
    Map<String, String> marks = new TreeMap<>();
    for (RawDocument raw : raws) {
      if (raw.getOrdinal() >= EventTime.WINDOW && !raw.getId().isEmpty()) {
        marks.put(raw.getId(), raw.getAttributes().get(Readmission.ATTRIBUTE));
      }
    }
    return marks;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 4", "4, 2"})
  void shouldLetTheBestDuplicateInAgain(int before, int after) throws Exception {
    DedupRun run = run("again-" + before);
    send(run);
    EmbeddedFlink first = run.start(before);
    run.await(first, 7, true);
    run.stop(first);
    Outcome taken = run.outcome();
    assertEquals(Set.of(survivor.id(), unrelated.id()), Set.copyOf(taken.unique()));

    TakedownControl.Found found = control(run).find(HOST);
    assertEquals(Set.of(survivor.id(), goneToo.id()), Set.copyOf(found.matched()));
    assertEquals(
        List.of(best.id(), apart.id(), equal.id()), List.copyOf(found.duplicates().keySet()));
    assertEquals(Set.of("test"), Set.copyOf(found.duplicates().values()));
    assertEquals(List.of(1), control(run).send(found, "owner", "mine", 0));
    ingest(run);
    run.start(after).close();
    EmbeddedFlink second = run.start(after);
    run.await(second, 10, true);
    run.stop(second);

    String best2 = again(1, 0, best);
    String apart2 = again(1, 1, apart);
    String equal2 = again(1, 2, equal);
    Outcome outcome = run.outcome();
    assertEquals(
        sorted(survivor.id(), unrelated.id(), best2, apart2), outcome.unique(), "each once");
    assertEquals(best.text(), outcome.texts().get(best2));
    Map<String, String> canonicals = new TreeMap<>(taken.canonicals());
    canonicals.put(equal2, best2);
    assertEquals(canonicals, outcome.canonicals());
    assertEquals(1, outcome.copies().get(best2));
    assertEquals(Map.of(), outcome.rejected());
    Map<String, String> marks = new TreeMap<>();
    marks.put(best2, "\"1 " + best.id() + "\"");
    marks.put(apart2, "\"1 " + apart.id() + "\"");
    marks.put(equal2, "\"1 " + equal.id() + "\"");
    assertEquals(
        marks, marks(run.all(run.connection().topics().rawDocuments(), RawDocument.class)));

    // Repeated, it finds nothing to read again.
    TakedownControl.Found repeated = control(run).find(HOST);
    assertEquals(Map.of(), repeated.duplicates());
    assertEquals(List.of(2), control(run).send(repeated, "owner", "mine", 0));
    assertEquals(Set.of(1), new InputControl(run.connection()).readmitted());

    // Under its first id the new survivor is taken down in turn; its duplicate is another's.
    TakedownControl.Found third = control(run).find(Subject.of(TakedownKind.ID, best.id()));
    assertEquals(Set.of(best.id(), best2), Set.copyOf(third.matched()));
    assertEquals(Map.of(equal2, "test"), third.duplicates());
    assertEquals(List.of(3), control(run).send(third, "owner", "mine", 0));
    ingest(run);
    Outcome last = run.runToEnd(after, 11);

    assertEquals(outcome.unique(), last.unique());
    canonicals.put(again(3, 0, equal), apart2);
    assertEquals(canonicals, last.canonicals());
    List<IngestInput> inputs = List.copyOf(new InputControl(run.connection()).inputs());
    assertEquals(
        List.of("takedown/1 3", "takedown/3 1"),
        inputs.stream().map(input -> input.getSource() + " " + input.getRead()).toList());
  }

  private static List<String> sorted(String... ids) {
    return List.copyOf(new TreeSet<>(List.of(ids)));
  }

  /** The topic of takedowns is read apart: here the job never gets to see it. */
  @Test
  void shouldForgetBeforeADocumentIsReadAgain() throws Exception {
    DedupRun run = run("behind");
    send(run);
    EmbeddedFlink flink = run.startWithTakedowns(2, run.connection().topics().cleanProfiles());
    run.await(flink, 7, true);
    control(run).send(control(run).find(HOST), "owner", "mine", 0);
    ingest(run);
    run.await(flink, 10, true);
    run.stop(flink);

    Outcome outcome = run.outcome();
    assertEquals(
        sorted(survivor.id(), unrelated.id(), again(1, 0, best), again(1, 1, apart)),
        outcome.unique());
    assertEquals(again(1, 0, best), outcome.canonicals().get(again(1, 2, equal)));
  }

  @Test
  void shouldRejectADuplicateThatIsGone() throws Exception {
    DedupRun run = run("gone");
    send(run);
    EmbeddedFlink flink = run.start(2);
    run.await(flink, 7, true);
    run.stop(flink);
    TakedownControl.Found found = control(run).find(HOST);
    DedupRun emptied = run("emptied");
    new TakedownControl(emptied.connection(), Optional::of, CONFIG).send(found, "owner", "mine", 0);
    ingest(emptied);

    List<String> missing = new ArrayList<>();
    for (RejectedDocument reject :
        emptied.all(emptied.connection().topics().rejectedDocuments(), RejectedDocument.class)) {
      missing.add(reject.getReason() + " " + reject.getValue());
    }
    assertEquals(
        List.of(
            "readmission.missing " + best.id(),
            "readmission.missing " + apart.id(),
            "readmission.missing " + equal.id()),
        missing);
    assertEquals(
        List.of(),
        emptied.all(emptied.connection().topics().uniqueDocuments(), CleanDocument.class));
  }
}
