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
import dev.neostream.trainer.align.FineTuningLog;
import dev.neostream.trainer.align.HeldOutLoss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FineTunerTest {

  private static final FineTuningLog SILENT =
      new FineTuningLog() {
        @Override
        public void trained(Trained step) {}

        @Override
        public void evaluated(long steps, HeldOutLoss loss) {}
      };

  @TempDir Path folder;

  private RunFolder base;
  private Path conversations;

  /** 60 questions with answers, one too long for a block, one empty, one broken. */
  @BeforeEach
  void prepare() throws IOException {
    base = new RunFolder(folder.resolve("base"));
    StoredTinyModel.save(base, 19, 96);
    var lines = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      lines.append("{\"instruction\":\"a%s\",\"output\":\"%s\"}\n".formatted(i, "ab c ".repeat(3)));
    }
    lines.append("{\"instruction\":\"q\",\"output\":\"%s\"}\n".formatted("b?".repeat(96)));
    lines.append("{\"instruction\":\"q\",\"output\":\" \"}\n");
    lines.append("{\n");
    conversations = Files.writeString(folder.resolve("talk.jsonl"), lines);
  }

  private Path config(int epochs, String more) throws IOException {
    return Files.writeString(
        folder.resolve("align.yaml"),
        """
        phases:
          - {name: foundational, files: [talk.jsonl], epochs: %d, learningRate: 0.01}
          - {name: chat, files: [talk.jsonl, talk.jsonl]}
        heldOutEvery: 5
        batch: 4
        checkpointEvery: 5
        %s
        """
            .formatted(epochs, more));
  }

  private Stored model() throws IOException {
    return new CheckpointStore(base.checkpoints()).newest().orElseThrow();
  }

  private FineTuner.Outcome run(Path config, Path out) throws IOException {
    return FineTuner.run(
        model(), FineTuningSpec.read(config), out, data -> {}, SILENT, () -> false);
  }

  @Test
  void shouldAccountForEveryRecordAndLearn() throws IOException {
    Path out = folder.resolve("out");

    FineTuner.Outcome outcome = run(config(3, ""), out);

    Map<String, Object> first = outcome.data().get("foundational");
    Map<String, Object> second = outcome.data().get("chat");
    Map<String, Long> rejected = Map.of("not-json", 1L, "empty-turn", 1L, "too-long", 1L);
    assertEquals(63L, first.get("read"));
    assertEquals(rejected, first.get("rejected"));
    assertEquals(60L, (long) first.get("used") + (long) first.get("heldOut"));
    assertEquals(126L, second.get("read"));
    assertEquals(120L, (long) second.get("used") + (long) second.get("heldOut"));
    // What is held out is so in every file, and evaluated once.
    assertEquals((long) first.get("heldOut"), outcome.heldOut());
    assertEquals(2L * outcome.heldOut(), second.get("heldOut"));
    assertTrue(outcome.heldOut() > 3 && outcome.heldOut() < 25, "" + outcome.heldOut());

    assertTrue(outcome.result().finished());
    double ratio = outcome.result().after().all().mean() / outcome.result().before().all().mean();
    assertTrue(ratio < 0.5, "ratio=" + ratio);

    List<String> refused = Files.readAllLines(out.resolve("refused.jsonl"));
    assertEquals(9, refused.size());
    JsonNode tooLong = new ObjectMapper().readTree(refused.get(0));
    assertEquals("too-long", tooLong.get("reason").asText());
    assertTrue(
        tooLong
            .get("message")
            .asText()
            .startsWith(conversations + ": line 61: a conversation must fit a block"),
        tooLong.toString());
    assertEquals(3, outcome.examples().size());
  }

  @Test
  void shouldRefuseToGoOnWithSomethingElse() throws IOException {
    Path out = folder.resolve("out");
    run(config(1, ""), out);

    assertTrue(refusal(config(2, ""), out).contains("phase foundational epochs was 1, is 2"));
    assertTrue(refusal(config(1, "seed: 4"), out).contains("seed was 1, is 4"));
    assertTrue(
        refusal(config(1, "template: published"), out)
            .contains("template was \"turns\", is \"published\""));
    Path same = config(1, "");
    Files.writeString(
        conversations, Files.readString(conversations).replace("\"a7\"", "\"other\""));
    assertTrue(refusal(same, out).contains("phase foundational data was"));
    StoredTinyModel.save(base, 29, 96);
    assertTrue(refusal(same, out).contains("baseStep was 19, is 29"));
  }

  @Test
  void shouldRefuseAFolderThatHoldsARun() throws IOException {
    assertEquals(
        "--out must be a new folder or one of a fine-tuning: out=" + base.root() + " holds a run",
        refusal(config(1, ""), base.root()));
  }

  @Test
  void shouldNameFilesThatCannotBeUsed() throws IOException {
    Path out = folder.resolve("out");
    Path config = config(1, "");

    Files.writeString(conversations, "[{\"instruction\"");
    assertTrue(
        refusal(config, out)
            .startsWith(
                "phase foundational: a file must hold conversations: "
                    + conversations
                    + ": must be one JSON array, or JSON Lines: line 1"));
    Files.writeString(conversations, "{\"text\":\"x\"}");
    assertEquals(
        "phase foundational: there must be a conversation to train on: read=1, heldOut=0, rejected={unknown-form=1}",
        refusal(config, out));
    Files.delete(conversations);
    assertEquals(
        "phase foundational: a file must hold conversations: " + conversations + " is not there",
        refusal(config, out));
    assertFalse(Files.exists(out));
  }

  private String refusal(Path config, Path out) {
    return assertThrows(UserError.class, () -> run(config, out)).getMessage();
  }

  @Test
  @Timeout(300)
  void shouldEndAlikeWhenKilled() throws Exception {
    Path config = config(100, "");
    Path calm = folder.resolve("calm");
    FineTuner.Outcome uninterrupted = run(config, calm);
    Path killed = folder.resolve("killed");
    Path output = Files.createFile(folder.resolve("output"));
    List<String> arguments =
        List.of(
            "align",
            "sft",
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
    String printed = second.printed();
    JsonNode summary =
        new ObjectMapper().readTree(printed.substring(printed.lastIndexOf("\n{\n") + 1));
    assertTrue(summary.get("finished").asBoolean());
    assertEquals(
        uninterrupted.result().after().all().mean(), summary.at("/heldOut/all/after").asDouble());
    assertEquals(
        uninterrupted.result().before().all().mean(), summary.at("/heldOut/all/before").asDouble());

    Path exported = folder.resolve("exported");
    NeoProcess export =
        NeoProcess.start(
            output,
            List.of(
                "checkpoint", "export", "--dir", killed.toString(), "--out", exported.toString()));
    assertEquals(0, export.await(), export.printed());
    String card = Files.readString(exported.resolve("README.md"));
    assertTrue(card.contains("A model fine-tuned by Neo Stream to answer"), card);
    assertTrue(card.contains("| foundational | "), card);
    assertFalse(card.contains("taught neither to answer"), card);
  }

  private static long newestStep(CheckpointStore store) throws IOException {
    return store.newest().map(stored -> stored.manifest().getStep()).orElse(-1L);
  }
}
