package dev.neostream.ops.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStream;
import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.rule.Profile;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.TestCorpus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCleanerTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PAGE =
      "The library keeps the books that people have given to it over many years. It is open on most"
          + " days, and the staff will help you find what you want to read. There are rooms where"
          + " you can sit with a newspaper, and a garden that is quiet even in summer. If you wish to"
          + " borrow something, bring a card with your name and address to the desk by the door.";

  @TempDir Path folder;

  private Path write(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  private static String line(String fields, String text) {
    return "{" + fields + ",\"text\":\"" + text + "\"}";
  }

  private static CleanConfig recommended() {
    return CleanConfig.of(Profile.recommended());
  }

  private Summary clean(List<Path> inputs, CleanConfig config, int threads, boolean extractOnly)
      throws IOException {
    try (var documents = new FileDocuments(Inputs.resolve(inputs));
        var kept = new LineFile(folder.resolve("kept.jsonl"));
        var rejects = new LineFile(folder.resolve("rejects.jsonl"))) {
      return new FileCleaner(config, threads, extractOnly)
          .run(documents, Optional.of(kept), Optional.of(rejects));
    }
  }

  private List<JsonNode> lines(String name) throws IOException {
    var lines = new ArrayList<JsonNode>();
    for (String line : Files.readAllLines(folder.resolve(name))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  @Test
  void shouldPassUnknownFieldsThroughAsTheyWere() throws IOException {
    Path input =
        write(
            "in.jsonl",
            line(
                "\"id\":7,\"url\":\"http://a/\",\"n\":1.50,\"tags\":[\"x\",null],\"o\":{\"k\":true},"
                    + "\"s\":\"1\",\"none\":null",
                PAGE));

    clean(List.of(input), recommended(), 1, false);

    JsonNode kept = lines("kept.jsonl").get(0);
    assertEquals(JSON.readTree("{\"k\":true}"), kept.get("o"), kept.toString());
    assertEquals("[\"x\",null]", kept.get("tags").toString());
    assertEquals(
        "1.50", Files.readString(folder.resolve("kept.jsonl")).split("\"n\":")[1].substring(0, 4));
    assertTrue(kept.get("s").isTextual());
    assertTrue(kept.get("none").isNull());
    assertEquals(7, kept.get("id").asInt());
    assertEquals("http://a/", kept.get("url").asText());
    assertEquals("en", kept.get("language").asText());
    assertEquals("en.web", kept.get("domain").asText());
    assertEquals(PAGE, kept.get("text").asText());
  }

  @Test
  void shouldSayWhyALineWasRejectedAndWhere() throws IOException {
    Path input =
        write("in.jsonl", line("\"id\":\"a\"", "The page is short, and that is all."), "{");

    Summary summary = clean(List.of(input), recommended(), 1, false);

    List<JsonNode> rejects = lines("rejects.jsonl");
    assertEquals("a", rejects.get(0).get("id").asText());
    assertEquals("clean", rejects.get(0).get("stage").asText());
    assertEquals("gopher.word_count", rejects.get(0).get("reason").asText());
    assertEquals("8", rejects.get(0).get("value").asText());
    assertEquals(">= 50 and <= 100000", rejects.get(0).get("threshold").asText());
    assertEquals("ingest", rejects.get(1).get("stage").asText());
    assertEquals("jsonl.syntax", rejects.get(1).get("reason").asText());
    assertEquals(2, rejects.get(1).get("offset").asInt());
    assertEquals(new Summary.Counts(2, 0, 2), summary.all());
  }

  @Test
  void shouldWriteTheSameBytesWithAnyNumberOfThreads() throws IOException {
    List<Path> inputs = TestCorpus.write(folder.resolve("corpus"), 300);

    Summary one = clean(inputs, recommended(), 1, false);
    String kept = Files.readString(folder.resolve("kept.jsonl"));
    String rejects = Files.readString(folder.resolve("rejects.jsonl"));
    Summary four = clean(inputs, recommended(), 4, false);

    assertEquals(TestCorpus.records(300), one.all().read());
    assertTrue(one.all().kept() > 0 && one.all().rejected() > 0);
    assertEquals(kept, Files.readString(folder.resolve("kept.jsonl")));
    assertEquals(rejects, Files.readString(folder.resolve("rejects.jsonl")));
    assertEquals(one.funnel().tables(), four.funnel().tables());
  }

  @Test
  void shouldCompressByTheNameOfTheOutput() throws IOException {
    Path input = write("in.jsonl", line("\"id\":\"a\"", PAGE));
    for (String name : List.of("kept.jsonl.gz", "kept.jsonl.zst")) {
      Path file = folder.resolve(name);
      try (var documents = new FileDocuments(Inputs.resolve(List.of(input)));
          var kept = new LineFile(file)) {
        new FileCleaner(recommended(), 1, false)
            .run(documents, Optional.of(kept), Optional.empty());
      }
      try (InputStream in = Files.newInputStream(file);
          InputStream text =
              name.endsWith(".gz") ? new GZIPInputStream(in) : new ZstdInputStream(in)) {
        String line = new String(text.readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(PAGE, JSON.readTree(line).get("text").asText(), name);
      }
    }
  }

  @Test
  void shouldLeaveNoOutputBehindWhenItFails() throws IOException {
    Path input = write("in.jsonl", line("\"id\":\"a\"", PAGE));
    Path output = folder.resolve("kept.jsonl");
    try (var kept = new LineFile(output)) {
      kept.write(Files.readAllBytes(input));
    }

    assertFalse(Files.exists(output));
    assertFalse(Files.exists(folder.resolve(".kept.jsonl.partial")));
  }

  @Test
  void shouldExtractWithoutJudging() throws IOException {
    Path input =
        write(
            "in.jsonl",
            "{\"id\":\"a\",\"html\":\"<nav>Home</nav><p>Too short, but it is the main text.</p>\",\"x\":1}");

    clean(List.of(input), recommended(), 1, true);

    JsonNode kept = lines("kept.jsonl").get(0);
    assertEquals("Too short, but it is the main text.", kept.get("text").asText().strip());
    assertEquals(3, kept.size(), kept.toString());
  }

  @Test
  void shouldReportWhatTheShadowWouldChange() throws IOException {
    Path input =
        write(
            "in.jsonl",
            line("\"id\":\"long\"", PAGE),
            line("\"id\":\"short\"", PAGE.substring(0, PAGE.indexOf(" even in summer")) + "."));
    String yaml =
        Profile.recommended()
            .yaml()
            .replaceFirst("min: 50,", "min: 20,")
            .replaceFirst("ccnet.length: .*", "ccnet.length: {min: 100}");

    Summary summary = clean(List.of(input), recommended().withShadow(yaml), 1, false);

    assertEquals(new Summary.Counts(2, 1, 1), summary.all());
    assertEquals(1, summary.differences().size(), summary.differences().toString());
    Summary.Difference difference = summary.differences().get(0);
    assertTrue(difference.keptByShadow());
    assertEquals("gopher.word_count", difference.reason());
    assertEquals(1, difference.documents());
  }

  @Test
  void shouldAccountForEveryRecordOfRealArchives() throws IOException {
    Path samples = Path.of("../../shared/data/warc-samples");
    assumeTrue(Files.isDirectory(samples), "shared/data is absent");

    Summary summary = clean(List.of(samples), recommended(), 2, false);

    assertEquals(summary.all().read(), summary.all().kept() + summary.all().rejected());
    assertEquals(summary.all().kept(), lines("kept.jsonl").size());
    assertEquals(summary.all().rejected(), lines("rejects.jsonl").size());
    summary
        .files()
        .forEach((file, counts) -> assertEquals(counts.read(), counts.kept() + counts.rejected()));
    assertTrue(summary.all().kept() > 50, summary.all().toString());
  }

  @Test
  void shouldAccountForFilesWithoutRecords() throws IOException {
    Path empty = write("empty.jsonl");
    Files.writeString(empty, "");

    Summary summary =
        clean(List.of(empty, write("in.jsonl", line("\"id\":1", PAGE))), recommended(), 1, false);

    assertEquals(new Summary.Counts(1, 0, 1), summary.files().get("empty.jsonl"));
    assertEquals(new Summary.Counts(1, 1, 0), summary.files().get("in.jsonl"));
  }

  @Test
  void shouldKeepTheOwnIdOfARecordThatCannotBeRead() throws IOException {
    clean(
        List.of(write("in.jsonl", "{\"id\":\"mine\"}", "{\"id\":null}")), recommended(), 1, false);

    assertEquals("mine", lines("rejects.jsonl").get(0).get("id").asText());
    assertEquals(32, lines("rejects.jsonl").get(1).get("id").asText().length());
  }

  @Test
  void shouldReadTheHtmlWhenTheTextIsEmpty() throws IOException {
    clean(
        List.of(write("in.jsonl", "{\"text\":\"\",\"html\":\"<p>" + PAGE + "</p>\"}")),
        recommended(),
        1,
        false);

    assertEquals(PAGE, lines("kept.jsonl").get(0).get("text").asText().strip());
  }

  @Test
  void shouldCountWhatItMasks() throws IOException {
    CleanConfig config = recommended();
    var masking =
        new CleanConfig(
            config.profile(), "", "auto", "", "", List.of(), List.of(), "", 0, List.of(), true);

    Summary summary =
        clean(
            List.of(write("in.jsonl", line("\"id\":1", PAGE + " Ask jane@example.com."))),
            masking,
            1,
            false);

    assertEquals(1, summary.masks().emails());
    assertFalse(lines("kept.jsonl").get(0).get("text").asText().contains("jane"));
  }

  @Test
  void shouldWriteTheTargetOfALinkAndLeaveTheLink() throws IOException {
    Path target = Files.writeString(folder.resolve("target.jsonl"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.jsonl"), target);
    try (var out = new LineFile(link)) {
      out.write(new byte[] {'n', 'e', 'w'});
      out.complete();
    }

    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new\n", Files.readString(target));
  }

  @Test
  void shouldFoldDomainsBeyondAHundred() throws IOException {
    var pages = new ArrayList<String>();
    for (int i = 0; i < 150; i++) {
      pages.add(line("\"id\":" + i + ",\"domain\":\"site-" + i + "\"", PAGE));
    }

    Summary summary =
        clean(List.of(write("in.jsonl", pages.toArray(String[]::new))), recommended(), 1, false);

    assertEquals(101, summary.funnel().kept().size());
    assertEquals(150, summary.funnel().kept().stream().mapToLong(k -> k.documents()).sum());
  }
}
