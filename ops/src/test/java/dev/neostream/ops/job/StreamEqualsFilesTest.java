package dev.neostream.ops.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.file.FileDeduplicator;
import dev.neostream.ops.file.LineFile;
import dev.neostream.ops.job.DedupRun.Document;
import dev.neostream.ops.job.DedupRun.Outcome;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.avro.DuplicateMark;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same documents through the stream, in one window, and through files: the same decisions. */
class StreamEqualsFilesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path NEAR_DUPLICATES =
      Path.of("../../shared/data/near-duplicates/documents.jsonl.gz");
  private static final long YEAR_2020 = 1_577_836_800_000L;

  @TempDir static Path folder;
  private static EmbeddedBroker broker;

  /** Why a document was dropped; the similarity in ten-thousandths, of equal URLs 10,000. */
  private record Drop(String canonical, String rule, long similarity, boolean counted) {}

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(folder.resolve("kafka"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private static Document document(int number, long crawledAt, String url, String text) {
    return new Document(DocumentId.of("test", "document", number), url, crawledAt, text);
  }

  private static List<String> words(SplittableRandom random) {
    return random
        .ints(100 + random.nextInt(200), 0, 1 << 20)
        .mapToObj(i -> "w" + Integer.toString(i, 36))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** Families of near copies and of exact ones, short texts, and URLs shared with others. */
  private static List<Document> families(int size) {
    var random = new SplittableRandom(7);
    var documents = new ArrayList<Document>();
    var texts = new ArrayList<List<String>>();
    for (int i = 0; i < size; i++) {
      List<String> words =
          i < 10 || random.nextInt(3) == 0
              ? words(random)
              : new ArrayList<>(texts.get(random.nextInt(texts.size())));
      for (int edits = random.nextInt(6); edits > 0; edits--) {
        words.set(random.nextInt(words.size()), "e" + random.nextInt(1 << 20));
      }
      texts.add(words);
      documents.add(
          document(
              i,
              random.nextInt(4) == 0 ? 0 : YEAR_2020 + random.nextInt(size),
              random.nextInt(3) == 0 ? "https://example.org/" + random.nextInt(size / 4) : "",
              random.nextInt(10) == 0 ? "Short " + i / 20 : String.join(" ", words)));
    }
    return documents;
  }

  private static List<Document> realDocuments() throws IOException {
    assumeTrue(Files.isRegularFile(NEAR_DUPLICATES), "shared/data is absent");
    var documents = new ArrayList<Document>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(NEAR_DUPLICATES)), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        documents.add(document(documents.size(), 0, "", JSON.readTree(line).get("text").asText()));
      }
    }
    return documents;
  }

  private static TreeMap<String, Drop> stream(
      String name, DedupConfig config, List<Document> documents) throws Exception {
    int windows = documents.size() / EventTime.WINDOW + 1;
    var scope = new DedupScope(windows * EventTime.WINDOW, 0, 0, 1_000);
    var run = new DedupRun(broker, name, config, scope, folder);
    run.send(documents, 0);
    run.end(0);
    Outcome outcome = run.runToEnd(2, documents.size());
    var drops = new TreeMap<String, Drop>();
    for (DuplicateMark mark : outcome.marks()) {
      drops.put(
          mark.getId(),
          new Drop(
              mark.getCanonical(),
              mark.getRule(),
              Math.round(mark.getSimilarity() * 1e4),
              mark.getCounted()));
    }
    var all = new TreeSet<>(outcome.unique());
    all.addAll(drops.keySet());
    assertEquals(documents.size(), all.size());
    assertEquals(documents.size(), outcome.unique().size() + drops.size());
    return drops;
  }

  private static TreeMap<String, Drop> files(
      String name, DedupConfig config, List<Document> documents) throws IOException {
    var lines = new ArrayList<String>();
    for (Document document : documents) {
      var line = JSON.createObjectNode().put("id", document.id()).put("text", document.text());
      if (!document.url().isEmpty()) {
        line.put("url", document.url());
      }
      if (document.crawledAt() > 0) {
        line.put("crawled_at", document.crawledAt());
      }
      lines.add(JSON.writeValueAsString(line));
    }
    Path input = Files.write(folder.resolve(name + ".jsonl"), lines);
    Path output = folder.resolve(name + "-duplicates.jsonl");
    try (var duplicates = new LineFile(output)) {
      FileDeduplicator.recommended(config, 2, folder)
          .run(
              Inputs.resolve(List.of(input)),
              new FileDeduplicator.Outputs(
                  Optional.empty(), Optional.of(duplicates), Optional.empty(), Optional.empty()));
    }
    var drops = new TreeMap<String, Drop>();
    for (String line : Files.readAllLines(output)) {
      JsonNode drop = JSON.readTree(line);
      boolean compared = drop.hasNonNull("jaccard");
      drops.put(
          drop.get("id").asText(),
          new Drop(
              drop.get("canonical").asText(),
              drop.get("rule").asText(),
              compared ? Math.round(drop.get("jaccard").asDouble() * 1e4) : 10_000,
              !compared || drop.get("exact_jaccard").asBoolean()));
    }
    return drops;
  }

  @Test
  void shouldDecideAboutRealDocumentsAlike() throws Exception {
    DedupConfig config = DedupConfig.recommended();
    List<Document> documents = realDocuments();

    TreeMap<String, Drop> files = files("real", config, documents);

    assertTrue(files.size() > 200, "duplicates=" + files.size());
    assertEquals(files, stream("real", config, documents));
  }

  @Test
  void shouldDecideAboutSharedUrlsAndChainsAlike() throws Exception {
    DedupConfig standard = DedupConfig.recommended();
    var config =
        new DedupConfig(
            List.of(DedupStage.URL, DedupStage.EXACT, DedupStage.MINHASH),
            standard.priority(),
            standard.shingles(),
            standard.bands(),
            standard.threshold(),
            standard.sightings(),
            standard.passagesByHost(),
            standard.window(),
            standard.minCharacters());
    List<Document> documents = families(600);

    TreeMap<String, Drop> files = files("families", config, documents);

    for (String rule : List.of("url", "exact", "minhash")) {
      assertTrue(files.values().stream().anyMatch(drop -> drop.rule().equals(rule)), rule);
    }
    assertEquals(files, stream("families", config, documents));
  }
}
