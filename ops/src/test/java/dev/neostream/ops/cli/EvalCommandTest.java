package dev.neostream.ops.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.serve.StoredTinyModel;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.trainer.checkpoint.StoredModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalCommandTest {

  @TempDir static Path folder;

  private static StoredModel older;
  private static Path run;
  private static Path pairs;

  @BeforeAll
  static void write() throws IOException {
    var runFolder = new RunFolder(folder.resolve("run"));
    run = runFolder.root();
    older = StoredTinyModel.save(runFolder, 7, 16);
    StoredTinyModel.save(runFolder, 19, 16);
    pairs =
        Files.writeString(
            folder.resolve("pairs.jsonl"),
            """
            {"sentence_good": "abc", "sentence_bad": "abc", "UID": "same"}
            {"sentence_good": "ab", "sentence_bad": "ab", "UID": "\\u001b[31msame"}
            """);
  }

  private static String neo(int exitCode, Object... options) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int exit =
        Main.run(
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            Stream.concat(Stream.of("eval"), Stream.of(options).map(Object::toString))
                .toArray(String[]::new));
    assertEquals(exitCode, exit, err.toString(UTF_8));
    return exitCode == 0 ? out.toString(UTF_8) : err.toString(UTF_8);
  }

  @Test
  void shouldShowScoresWithErrorAndChance() {
    String shown = neo(0, "--tasks", "blimp=" + pairs, "--dir", run);

    // Equal sentences: the first counts, so there is nothing that varies.
    assertEquals(
        List.of(
            "blimp, version 1: 2 questions",
            "  acc            1.0000 ± 0.0000   chance 0.5000        2 all",
            "  acc            1.0000            chance 0.5000        1 \\u001b[31msame",
            "  acc            1.0000            chance 0.5000        1 same"),
        shown.lines().toList());
  }

  @Test
  void shouldSayHowFarALongEvaluationIs() throws IOException {
    String line = "{\"sentence_good\": \"a\", \"sentence_bad\": \"b\", \"UID\": \"u\"}\n";
    Path many = Files.writeString(folder.resolve("many.jsonl"), line.repeat(205));
    var err = new ByteArrayOutputStream();

    int exit =
        Main.run(
            new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
            new PrintStream(err, true, UTF_8),
            "eval",
            "--tasks",
            "blimp=" + many,
            "--dir",
            run.toString());

    assertEquals(0, exit);
    List<String> said = err.toString(UTF_8).lines().toList();
    assertEquals("blimp: 20 of 205 questions", said.get(0));
    assertEquals("blimp: 200 of 205 questions", said.get(9));
    assertEquals(10, said.size());
  }

  @Test
  void shouldWriteWhatItTakesToRepeatAnEvaluation() throws IOException {
    Path out = folder.resolve("scores.json");
    Instant before = Instant.now();

    String printed =
        neo(
            0,
            "--tasks",
            "blimp=" + pairs,
            "blimp=" + pairs,
            "--dir",
            run,
            "--step",
            7,
            "--limit",
            1,
            "--out",
            out,
            "--json");

    assertEquals(printed, Files.readString(out));
    JsonNode results = new ObjectMapper().readTree(printed);
    CheckpointManifest manifest = older.checkpoint().manifest();
    assertEquals(
        HexFormat.of().toHexDigits(manifest.getParameterHash()),
        results.path("model").path("parameterHash").asText());
    assertEquals("step-00000007", results.path("model").path("name").asText());
    assertEquals(7, results.path("model").path("step").asInt());
    assertEquals(manifest.getModel(), results.path("model").path("config").asText());
    assertEquals(older.tokenizer().fingerprint(), results.path("model").path("tokenizer").asText());
    assertTrue(Instant.parse(results.path("date").asText()).plusSeconds(1).isAfter(before));
    assertTrue(results.path("program").asText().startsWith("neo-stream "));
    assertEquals(2, results.path("tasks").size());
    JsonNode task = results.path("tasks").get(0);
    assertEquals("{UID}", task.path("definition").path("group").asText());
    assertEquals(1, task.path("version").asInt());
    assertEquals(2, task.path("data").get(0).path("records").asInt());
    assertEquals(1, task.path("data").get(0).path("asked").asInt());
    assertEquals(64, task.path("data").get(0).path("sha256").asText().length());
    assertTrue(task.path("scores").get(0).path("standardError").isNull());
    assertEquals(task, results.path("tasks").get(1));
  }

  @Test
  void shouldTakeTheNewestCheckpointOrTheOneThatIsNamed() throws IOException {
    var json = new ObjectMapper();
    String newest = neo(0, "--tasks", "blimp=" + pairs, "--dir", run, "--json");
    String named =
        neo(0, "--tasks", "blimp=" + pairs, "--checkpoint", older.checkpoint().folder(), "--json");

    assertEquals(19, json.readTree(newest).path("model").path("step").asInt());
    assertEquals(7, json.readTree(named).path("model").path("step").asInt());
    assertEquals(
        "neo: there must be a checkpoint of the step: step=8, steps=[7, 19]\n",
        neo(3, "--tasks", "blimp=" + pairs, "--dir", run, "--step", 8));
  }
}
