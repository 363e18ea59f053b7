package dev.neostream.ops.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.Priority;
import dev.neostream.ingest.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDeduplicatorTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path NEAR_DUPLICATES = Path.of("../../shared/data/near-duplicates");
  private static final String PARAGRAPH =
      "The library keeps the books that people have given to it over many years.";

  @TempDir Path folder;

  private static DedupConfig config(Priority priority, DedupStage... stages) {
    DedupConfig standard = DedupConfig.recommended();
    return new DedupConfig(
        List.of(stages),
        priority,
        standard.shingles(),
        standard.bands(),
        standard.threshold(),
        standard.sightings(),
        standard.passagesByHost(),
        standard.window(),
        standard.minCharacters());
  }

  private static String words(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "word" + (1_000 + i))
        .collect(Collectors.joining(" "));
  }

  private static String json(String id, long timestamp, String text) throws IOException {
    return JSON.writeValueAsString(
        JSON.createObjectNode().put("id", id).put("timestamp", timestamp).put("text", text));
  }

  private static String page(String id, String url, String text) throws IOException {
    return JSON.writeValueAsString(
        JSON.createObjectNode().put("id", id).put("url", url).put("text", text));
  }

  private Path write(String name, List<String> lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  private Path write(String name, String... lines) throws IOException {
    return write(name, List.of(lines));
  }

  private DedupSummary dedup(FileDeduplicator deduplicator, Path state, Path... inputs)
      throws IOException {
    try (var unique = new LineFile(folder.resolve("unique.out"));
        var duplicates = new LineFile(folder.resolve("duplicates.out"));
        var rejects = new LineFile(folder.resolve("rejects.out"));
        var changes = new LineFile(folder.resolve("changes.out"))) {
      var outputs =
          new FileDeduplicator.Outputs(
              Optional.of(unique),
              Optional.of(duplicates),
              Optional.of(rejects),
              Optional.of(changes));
      DedupSummary summary =
          state == null
              ? deduplicator.run(Inputs.resolve(List.of(inputs)), outputs)
              : deduplicator.run(Inputs.resolve(List.of(inputs)), outputs, state);
      assertEquals(summary.uniques(), lines("unique").size());
      assertEquals(summary.duplicates(), lines("duplicates").size());
      assertEquals(summary.rejected(), lines("rejects").size());
      assertEquals(summary.changed(), lines("changes").size());
      return summary;
    }
  }

  private FileDeduplicator recommended(DedupConfig config, int threads) {
    return FileDeduplicator.recommended(config, threads, folder);
  }

  private DedupSummary dedup(DedupConfig config, Path... inputs) throws IOException {
    return dedup(recommended(config, 2), null, inputs);
  }

  private List<JsonNode> lines(String name) throws IOException {
    var lines = new ArrayList<JsonNode>();
    for (String line : Files.readAllLines(folder.resolve(name + ".out"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private List<String> ids(String name) throws IOException {
    return lines(name).stream().map(line -> line.get("id").asText()).toList();
  }

  private static List<String> realDocuments() throws IOException {
    assumeTrue(Files.isDirectory(NEAR_DUPLICATES), "shared/data is absent");
    try (var in =
        new GZIPInputStream(Files.newInputStream(NEAR_DUPLICATES.resolve("documents.jsonl.gz")))) {
      return new String(in.readAllBytes(), UTF_8).lines().toList();
    }
  }

  private static Map<String, Double> realPairs() throws IOException {
    var pairs = new HashMap<String, Double>();
    List<String> lines = Files.readAllLines(NEAR_DUPLICATES.resolve("pairs.tsv"));
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split("\t");
      pairs.put(fields[0] + "\t" + fields[1], Double.parseDouble(fields[2]));
      pairs.put(fields[1] + "\t" + fields[0], Double.parseDouble(fields[2]));
    }
    return pairs;
  }

  private double recall(Map<String, Double> pairs) throws IOException {
    var unique = new TreeSet<>(ids("unique"));
    List<String> near = pairs.keySet().stream().filter(pair -> pairs.get(pair) >= 0.8).toList();
    return near.stream().filter(pair -> !unique.containsAll(List.of(pair.split("\t")))).count()
        / (double) near.size();
  }

  private static double truth(Map<String, Double> pairs, JsonNode duplicate) {
    return pairs.getOrDefault(
        duplicate.get("id").asText() + "\t" + duplicate.get("canonical").asText(), 0.0);
  }

  private double precision(Map<String, Double> pairs) throws IOException {
    List<JsonNode> dropped = lines("duplicates");
    return dropped.stream().filter(line -> truth(pairs, line) >= 0.75).count()
        / (double) dropped.size();
  }

  @Test
  void shouldFindWhatIsTrulyNear() throws IOException {
    Map<String, Double> pairs = new HashMap<>();
    Path input = write("in.jsonl", realDocuments());
    pairs.putAll(realPairs());

    DedupSummary summary = dedup(DedupConfig.recommended(), input);

    assertEquals(487, summary.read());
    assertTrue(recall(pairs) >= 0.97, "recall " + recall(pairs));
    assertTrue(precision(pairs) >= 0.99, "precision " + precision(pairs));
    for (JsonNode line : lines("duplicates")) {
      if (line.get("exact_jaccard").asBoolean()) {
        assertEquals(truth(pairs, line), line.get("jaccard").asDouble(), 0.02, line.toString());
      }
    }
  }

  @Test
  void shouldDropLessPreciselyAsPublished() throws IOException {
    Path input = write("in.jsonl", realDocuments());
    Map<String, Double> pairs = realPairs();

    dedup(FileDeduplicator.published(DedupConfig.recommended(), 2, folder), null, input);

    assertTrue(precision(pairs) < 0.95, "precision " + precision(pairs));
  }

  @Test
  void shouldLeaveTheSameSurvivorsInAnyOrderAndWithAnyThreads() throws IOException {
    List<String> documents = realDocuments();
    dedup(DedupConfig.recommended(), write("in.jsonl", documents));
    var expected = new TreeSet<>(Files.readAllLines(folder.resolve("duplicates.out")));
    for (int seed = 0; seed < 20; seed++) {
      List<String> shuffled = new ArrayList<>(documents);
      Collections.shuffle(shuffled, new Random(seed));

      dedup(
          recommended(DedupConfig.recommended(), 1 << seed % 3), null, write("in.jsonl", shuffled));

      assertEquals(expected, new TreeSet<>(Files.readAllLines(folder.resolve("duplicates.out"))));
    }
  }

  @Test
  void shouldDecideAboutTenPiecesAsAtOnce() throws IOException {
    List<String> documents = realDocuments();
    DedupConfig config = config(Priority.LONGEST, DedupStage.EXACT, DedupStage.MINHASH);
    dedup(config, write("in.jsonl", documents));
    var expected = new TreeSet<>(ids("unique"));
    List<String> shuffled = new ArrayList<>(documents);
    Collections.shuffle(shuffled, new Random(3));
    var unique = new TreeSet<String>();
    long changes = 0;
    for (int i = 0; i < 10; i++) {
      Path piece = write("p.jsonl", shuffled.subList(i * 487 / 10, (i + 1) * 487 / 10));

      DedupSummary summary = dedup(recommended(config, 2), folder.resolve("state"), piece);

      unique.addAll(ids("unique"));
      for (JsonNode change : lines("changes")) {
        String id = change.get("id").asText();
        if (change.get("now").asText().equals("unique")) {
          unique.add(id);
        } else {
          unique.remove(id);
        }
      }
      changes += summary.retracted();
    }

    assertEquals(expected, unique);
    assertTrue(changes > 0, "retractions");
  }

  @Test
  void shouldAccountForEveryRecord() throws IOException {
    Path input =
        write(
            "in.jsonl",
            "{\"id\":1,\"text\":\"one\"}",
            "{\"id\":2,\"text\":\"ONE \"}",
            "{\"id\":1,\"text\":\"another\"}",
            "{\"id\":1,\"text\":\"one\"}",
            "{\"id\":3}",
            "{",
            "{\"text\":\"\"}");

    DedupSummary summary = dedup(DedupConfig.recommended(), input);

    assertEquals(7, summary.read());
    assertEquals(3, summary.uniques());
    assertEquals(Map.of("exact", 1L), summary.duplicatesByRule());
    assertEquals(
        Map.of("dedup.seen_before", 1L, "jsonl.no_text", 1L, "jsonl.syntax", 1L),
        summary.rejectedByReason());
    assertEquals(List.of("1", "1"), ids("unique").subList(0, 2));
    JsonNode duplicate = lines("duplicates").get(0);
    assertEquals(
        "{\"id\":2,\"url\":\"2\",\"source\":\"in.jsonl\",\"canonical\":1,\"jaccard\":1.0,"
            + "\"exact_jaccard\":true,\"rule\":\"exact\"}",
        duplicate.toString());
  }

  @Test
  void shouldPassSurvivorsThroughAsTheyWere() throws IOException {
    String line =
        "{\"id\":7,\"url\":\"http://a/\",\"text\":\"A\\r\\nB\\u0000 \\ufeff<b>\",\"domain\":\"web\","
            + "\"n\":1.50,\"o\":{\"k\":[true,null]},\"s\":\"1\"}";

    dedup(DedupConfig.recommended(), write("in.jsonl", line));

    assertEquals(JSON.readTree(line), lines("unique").get(0));
    assertTrue(Files.readString(folder.resolve("unique.out")).contains("\"n\":1.50"));
  }

  @Test
  void shouldRankByTheFieldsOfALine() throws IOException {
    Path input =
        write(
            "in.jsonl",
            "{\"id\":\"a\",\"text\":\"One\",\"quality\":0.5}",
            "{\"id\":\"b\",\"text\":\"one   \",\"date\":\"2026-01-02\",\"quality\":0.25}",
            "{\"id\":\"c\",\"text\":\"ONE\",\"timestamp\":1700000000,\"quality\":0.75}",
            "{\"id\":\"d\",\"text\":\"oNE\",\"warc_date\":\"2024-05-01T00:00:00Z\"}");
    var survivors = new TreeMap<Priority, List<String>>();
    for (Priority priority : Priority.values()) {
      dedup(config(priority, DedupStage.EXACT), input);
      survivors.put(priority, ids("unique"));
    }

    assertEquals(
        Map.of(
            Priority.EARLIEST, List.of("c"),
            Priority.LATEST, List.of("b"),
            Priority.LONGEST, List.of("b"),
            Priority.BEST, List.of("c")),
        survivors);
  }

  @Test
  void shouldTellChangesOfEarlierDecisions() throws IOException {
    DedupConfig config = config(Priority.EARLIEST, DedupStage.EXACT, DedupStage.MINHASH);
    Path state = folder.resolve("state");
    // b resembles a and c, which are unlike: with c, b is c's copy, and a is on its own again.
    String b = words(0, 200);
    String a = words(-15, 0) + " " + words(15, 200);
    String c = words(0, 185) + " " + words(200, 215);
    Path first = write("1.jsonl", json("b", 2, b), json("a", 3, a));
    Path second = write("2.jsonl", json("c", 1, c));

    dedup(recommended(config, 1), state, first);
    assertEquals(List.of("b"), ids("unique"));
    DedupSummary summary = dedup(recommended(config, 1), state, second);

    assertEquals(List.of("c"), ids("unique"));
    assertEquals(2, summary.known());
    assertEquals(1, summary.retracted());
    assertEquals(1, summary.readmitted());
    // 181 shingles in common, 15 on each side.
    assertEquals(
        List.of(
            "{\"id\":\"b\",\"was\":\"unique\",\"now\":\"duplicate\",\"canonical\":\"c\","
                + "\"jaccard\":0.8578,\"exact_jaccard\":true,\"rule\":\"minhash\"}",
            "{\"id\":\"a\",\"was\":\"duplicate\",\"now\":\"unique\"}"),
        lines("changes").stream().map(JsonNode::toString).toList());

    DedupSummary again = dedup(recommended(config, 1), state, second);
    assertEquals(Map.of("dedup.seen_before", 1L), again.rejectedByReason());
    assertEquals(0, again.changed());
  }

  @Test
  void shouldCutParagraphsOutOfAllButTheFirstByPriority() throws IOException {
    String other = "The garden is quiet even in summer, and there is a desk by the door.";
    Path input =
        write(
            "in.jsonl",
            "{\"id\":\"c\",\"text\":\"" + PARAGRAPH + "\\n" + other + "\"}",
            "{\"id\":\"b\",\"text\":\"" + PARAGRAPH + "\\nEnd.\"}",
            "{\"id\":\"a\",\"text\":\"Start.\\n" + PARAGRAPH + "\"}");

    DedupSummary summary = dedup(config(Priority.EARLIEST, DedupStage.PARAGRAPH), input);

    assertEquals(List.of("c", "a"), ids("unique"));
    assertEquals(other, lines("unique").get(0).get("text").asText().strip());
    assertEquals("Start.\n" + PARAGRAPH, lines("unique").get(1).get("text").asText());
    assertEquals("dedup.too_short", lines("rejects").get(0).get("reason").asText());
    assertEquals("4", lines("rejects").get(0).get("value").asText());
    assertEquals(">= 20", lines("rejects").get(0).get("threshold").asText());
    assertEquals(3, summary.read());
    assertTrue(summary.cutBytesByStage().get("paragraph") >= 2L * PARAGRAPH.length());
  }

  @Test
  void shouldCutSimilarLinesOutOfADocument() throws IOException {
    String line =
        "\u8fd9\u4e2a\u56fe\u4e66\u9986\u591a\u5e74\u6765\u4fdd\u5b58\u7740\u4eba\u4eec\u8d60\u9001\u7684\u8bb8\u591a\u4e66\u7c4d\u3002";
    String other =
        "\u82b1\u56ed\u91cc\u5373\u4f7f\u5728\u590f\u5929\u4e5f\u5f88\u5b89\u9759\uff0c\u95e8\u8fb9\u653e\u7740\u4e00\u5f20\u684c\u5b50\u3002";
    String edited = line.replace("\u8bb8\u591a", "\u5f88\u591a");
    Path input =
        write(
            "in.jsonl",
            page("a", "", line + "\n" + other + "\n" + edited),
            page("b", "", line + "\n" + other));

    DedupSummary summary = dedup(config(Priority.EARLIEST, DedupStage.LINE), input);

    assertEquals(line + "\n" + other, lines("unique").get(0).get("text").asText().strip());
    assertEquals(line + "\n" + other, lines("unique").get(1).get("text").asText());
    assertTrue(summary.cutBytesByStage().get("line") >= edited.getBytes(UTF_8).length);
  }

  @Test
  void shouldCutSubstringsOutOfAllButTheFirstByPriority() throws IOException {
    Path input =
        write(
            "in.jsonl",
            json("a", 2, "Before it stands this. " + PARAGRAPH + " Behind it stands that."),
            json("b", 1, "First it is read here: " + PARAGRAPH));

    DedupSummary summary = dedup(config(Priority.EARLIEST, DedupStage.SUBSTRING), input);

    assertEquals(List.of("a", "b"), ids("unique"));
    assertEquals(
        "Before it stands this. Behind it stands that.",
        lines("unique").get(0).get("text").asText());
    assertTrue(lines("unique").get(1).get("text").asText().endsWith(PARAGRAPH));
    assertTrue(summary.cutBytesByStage().get("substring") >= PARAGRAPH.length());
  }

  @Test
  void shouldCountSightingsByHost() throws IOException {
    String end = "\nAnd this is what the page itself has to say.";
    Path input =
        write(
            "in.jsonl",
            page("a", "http://one.example/1", PARAGRAPH + end + " One"),
            page("b", "http://two.example/1", PARAGRAPH + end + " Two"),
            page("c", "https://TWO.example/2", PARAGRAPH + end + " Three"),
            page("d", "no page", PARAGRAPH + end + " Four"));
    DedupConfig everywhere = config(Priority.EARLIEST, DedupStage.PARAGRAPH);
    var byHost =
        new DedupConfig(
            everywhere.stages(),
            everywhere.priority(),
            everywhere.shingles(),
            everywhere.bands(),
            everywhere.threshold(),
            everywhere.sightings(),
            true,
            everywhere.window(),
            everywhere.minCharacters());

    dedup(everywhere, input);
    assertEquals(List.of("a"), idsOfThoseWith(PARAGRAPH));
    dedup(byHost, input);
    assertEquals(List.of("a", "b", "d"), idsOfThoseWith(PARAGRAPH));
  }

  private List<String> idsOfThoseWith(String passage) throws IOException {
    return lines("unique").stream()
        .filter(line -> line.get("text").asText().contains(passage))
        .map(line -> line.get("id").asText())
        .toList();
  }

  private List<String> publishedTexts(DedupStage stage, String... texts) throws IOException {
    var lines = new ArrayList<String>();
    for (int i = 0; i < texts.length; i++) {
      lines.add(page("d" + i, "", texts[i]));
    }
    DedupConfig config = config(Priority.EARLIEST, stage);
    dedup(FileDeduplicator.published(config, 2, folder), null, write("in.jsonl", lines));
    return lines("unique").stream().map(line -> line.get("text").asText()).toList();
  }

  @Test
  void shouldCutParagraphsAsPublished() throws IOException {
    // Blank and short lines too, which ours keeps.
    assertEquals(
        List.of("Heading\n\n" + PARAGRAPH, "The end of this text, which is its own."),
        publishedTexts(
            DedupStage.PARAGRAPH,
            "Heading\n\n" + PARAGRAPH,
            "Heading\n\nThe end of this text, which is its own.",
            PARAGRAPH + "\nThe end."));
    assertEquals("dedup.too_short", lines("rejects").get(0).get("reason").asText());
  }

  @Test
  void shouldCutLinesAsPublished() throws IOException {
    // Sentences end at decimal points, so half of one goes.
    assertEquals(
        List.of("圆周率是3.14。15。这是一个不同的句子。"),
        publishedTexts(DedupStage.LINE, "圆周率是3.14。圆周率是3.15。这是一个不同的句子。"));
  }

  @Test
  void shouldCutSubstringsAsPublished() throws IOException {
    // In the middle of words; the last window of a text is not looked at.
    String window = PARAGRAPH.substring(0, 50);
    assertEquals(
        List.of(window + "xyz", "A start of its own: abz, and an end."),
        publishedTexts(
            DedupStage.SUBSTRING,
            window + "xyz",
            "A start of its own: ab" + window + "xyz, and an end."));
  }

  @Test
  void shouldReadEveryKindOfInput() throws IOException {
    Path samples = Path.of("../../shared/data/warc-samples");
    assumeTrue(Files.isDirectory(samples), "shared/data is absent");

    DedupSummary summary =
        dedup(
            config(Priority.LATEST, DedupStage.URL, DedupStage.EXACT, DedupStage.MINHASH), samples);

    assertTrue(summary.uniques() > 50 && summary.duplicates() > 0 && summary.rejected() > 0);
    var unique = new TreeSet<>(ids("unique"));
    lines("duplicates")
        .forEach(line -> assertTrue(unique.contains(line.get("canonical").asText())));
  }

  @Test
  void shouldLeaveNothingBehindWhenItFails() throws IOException {
    DedupConfig config = DedupConfig.recommended();
    Path state = folder.resolve("state");
    dedup(recommended(config, 1), state, write("in.jsonl", "{\"text\":\"one\"}"));
    Files.delete(folder.resolve("unique.out"));
    DedupConfig other = config(Priority.LATEST, DedupStage.EXACT);

    assertThrows(
        IllegalArgumentException.class,
        () -> dedup(recommended(other, 1), state, folder.resolve("in.jsonl")));

    assertFalse(Files.exists(folder.resolve("unique.out")));
    try (var files = Files.list(folder)) {
      assertEquals(
          List.of(), files.filter(file -> file.getFileName().toString().startsWith(".")).toList());
    }
  }
}
