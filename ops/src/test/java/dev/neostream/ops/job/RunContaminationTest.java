package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.clean.rule.Profile;
import dev.neostream.dedup.contamination.BenchmarkSet;
import dev.neostream.dedup.contamination.ContaminationIndex;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.RunContents;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.explain.DocumentBlocks;
import dev.neostream.ops.file.ContaminationSummary;
import dev.neostream.ops.file.Documents;
import dev.neostream.ops.file.FileDocuments;
import dev.neostream.ops.file.LineFile;
import dev.neostream.ops.file.RunContamination;
import dev.neostream.ops.file.RunDocuments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunContaminationTest {

  private static final int ITEMS = 20;

  @TempDir Path folder;

  /** Items made of what the run keeps: sentences of its documents, each an item. */
  private static List<BenchmarkSet.Item> items(Pipeline pipeline, CleanConfig config)
      throws Exception {
    var cleaner = new Cleaner(config);
    var items = new ArrayList<BenchmarkSet.Item>();
    try (Documents documents = new FileDocuments(Inputs.resolve(pipeline.inputs()))) {
      for (Optional<Documents.Entry> entry = documents.next();
          entry.isPresent() && items.size() < ITEMS;
          entry = documents.next()) {
        if (entry.get().item() instanceof dev.neostream.ingest.file.Item.Document
            && cleaner.clean(entry.get().envelope()) instanceof Cleaned.Clean clean) {
          items.add(
              new BenchmarkSet.Item(
                  entry.get().id(),
                  List.of(new BenchmarkSet.Field("text", clean.document().text()))));
        }
      }
    }
    return items;
  }

  @Test
  void shouldRescanWhatARunHasStored() throws Exception {
    CleanConfig config = CleanConfig.of(Profile.recommended());
    Path report = folder.resolve("report.jsonl");
    try (Pipeline pipeline = Pipeline.start(folder);
        EmbeddedFlink flink =
            pipeline.submit(
                2,
                Duration.ofSeconds(1),
                CorpusJob.sink(pipeline.connection(), Duration.ofHours(1)))) {
      pipeline.runToEnd(flink);
      RunContents contents = RunContents.read(pipeline.connection());
      List<BenchmarkSet.Item> items = items(pipeline, config);
      ContaminationIndex index = ContaminationIndex.of(List.of(new BenchmarkSet("own", items)));
      ContaminationSummary summary;
      try (var documents = new RunDocuments(pipeline.connection());
          var out = new LineFile(report)) {
        summary =
            new RunContamination(index, config, 2)
                .run(
                    documents,
                    ids -> DocumentBlocks.of(pipeline.connection(), ids),
                    Optional.of(out));
      }

      Set<String> dropped = new TreeSet<>(contents.rejected());
      dropped.addAll(contents.duplicates());
      Set<String> tokenised = new TreeSet<>(contents.tokenised());
      Set<String> reported = new TreeSet<>();
      for (String line : Files.readAllLines(report)) {
        JsonNode hit = new ObjectMapper().readTree(line);
        String id = hit.get("id").asText();
        reported.add(id);
        assertFalse(dropped.contains(id), line);
        assertTrue(!tokenised.contains(id) || !hit.get("blocks").isEmpty(), line);
        hit.get("blocks")
            .forEach(block -> assertTrue(contents.blockHashes().containsKey(block.asText()), line));
      }
      Set<String> expected = new TreeSet<>();
      for (BenchmarkSet.Item item : items) {
        if (!dropped.contains(item.id())) {
          expected.add(item.id());
        }
      }
      assertFalse(expected.isEmpty());
      assertTrue(reported.containsAll(expected), reported + " " + expected);
      assertEquals(reported.size(), summary.contaminated());
    }
  }
}
