package dev.neostream.ops.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.ops.NeoProcess;
import dev.neostream.ops.UserError;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.serve.StoredTinyModel;
import dev.neostream.trainer.align.HeldOutPreference;
import dev.neostream.trainer.align.PreferenceLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class PreferenceTunerTest {

  private static final PreferenceLog SILENT =
      new PreferenceLog() {
        @Override
        public void trained(Trained step) {}

        @Override
        public void evaluated(long steps, HeldOutPreference heldOut) {}
      };

  @TempDir Path folder;

  private RunFolder base;
  private Path pairs;

  /** 60 questions with two answers, one pair too long for the context, two that are none. */
  @BeforeEach
  void prepare() throws IOException {
    base = new RunFolder(folder.resolve("base"));
    StoredTinyModel.save(base, 19, 96);
    var lines = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      String chosen = "ab c ".repeat(1 + i % 3);
      String rejected = "ca b".repeat(1 + i % 2);
      lines.append(
          "{\"prompt\":\"a%s\",\"chosen\":\"%s\",\"rejected\":\"%s\"}\n"
              .formatted(i, chosen, rejected));
    }
    lines.append(
        "{\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"%s\"}\n".formatted("b?".repeat(96)));
    lines.append("{\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"a\"}\n");
    lines.append("{\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"\\ud83d\"}\n");
    pairs = Files.writeString(folder.resolve("pairs.jsonl"), lines);
  }

  private Path config(int epochs, String more) throws IOException {
    return Files.writeString(
        folder.resolve("align.yaml"),
        """
        files: [pairs.jsonl]
        epochs: %d
        learningRate: 0.01
        heldOutEvery: 4
        batch: 4
        checkpointEvery: 5
        %s
        """
            .formatted(epochs, more));
  }

  private Stored model() throws IOException {
    return new CheckpointStore(base.checkpoints()).newest().orElseThrow();
  }

  private PreferenceTuner.Outcome run(Path config, Path out) throws IOException {
    return PreferenceTuner.run(
        model(), PreferenceSpec.read(config), out, data -> {}, SILENT, () -> false);
  }

  @Test
  void shouldAccountForEveryRecordAndLearnToPrefer() throws IOException {
    Path out = folder.resolve("out");

    PreferenceTuner.Outcome outcome = run(config(6, ""), out);

    Map<String, Object> data = outcome.data();
    assertEquals(63L, data.get("read"));
    assertEquals(
        Map.of("equal-pair", 1L, "lone-surrogate", 1L, "too-long", 1L), data.get("rejected"));
    assertEquals(60L, (long) data.get("used") + (long) data.get("heldOut"));
    assertEquals(0L, data.get("cut"));
    HeldOutPreference before = outcome.result().before();
    HeldOutPreference after = outcome.result().after();
    assertEquals((long) data.get("heldOut"), after.pairs());
    assertTrue(after.pairs() > 5 && after.pairs() < 30, "" + after.pairs());
    assertEquals(0.5, before.accuracy());
    assertTrue(after.accuracy() > 0.9, after.toString());
    assertTrue(after.loss() < 0.9 * before.loss(), after.toString());

    List<String> refused = Files.readAllLines(out.resolve("refused.jsonl"));
    assertEquals(3, refused.size());
    JsonNode tooLong = new ObjectMapper().readTree(refused.get(0));
    assertEquals("too-long", tooLong.get("reason").asText());
    assertTrue(
        tooLong
            .get("message")
            .asText()
            .startsWith(pairs + ": line 61: both answers must fit the model's context"),
        tooLong.toString());
    assertEquals(3, outcome.examples().size());
  }

  @Test
  void shouldCutAnswersWhereThatIsAskedForAndCountThem() throws IOException {
    Path out = folder.resolve("out");
    Files.writeString(
        pairs,
        "{\"prompt\":\"q\",\"chosen\":\"%s\",\"rejected\":\"%s\"}\n"
            .formatted("a".repeat(200) + "b", "a".repeat(200) + "c"),
        StandardOpenOption.APPEND);

    PreferenceTuner.Outcome outcome = run(config(1, "cut: true"), out);

    Map<String, Object> data = outcome.data();
    // The pair that is alike up to the end of the context has no preference left.
    assertEquals(
        Map.of("equal-pair", 1L, "lone-surrogate", 1L, "too-long", 1L), data.get("rejected"));
    assertEquals(61L, (long) data.get("used") + (long) data.get("heldOut"));
    assertEquals(1L, data.get("cut"));
    assertTrue(
        outcome.examples().stream()
            .anyMatch(
                e -> e.message().contains("line 64: chosen and rejected must differ in what fits")),
        outcome.examples().toString());
  }

  @Test
  void shouldHoldOutAllAnswersOfAQuestionByTheSeed() throws IOException {
    var copies = new StringBuilder();
    for (String line : Files.readAllLines(pairs).subList(0, 60)) {
      copies.append(line).append('\n');
      copies.append(line.replace("\"chosen\":\"", "\"chosen\":\"c")).append('\n');
      copies.append(line).append('\n');
    }
    Files.writeString(pairs, copies);

    PreferenceTuner.Outcome one = run(config(1, ""), folder.resolve("a"));
    PreferenceTuner.Outcome two = run(config(1, "seed: 2"), folder.resolve("b"));

    // Three pairs a question, all on one side; of two that are copies one is evaluated on.
    for (PreferenceTuner.Outcome outcome : List.of(one, two)) {
      long heldOut = (long) outcome.data().get("heldOut");
      assertEquals(180L, (long) outcome.data().get("used") + heldOut);
      assertEquals(0, heldOut % 3);
      assertEquals(heldOut / 3 * 2, outcome.result().after().pairs());
    }
    Set<JsonNode> held = new HashSet<>();
    for (String out : List.of("a", "b")) {
      held.add(
          new ObjectMapper()
              .readTree(Files.readString(folder.resolve(out).resolve("fine-tuning.json")))
              .get("heldOut"));
    }
    assertEquals(2, held.size());
  }

  @Test
  void shouldKeepTheReferenceAndRefuseAnother() throws IOException {
    Path out = folder.resolve("out");
    Path config = config(1, "");
    run(config, out);
    Path file = out.resolve("reference.jsonl");
    List<String> lines = Files.readAllLines(file);
    var head = new ObjectMapper().readTree(lines.get(0));

    assertEquals(60, head.get("pairs").asInt());
    assertEquals(
        "%016x".formatted(model().manifest().getParameterHash()), head.get("parameters").asText());
    assertEquals(61, lines.size());

    String other = lines.get(0).replace(head.get("parameters").asText(), "0123456789abcdef");
    Files.write(file, replaced(lines, 0, other));
    assertEquals(
        file
            + ": a reference must be of the model that training starts from: parameters were 0123456789abcdef, are "
            + head.get("parameters").asText()
            + "; choose another --out",
        refusal(config, out));

    String pair = new ObjectMapper().readTree(lines.get(7)).get("pair").asText();
    Files.write(file, replaced(lines, 7, lines.get(7).replace(pair, "0123456789abcdef")));
    assertEquals(
        file
            + ": a reference must be of the pairs of the definition: has=60, asked for=60, of these missing=1; choose another --out",
        refusal(config, out));

    Files.write(file, replaced(lines, 7, lines.get(7).replace("chosen", "other")));
    assertEquals(
        file + ": line 8 must have pair, chosen and rejected; choose another --out",
        refusal(config, out));

    Files.write(file, replaced(lines, 7, lines.get(7).substring(0, 20)));
    assertEquals(
        file + ": line 8 must be a JSON object; choose another --out", refusal(config, out));

    Files.write(file, List.of());
    assertEquals(
        file + ": its first line must say what model it is of; choose another --out",
        refusal(config, out));
  }

  private static List<String> replaced(List<String> lines, int number, String line) {
    List<String> all = new ArrayList<>(lines);
    all.set(number, line);
    return all;
  }

  @Test
  void shouldRefuseToGoOnWithSomethingElse() throws IOException {
    Path out = folder.resolve("out");
    run(config(1, ""), out);

    assertTrue(refusal(config(2, ""), out).contains("epochs was 1, is 2"));
    assertTrue(refusal(config(1, "beta: 0.5"), out).contains("beta was 0.1, is 0.5"));
    assertTrue(
        refusal(config(1, "lengthNormalised: true"), out)
            .contains("lengthNormalised was false, is true"));
    Path same = config(1, "");
    Path talk =
        Files.writeString(
            folder.resolve("talk.jsonl"), "{\"instruction\":\"a\",\"output\":\"b\"}\n");
    Path conversations =
        Files.writeString(
            folder.resolve("sft.yaml"), "phases: [{name: chat, files: [%s]}]".formatted(talk));
    assertTrue(
        assertThrows(
                UserError.class,
                () ->
                    FineTuner.run(
                        model(),
                        FineTuningSpec.read(conversations),
                        out,
                        data -> {},
                        null,
                        () -> false))
            .getMessage()
            .contains("method was \"dpo\", is \"sft\""));
    Files.writeString(pairs, Files.readString(pairs).replace("\"a7\"", "\"other\""));
    assertTrue(
        refusal(same, out).contains("data was") || refusal(same, out).contains("heldOut was"));
    StoredTinyModel.save(base, 29, 96);
    assertTrue(refusal(same, out).contains("baseStep was 19, is 29"));
  }

  @Test
  void shouldNameFilesThatCannotBeUsed() throws IOException {
    Path out = folder.resolve("out");
    Path config = config(1, "");

    Files.writeString(pairs, "[{\"prompt\"");
    assertTrue(
        refusal(config, out)
            .startsWith(
                "a file must hold preference pairs: "
                    + pairs
                    + ": must be one JSON array, or JSON Lines: line 1"));
    Files.writeString(pairs, "{\"instruction\":\"q\",\"output\":\"a\"}");
    assertEquals(
        "there must be a pair to train on: read=1, heldOut=0, rejected={unknown-form=1}",
        refusal(config, out));
    Files.delete(pairs);
    assertEquals(
        "a file must hold preference pairs: " + pairs + " is not there", refusal(config, out));
    assertFalse(Files.exists(out));
  }

  private String refusal(Path config, Path out) {
    return assertThrows(UserError.class, () -> run(config, out)).getMessage();
  }

  @Test
  @Timeout(300)
  void shouldEndAlikeWhenKilled() throws Exception {
    Path config = config(12, "");
    Path calm = folder.resolve("calm");
    PreferenceTuner.Outcome uninterrupted = run(config, calm);
    Path killed = folder.resolve("killed");
    Path output = Files.createFile(folder.resolve("output"));
    List<String> arguments =
        List.of(
            "align",
            "dpo",
            "--dir",
            base.root().toString(),
            "--config",
            config.toString(),
            "--out",
            killed.toString(),
            "--json");
    var store = new CheckpointStore(killed.resolve("checkpoints"));

    NeoProcess first = NeoProcess.start(output, arguments);
    first.await("the second checkpoint", () -> newestStep(store) >= 9);
    first.kill();
    long reached = newestStep(store);
    NeoProcess second = NeoProcess.start(output, arguments);

    assertEquals(0, second.await(), second.printed());
    assertTrue(reached < uninterrupted.steps() - 1, "killed too late: step=" + reached);
    Stored expected = new CheckpointStore(calm.resolve("checkpoints")).newest().orElseThrow();
    assertEquals(uninterrupted.steps() - 1, newestStep(store));
    assertEquals(
        expected.manifest().getParameterHash(),
        store.newest().orElseThrow().manifest().getParameterHash());
    assertEquals(
        Files.readString(calm.resolve("reference.jsonl")),
        Files.readString(killed.resolve("reference.jsonl")));
    String printed = second.printed();
    JsonNode summary =
        new ObjectMapper().readTree(printed.substring(printed.lastIndexOf("\n{\n") + 1));
    assertTrue(summary.get("finished").asBoolean());
    HeldOutPreference after = uninterrupted.result().after();
    assertEquals(after.loss(), summary.at("/heldOut/after/loss").asDouble());
    assertEquals(after.accuracy(), summary.at("/heldOut/after/accuracy").asDouble());
    assertEquals(
        after.standardError(after.accuracy()),
        summary.at("/heldOut/after/accuracyStandardError").asDouble());
    assertEquals(0.5, summary.at("/heldOut/before/accuracy").asDouble());
  }

  private static long newestStep(CheckpointStore store) throws IOException {
    return store.newest().map(stored -> stored.manifest().getStep()).orElse(-1L);
  }
}
