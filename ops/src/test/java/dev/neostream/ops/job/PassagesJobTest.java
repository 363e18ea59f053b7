package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.file.DedupSummary;
import dev.neostream.ops.file.FileDeduplicator;
import dev.neostream.ops.file.LineFile;
import dev.neostream.ops.job.DedupRun.Document;
import dev.neostream.ops.job.DedupRun.Outcome;
import dev.neostream.ops.monitor.Status;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.topic.TopicReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassagesJobTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PLANTED = 30;

  @TempDir static Path folder;
  private static EmbeddedBroker broker;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(folder.resolve("kafka"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private static DedupConfig config(DedupStage... stages) {
    DedupConfig standard = DedupConfig.recommended();
    return new DedupConfig(
        List.of(stages),
        standard.priority(),
        standard.shingles(),
        standard.bands(),
        standard.threshold(),
        3,
        false,
        standard.window(),
        standard.minCharacters());
  }

  private static String sentence(Random random, int words) {
    var all = new ArrayList<String>();
    for (int i = 0; i < words; i++) {
      all.add("w" + Integer.toString(random.nextInt(1 << 20), 36));
    }
    return String.join(" ", all);
  }

  private static String chinese(Random random) {
    var text = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      text.append((char) ('\u4e00' + random.nextInt(1_000)));
    }
    return text.append('\u3002').toString();
  }

  /**
   * New paragraphs among planted ones, planted quotations inside of paragraphs, Chinese lines that
   * differ by a character, documents of planted paragraphs alone, equal documents.
   */
  private static List<Document> corpus(int size, Random random) {
    var planted = new ArrayList<String>();
    for (int i = 0; i < PLANTED; i++) {
      planted.add(sentence(random, 12));
    }
    var documents = new ArrayList<Document>();
    for (int i = 0; i < size; i++) {
      var lines = new ArrayList<String>();
      int paragraphs = 1 + random.nextInt(5);
      for (int p = 0; p < paragraphs; p++) {
        String some = planted.get(random.nextInt(PLANTED));
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> lines.add(some);
          case 3 -> lines.add(sentence(random, 5) + " " + some + " " + sentence(random, 5));
          case 4 -> {
            String line = chinese(random);
            lines.add(line);
            lines.add("\u4e00" + line);
          }
          default -> lines.add(sentence(random, 10));
        }
      }
      String text =
          i > 0 && random.nextInt(20) == 0
              ? documents.get(random.nextInt(i)).text()
              : String.join("\n", lines) + "\n";
      documents.add(
          new Document(
              DocumentId.of("test", "document", i), 1_000 + random.nextInt(size / 2), text));
    }
    return documents;
  }

  /** What file mode makes: texts and reasons of rejects, by id. */
  private record Expected(
      DedupSummary summary, Map<String, String> texts, Map<String, String> rejected) {}

  private static Expected byFiles(DedupConfig config, List<Document> documents) throws Exception {
    var lines = new ArrayList<String>();
    for (Document document : documents) {
      lines.add(
          JSON.writeValueAsString(
              Map.of(
                  "id",
                  document.id(),
                  "text",
                  document.text(),
                  "crawled_at",
                  document.crawledAt())));
    }
    Path in = Files.writeString(folder.resolve("in.jsonl"), String.join("\n", lines) + "\n");
    Path uniqueOut = folder.resolve("unique.out");
    Path rejectsOut = folder.resolve("rejects.out");
    DedupSummary summary;
    try (var unique = new LineFile(uniqueOut);
        var rejects = new LineFile(rejectsOut)) {
      var outputs =
          new FileDeduplicator.Outputs(
              Optional.of(unique), Optional.empty(), Optional.of(rejects), Optional.empty());
      summary =
          FileDeduplicator.recommended(config, 2, folder).run(Inputs.resolve(List.of(in)), outputs);
    }
    return new Expected(summary, byId(uniqueOut, "text"), byId(rejectsOut, "reason"));
  }

  private static Map<String, String> byId(Path lines, String field) throws Exception {
    var values = new TreeMap<String, String>();
    for (String line : Files.readAllLines(lines)) {
      JsonNode document = JSON.readTree(line);
      values.put(document.get("id").asText(), document.get(field).asText());
    }
    return values;
  }

  private static void assertComplete(List<Document> documents, Outcome outcome) {
    assertEquals(outcome.unique().size(), outcome.texts().size());
    assertEquals(
        documents.size(),
        outcome.texts().size() + outcome.rejected().size() + outcome.marks().size());
  }

  @Test
  void shouldLeaveTheTextsOfFileModeInAnyOrderAtAnyParallelism() throws Exception {
    List<Document> documents = corpus(300, new Random(1));
    DedupConfig config =
        config(DedupStage.EXACT, DedupStage.PARAGRAPH, DedupStage.LINE, DedupStage.SUBSTRING);
    Expected files = byFiles(config, documents);
    for (String stage : List.of("paragraph", "line", "substring")) {
      assertTrue(files.summary.cutBytesByStage().get(stage) > 0, stage);
    }
    assertTrue(files.rejected.containsValue("dedup.too_short"));

    var scope = new DedupScope(EventTime.WINDOW, 0, 0, 1_000);
    for (int parallelism : new int[] {1, 3}) {
      var run = new DedupRun(broker, "passages-" + parallelism, config, scope, folder);
      run.send(documents, 0);
      run.end(0);
      Outcome outcome = run.runToEnd(parallelism, documents.size());

      assertComplete(documents, outcome);
      assertEquals(files.texts, outcome.texts(), "parallelism=" + parallelism);
      assertEquals(files.rejected, outcome.rejected(), "parallelism=" + parallelism);
      Collections.shuffle(documents, new Random(2));
    }
  }

  @Test
  void shouldGoOnCountingAtAnotherParallelism() throws Exception {
    int window = EventTime.WINDOW;
    var documents = new ArrayList<Document>();
    // Windows are crawled one after the other, so that their order is the priority's.
    for (Document document : corpus(window + 100, new Random(3))) {
      long later = documents.size() < window ? 0 : 10_000;
      documents.add(new Document(document.id(), document.crawledAt() + later, document.text()));
    }
    DedupConfig config = config(DedupStage.EXACT, DedupStage.PARAGRAPH);
    Expected files = byFiles(config, documents);

    var run = new DedupRun(broker, "rescaled", config, new DedupScope(window, 0, 0, 1_000), folder);
    int part = window + 50;
    run.send(documents.subList(0, part), 0);
    run.reach(part - 1);
    EmbeddedFlink one = run.start(1);
    run.await(one, part, false);
    run.stop(one);
    run.send(documents.subList(part, documents.size()), part);
    run.end(0);
    Outcome outcome = run.runToEnd(3, documents.size());

    assertComplete(documents, outcome);
    assertEquals(files.texts, outcome.texts());
    assertEquals(files.rejected, outcome.rejected());
  }

  @Test
  void shouldForgetSightingsOfErasOutOfScope() throws Exception {
    var random = new Random(4);
    String forgotten = sentence(random, 12) + "\n";
    String remembered = sentence(random, 12) + "\n";
    List<String> planted =
        List.of(forgotten, forgotten, remembered + remembered, forgotten + remembered);
    var scope = new DedupScope(EventTime.WINDOW, 0, 2, 1_000);
    var run =
        new DedupRun(broker, "eras", config(DedupStage.EXACT, DedupStage.PARAGRAPH), scope, folder);
    var texts = new TreeMap<String, String>();
    for (int era = 0; era < planted.size(); era++) {
      String own = sentence(random, 10) + "\n";
      String id = DocumentId.of("test", "era", era);
      run.send(List.of(new Document(id, 0, own + planted.get(era))), EventTime.eraStart(era));
      run.end(era);
      texts.put(id, own + (era == 3 ? forgotten : planted.get(era)));
    }

    assertEquals(texts, run.runToEnd(2, texts.size()).texts());
  }

  @Test
  void shouldAccountForTheWholeRunAndEndItOnce() throws Exception {
    Path own = Files.createDirectory(folder.resolve("run"));
    DedupConfig config =
        config(DedupStage.EXACT, DedupStage.PARAGRAPH, DedupStage.LINE, DedupStage.SUBSTRING);
    try (Pipeline pipeline = Pipeline.start(own, config);
        EmbeddedFlink flink =
            pipeline.submit(
                2,
                Duration.ofSeconds(1),
                CorpusJob.sink(pipeline.connection(), Duration.ofHours(1)))) {
      Status status = pipeline.runToEnd(flink);

      assertEquals("", status.problem());
      assertEquals(
          List.of(
              Stage.CLEAN,
              Stage.DEDUP,
              Stage.PARAGRAPH,
              Stage.LINE,
              Stage.SUBSTRING,
              Stage.TOKENIZE),
          List.copyOf(status.stages().keySet()));
      status.stages().forEach((stage, counts) -> assertTrue(counts.read() > 0, stage.wireName()));
      var closed = new ArrayList<String>();
      try (var index =
          new TopicReader<>(
              pipeline.connection(),
              pipeline.connection().topics().tokenIndex(),
              TokenIndex.class)) {
        for (TokenIndex record : index.readToEnd()) {
          if (record.getClosed()) {
            closed.add(record.getDomain() + "/" + record.getLane());
          }
        }
      }
      assertEquals(closed.stream().distinct().toList(), closed);
      assertEquals(pipeline.tokenize().allLanes().size(), closed.size());
    }
  }
}
