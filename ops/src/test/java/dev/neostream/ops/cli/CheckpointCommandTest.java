package dev.neostream.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.ops.StoredRun;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.serve.StoredTinyModel;
import dev.neostream.trainer.checkpoint.StoredModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointCommandTest {

  @TempDir Path folder;

  private RunFolder run;
  private Path out;

  @BeforeEach
  void train() throws IOException {
    run = new RunFolder(folder.resolve("run"));
    StoredRun.save(run, 9);
    StoredRun.save(run, 19);
    out = folder.resolve("model");
  }

  /** Returns what a verb prints, here and not in a process of its own, which takes longer. */
  private String neo(int exitCode, String verb, String... options) {
    List<String> arguments = new ArrayList<>(List.of("checkpoint", verb));
    if (!List.of(options).contains("--dir") && !verb.equals("import")) {
      arguments.addAll(List.of("--dir", run.root().toString()));
    }
    arguments.addAll(List.of(options));
    PrintStream out = System.out;
    PrintStream err = System.err;
    var printed = new ByteArrayOutputStream();
    try (var stream = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      System.setOut(stream);
      System.setErr(stream);
      int exit = Main.run(arguments.toArray(String[]::new));
      assertEquals(exitCode, exit, printed.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  private Path modelOf(long step) {
    return run.checkpoints().resolve("step-%08d".formatted(step)).resolve("model.safetensors");
  }

  private void damage(long step) throws IOException {
    byte[] bytes = Files.readAllBytes(modelOf(step));
    bytes[bytes.length - 1] ^= 1;
    Files.write(modelOf(step), bytes);
  }

  @Test
  void shouldListCheckpointsByStep() throws Exception {
    List<String> lines = neo(0, "list").lines().toList();
    JsonNode json = new ObjectMapper().readTree(neo(0, "list", "--json"));

    assertEquals(2, lines.size(), lines.toString());
    assertTrue(
        lines.get(0).startsWith("step 9  2023-11-14T22:13:20Z  1,000 tokens  "), lines.get(0));
    assertTrue(lines.get(1).endsWith(" bytes  checkpoints/step-00000019"), lines.get(1));
    assertEquals(19, json.get(1).get("step").asLong());
    assertEquals(700, json.get(1).get("tokens").get("en.web").asLong());
    assertEquals(
        Files.size(modelOf(9))
            + Files.size(modelOf(9).resolveSibling("config.json"))
            + Files.size(run.tokenizer()),
        json.get(0).get("bytes").asLong());
  }

  @Test
  void shouldVerifyAllOrOne() throws Exception {
    assertEquals(2, neo(0, "verify").lines().count());
    damage(9);

    String all = neo(1, "verify");
    String one = neo(0, "verify", "--step", "19");

    assertTrue(all.contains(modelOf(9) + ": changed since it was written"), all);
    assertTrue(one.startsWith("step 19  3 files, "), one);
    assertTrue(neo(3, "verify", "--step", "10").contains("of the step: step=10, steps=[9, 19]"));
  }

  @Test
  void shouldExportTheNewestOrAStepWhileTheRunRuns() throws Exception {
    try (FileLock lock = run.lock()) {
      assertTrue(lock.isValid() && run.running());
      String newest = neo(0, "export", "--out", out.toString());
      String first = neo(0, "export", "--step", "9", "--out", out + "-9", "--format", "HF");

      assertEquals("step 19 exported to " + out + "\n", newest);
      assertEquals("step 9 exported to " + out + "-9\n", first);
    }
    assertEquals(-1, Files.mismatch(modelOf(19), out.resolve("model.safetensors")));
    assertTrue(Files.readString(out.resolve("README.md")).contains("step 19"));
    assertTrue(Files.readString(Path.of(out + "-9", "README.md")).contains("step 9"));
  }

  @Test
  void shouldImportWhatItExportedAndExportItAsGguf() throws Exception {
    var whole = new RunFolder(folder.resolve("whole"));
    StoredModel model = StoredTinyModel.save(whole, 3, 16);
    Path imported = folder.resolve("imported");
    Path gguf = folder.resolve("gguf");
    neo(0, "export", "--dir", whole.root().toString(), "--out", out.toString());

    String line = neo(0, "import", "--from", out.toString(), "--out", imported.toString());

    Path checkpoint = imported.resolve("checkpoints/step-00000000");
    assertEquals("imported to " + checkpoint + "\n", line);
    StoredModel again = StoredModel.read(CheckpointStore.open(checkpoint));
    assertEquals(model.config(), again.config());
    assertEquals(
        model.checkpoint().manifest().getParameterHash(),
        again.checkpoint().manifest().getParameterHash());
    assertTrue(neo(0, "verify", "--dir", imported.toString()).startsWith("step 0  3 files, "));

    neo(
        0,
        "export",
        "--dir",
        imported.toString(),
        "--format",
        "gguf",
        "--type",
        "f16",
        "--out",
        gguf.toString());
    byte[] file = Files.readAllBytes(gguf.resolve("model-f16.gguf"));
    assertEquals("GGUF", new String(file, 0, 4, StandardCharsets.US_ASCII));
    assertTrue(new String(file, StandardCharsets.ISO_8859_1).contains("imported, step 0"));

    Path card = folder.resolve("again");
    neo(0, "export", "--dir", imported.toString(), "--out", card.toString());
    assertTrue(Files.readString(card.resolve("README.md")).contains("# Imported model\n"));
    assertEquals(
        "neo: --out must not exist or be an empty folder: out=" + imported + "\n",
        neo(2, "import", "--from", out.toString(), "--out", imported.toString()));
  }

  @Test
  void shouldImportNothingOfADamagedFolder() throws Exception {
    Path imported = folder.resolve("imported");
    neo(0, "export", "--out", out.toString());

    // Of the run's model there is no shape.
    String line = neo(1, "import", "--from", out.toString(), "--out", imported.toString());

    assertTrue(line.startsWith("neo: " + out.resolve("config.json") + ": architectures"), line);
    assertFalse(Files.exists(imported));
  }

  @Test
  void shouldRefuseAnOutputThatIsThere() throws Exception {
    Files.createDirectory(out);
    Path mine = Files.writeString(out.resolve("mine"), "mine");

    String line = neo(2, "export", "--out", out.toString());

    assertEquals("neo: --out must not exist or be an empty folder: out=" + out + "\n", line);
    assertEquals("mine", Files.readString(mine));
  }

  @Test
  void shouldExportNothingOfADamagedCheckpoint() throws Exception {
    damage(19);

    String line = neo(1, "export", "--out", out.toString());

    assertTrue(line.startsWith("neo: step 19: " + modelOf(19) + ": changed since"), line);
    assertFalse(Files.exists(out));
  }

  @Test
  void shouldRefuseToExportWhatIsNotThere() {
    String nowhere = folder.resolve("nowhere").toString();
    String model = out.toString();

    for (String verb : List.of("list", "verify")) {
      assertTrue(neo(3, verb, "--dir", nowhere).contains("must hold a checkpoint: dir=" + nowhere));
    }
    assertTrue(neo(3, "export", "--dir", nowhere, "--out", model).contains("must hold"));
    assertTrue(neo(2, "export").contains("--out"));
    assertTrue(neo(2, "export", "--out", model, "--format", "onnx").contains("onnx"));
    assertTrue(
        neo(2, "export", "--out", model, "--max-shard-mb", "0")
            .contains("--max-shard-mb must be at least 1: max-shard-mb=0"));
    assertFalse(Files.exists(out));
  }
}
