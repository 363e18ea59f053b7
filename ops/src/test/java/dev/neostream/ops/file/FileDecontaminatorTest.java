package dev.neostream.ops.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.dedup.contamination.BenchmarkSet;
import dev.neostream.dedup.contamination.ContaminationIndex;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.TestCorpus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDecontaminatorTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String QUESTION =
      "A ferry carries 1,200 passengers on each trip and makes three trips before noon. Half of"
          + " them pay $4 for a ticket. How much money does the captain collect?";

  @TempDir Path folder;

  private ContaminationIndex index;

  @BeforeEach
  void readTheSet() throws IOException {
    Path set =
        write("set.jsonl", "{\"id\":\"q7\",\"question\":\"" + QUESTION + "\",\"answer\":\"7200\"}");
    index = ContaminationIndex.of(List.of(BenchmarkSet.read("sums", List.of(set))));
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  private ContaminationSummary run(List<Path> inputs, int threads, boolean flag)
      throws IOException {
    try (var documents = new FileDocuments(Inputs.resolve(inputs));
        var kept = new LineFile(folder.resolve("kept.jsonl"));
        var rejects = new LineFile(folder.resolve("rejects.jsonl"));
        var hits = new LineFile(folder.resolve("hits.jsonl"))) {
      return new FileDecontaminator(index, threads, flag)
          .run(
              documents,
              new FileDecontaminator.Outputs(
                  Optional.of(kept), Optional.of(rejects), Optional.of(hits)));
    }
  }

  private List<JsonNode> lines(String name) throws IOException {
    var lines = new ArrayList<JsonNode>();
    for (String line : Files.readAllLines(folder.resolve(name))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private Path pages() throws IOException {
    return write(
        "in.jsonl",
        "{\"id\":1,\"text\":\"Ships are large.\",\"n\":1.50,\"domain\":\"sea\",\"o\":{\"k\":[null]}}",
        "{\"id\":2,\"url\":\"http://b/\",\"text\":\"É: " + QUESTION.toUpperCase() + " Yes.\"}",
        "{",
        "{\"id\":3,\"html\":\"<p>Quiz</p><p>" + QUESTION.replace(",", " ") + "</p>\"}");
  }

  @Test
  void shouldRejectWhatRepeatsAnItemAndPassTheRestThrough() throws IOException {
    ContaminationSummary summary = run(List.of(pages()), 1, false);

    String kept = Files.readString(folder.resolve("kept.jsonl"));
    assertTrue(
        kept.endsWith(
            "\"text\":\"Ships are large.\",\"domain\":\"sea\",\"n\":1.50,\"o\":{\"k\":[null]}}\n"),
        kept);
    List<JsonNode> rejects = lines("rejects.jsonl");
    assertEquals(3, rejects.size());
    JsonNode reject = rejects.get(0);
    assertEquals(2, reject.get("id").asInt());
    assertEquals("contamination", reject.get("stage").asText());
    assertEquals("contamination.sums", reject.get("reason").asText());
    assertEquals("q7 question: 29 of 29 words (1.00)", reject.get("value").asText());
    assertEquals("< 13 words", reject.get("threshold").asText());
    assertEquals("q7", reject.at("/contamination/0/item").asText());
    assertEquals("jsonl.syntax", rejects.get(1).get("reason").asText());
    assertEquals("contamination.sums", rejects.get(2).get("reason").asText());
    List<JsonNode> hits = lines("hits.jsonl");
    assertEquals(
        List.of("2 sums q7", "3 sums q7"),
        hits.stream()
            .map(
                hit ->
                    hit.get("id").asText()
                        + " "
                        + hit.get("set").asText()
                        + " "
                        + hit.get("item").asText())
            .toList());
    assertTrue(hits.get(0).at("/evidence/0").asText().startsWith("a ferry carries"));
    assertEquals(4, summary.read());
    assertEquals(1, summary.kept());
    assertEquals(2, summary.contaminated());
    assertEquals(new ContaminationSummary.Found(2, 1), summary.sets().get("sums"));
  }

  @Test
  void shouldFlagWithTheBytesThatAreRepeated() throws IOException {
    ContaminationSummary summary = run(List.of(pages()), 1, true);

    List<JsonNode> kept = lines("kept.jsonl");
    assertEquals(3, kept.size());
    assertFalse(kept.get(0).has("contamination"));
    JsonNode hit = kept.get(1).at("/contamination/0");
    byte[] text = kept.get(1).get("text").asText().getBytes(StandardCharsets.UTF_8);
    assertEquals(
        QUESTION.substring(0, QUESTION.length() - 1).toUpperCase(),
        new String(
            Arrays.copyOfRange(text, hit.get("from").asInt(), hit.get("to").asInt()),
            StandardCharsets.UTF_8));
    assertEquals(1.0, hit.get("share").asDouble());
    assertTrue(hit.at("/evidence/0").asText().startsWith("a ferry carries 1200 passengers"));
    assertEquals(3, summary.kept());
    assertEquals(2, summary.contaminated());
  }

  @Test
  void shouldWriteTheSameBytesWithAnyNumberOfThreads() throws IOException {
    List<Path> inputs = new ArrayList<>(TestCorpus.write(folder.resolve("corpus"), 300));
    inputs.add(pages());

    run(inputs, 1, true);
    String kept = Files.readString(folder.resolve("kept.jsonl"));
    String rejects = Files.readString(folder.resolve("rejects.jsonl"));
    ContaminationSummary four = run(inputs, 4, true);

    assertEquals(TestCorpus.records(300) + 4, four.read());
    assertEquals(kept, Files.readString(folder.resolve("kept.jsonl")));
    assertEquals(rejects, Files.readString(folder.resolve("rejects.jsonl")));
  }
}
