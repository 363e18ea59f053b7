package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.clean.rule.Profile;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.Subject;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.ops.RunContents;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.explain.DocumentHistory;
import dev.neostream.ops.job.DedupRun.Document;
import dev.neostream.ops.job.DedupRun.Outcome;
import dev.neostream.ops.takedown.TakedownControl;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.avro.BlockFlag;
import dev.neostream.schemas.avro.StageCounts;
import dev.neostream.schemas.avro.TakedownDocument;
import dev.neostream.schemas.avro.TakedownKind;
import dev.neostream.schemas.topic.TopicReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakedownTest {

  private static final Subject HOST = Subject.of(TakedownKind.HOST, "gone.example");
  private static final String REJECTED = "takedown host gone.example";
  private static final DedupConfig CONFIG = DedupConfig.recommended();

  @TempDir Path folder;

  private static String text(Random random) {
    var words = new ArrayList<String>();
    for (int i = 0; i < 200; i++) {
      words.add("w" + Integer.toString(random.nextInt(1 << 20), 36));
    }
    return String.join(" ", words);
  }

  /** A near-duplicate: one word of 200 is another. */
  private static String edited(String text, int word) {
    String[] words = text.split(" ");
    words[word] = "other";
    return String.join(" ", words);
  }

  private static Document document(int number, String host, long crawledAt, String text) {
    return new Document(
        DocumentId.of("test", "document", number),
        "https://" + host + "/" + number,
        crawledAt,
        text);
  }

  private static Set<String> ids(Document... documents) {
    Set<String> ids = new TreeSet<>();
    for (Document document : documents) {
      ids.add(document.id());
    }
    return ids;
  }

  private static TakedownControl control(DedupRun run) {
    return new TakedownControl(run.connection(), Optional::of, CONFIG);
  }

  @Test
  void shouldForgetASurvivorThatIsHeld() throws Exception {
    var random = new Random(1);
    String page = text(random);
    String other = text(random);
    Document survivor = document(0, "www.gone.example", 1_000, page);
    Document copy = document(1, "kept.example", 2_000, edited(page, 20));
    Document unrelated = document(2, "kept.example", 1_000, other);
    Document copyOfUnrelated = document(3, "kept.example", 2_000, other);
    // A better copy of what was dropped with the survivor, then one of that.
    Document again = document(4, "kept.example", 1_500, copy.text());
    Document copyAgain = document(5, "kept.example", 1_600, edited(page, 90));
    Document later = document(6, "gone.example", 1_000, text(random));
    Document laterCopy = document(7, "kept.example", 2_000, edited(other, 50));
    var scope = new DedupScope(EventTime.WINDOW, 1, 0, 1_000);
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"))) {
      var run = new DedupRun(broker, "held", CONFIG, scope, folder);
      run.send(List.of(survivor, copy, unrelated, copyOfUnrelated), 0);
      run.reach(EventTime.WINDOW - 1);
      EmbeddedFlink flink = run.start(2);
      run.await(flink, counts -> DedupRun.sum(counts, StageCounts::getDuplicates) == 2);

      TakedownControl.Found found = control(run).find(HOST);
      assertEquals(ids(survivor), new TreeSet<>(found.matched()));
      Map<String, Boolean> forgotten = new TreeMap<>();
      for (TakedownDocument document : found.documents()) {
        forgotten.put(document.getId(), document.getMatched());
      }
      assertEquals(Map.of(survivor.id(), true, copy.id(), false), Map.copyOf(forgotten));
      assertEquals(List.of(1), control(run).send(found, "owner", "mine", 0));
      run.await(
          flink,
          counts ->
              DedupRun.sum(counts, StageCounts::getRejected) == 1
                  && DedupRun.sum(counts, StageCounts::getHeld) == 1);
      run.send(List.of(again, copyAgain, later, laterCopy), EventTime.WINDOW);
      run.end(0);
      run.await(flink, 8, true);
      run.stop(flink);

      Outcome outcome = run.outcome();
      assertEquals(ids(unrelated, again), new TreeSet<>(outcome.unique()));
      assertEquals(2, outcome.unique().size());
      assertEquals(
          new TreeMap<>(
              Map.of(
                  copy.id(), survivor.id(),
                  copyOfUnrelated.id(), unrelated.id(),
                  copyAgain.id(), again.id(),
                  laterCopy.id(), unrelated.id())),
          outcome.canonicals());
      assertEquals(Map.of(survivor.id(), REJECTED, later.id(), REJECTED), run.rejected());
      String line = "taken down by takedown 1 (host gone.example) of owner: mine";
      assertEquals(
          List.of(
              "rejected by dedup, takedown: host gone.example, must be in no takedown (1)", line),
          DocumentHistory.of(run.connection(), List.of(survivor.id())).get(survivor.id()));
    }
  }

  @Test
  void shouldForgetASurvivorThatWasHandedOn() throws Exception {
    var random = new Random(2);
    String page = text(random);
    Document survivor = document(0, "gone.example", 1_000, page);
    Document later = document(1, "gone.example", 1_000, text(random));
    Document again = document(2, "kept.example", 2_000, page);
    Document atLast = document(3, "gone.example", 1_000, page);
    var scope = new DedupScope(EventTime.WINDOW, 0, 0, 1_000);
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"))) {
      var run = new DedupRun(broker, "handed-on", CONFIG, scope, folder);
      run.send(List.of(survivor), 0);
      run.reach(EventTime.WINDOW - 1);
      EmbeddedFlink first = run.start(1);
      run.await(first, 1, true);
      control(run).send(control(run).find(HOST), "owner", "mine", 0);
      run.send(List.of(later), EventTime.WINDOW);
      run.await(first, counts -> DedupRun.sum(counts, StageCounts::getRejected) == 1);
      run.stop(first);

      run.send(List.of(again, atLast), EventTime.WINDOW + 1);
      run.end(0);
      Outcome outcome = run.runToEnd(2, 4);

      assertEquals(ids(survivor, again), new TreeSet<>(outcome.unique()));
      assertEquals(List.of(), outcome.marks());
      assertEquals(Map.of(later.id(), REJECTED, atLast.id(), REJECTED), run.rejected());
    }
  }

  @Test
  void shouldFlagSealedBlocksOnce() throws Exception {
    var cleaner = new Cleaner(CleanConfig.of(Profile.recommended()));
    try (Pipeline pipeline = Pipeline.start(folder);
        EmbeddedFlink flink =
            pipeline.submit(
                2,
                Duration.ofSeconds(1),
                CorpusJob.sink(pipeline.connection(), Duration.ofHours(1)))) {
      pipeline.runToEnd(flink);
      var control =
          new TakedownControl(
              pipeline.connection(),
              raw ->
                  cleaner.clean(raw) instanceof Cleaned.Clean clean
                      ? Optional.of(clean.document())
                      : Optional.empty(),
              CONFIG);
      String id = RunContents.read(pipeline.connection()).tokenised().iterator().next();
      TakedownControl.Found found = control.find(Subject.of(TakedownKind.ID, id));
      assertEquals(Set.of(id), found.matched());
      List<String> places = found.blocks().get(id);
      assertFalse(places.isEmpty());

      assertEquals(List.of(1), control.send(found, "owner", "mine", 0));
      assertEquals(List.of(2), control.send(found, "owner", "again", 0));

      List<String> flagged = new ArrayList<>();
      try (var flags =
          new TopicReader<>(
              pipeline.connection(),
              pipeline.connection().topics().blockFlags(),
              BlockFlag.class)) {
        for (BlockFlag flag : flags.readToEnd()) {
          flagged.add(flag.getDomain() + "/" + flag.getLane() + "/" + flag.getBlock());
          assertEquals(List.of(id), flag.getDocuments());
          assertEquals(1, flag.getTakedown());
        }
      }
      assertEquals(new TreeSet<>(places), new TreeSet<>(flagged));
      assertEquals(places.size(), flagged.size());
      assertEquals(2, control.history().size());
    }
  }
}
