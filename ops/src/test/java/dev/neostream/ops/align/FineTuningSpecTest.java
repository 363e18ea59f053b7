package dev.neostream.ops.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.UserError;
import dev.neostream.tokens.chat.ChatTemplate.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FineTuningSpecTest {

  @TempDir Path folder;

  private FineTuningSpec read(String yaml) throws IOException {
    return FineTuningSpec.read(Files.writeString(folder.resolve("align.yaml"), yaml));
  }

  @Test
  void shouldFillUpWhatIsNotSaid() throws IOException {
    FineTuningSpec spec =
        read(
            """
            phases:
              - name: foundational
                files: [a.json, sub/../b.jsonl]
              - {name: chat, files: [/c.json], learningRate: 2e-5, warmup: 0.1}
              - {name: more, files: [a.json], epochs: 7}
            template: published
            seed: 9
            """);

    assertEquals(
        List.of(
            new FineTuningSpec.Phase(
                "foundational",
                List.of(folder.resolve("a.json").toString(), folder.resolve("b.jsonl").toString()),
                3,
                1e-3,
                0.05),
            new FineTuningSpec.Phase("chat", List.of("/c.json"), 1, 2e-5, 0.1),
            new FineTuningSpec.Phase(
                "more", List.of(folder.resolve("a.json").toString()), 7, 1e-3, 0.05)),
        spec.phases());
    assertEquals(
        new FineTuningSpec(spec.phases(), Layout.PUBLISHED, 8, 1024, 20, 20, 100, 9, 1), spec);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a: [1                                                  | line 1
          hello                                                  | there must be a list of phases, each with name and files
          batch: 8                                               | there must be a list of phases, each with name and files
          phases: []                                             | phases must be at least one: []
          phases: [{files: [a]}]                                 | name must be 1 to 64 of a-z, 0-9 and -:
          phases: [{name: chat}]                                 | files of phase chat must be at least one file: []
          phases: [{name: own, files: [a]}]                      | epochs of phase own must be given and at least 1: 0
          phases: [{name: chat, files: [a], learningRate: 3}]    | learningRate of phase chat must be above 0 and below 1: 3.0
          phases: [{name: chat, files: [a], warmup: 1}]          | warmup of phase chat must be 0 or more, below 1: 1.0
          phases: [{name: chat, files: [a], epoch: 1}]           | unknown name: epoch; did you mean epochs?
          phases: [{name: chat, files: [a], epochs: many}]       | phases [0] epochs
          phases: [{name: chat, files: [a]}, {name: chat, files: [a]}] | names of phases must be unlike each other: [chat, chat]
          {phases: [{name: chat, files: [a]}], batch: 0}         | batch must be at least 1: 0
          {phases: [{name: chat, files: [a]}], batch: 1.5}       | batch
          {phases: [{name: chat, files: [a]}], heldOutEvery: 1}  | heldOutEvery must be at least 2: 1
          {phases: [{name: chat, files: [a]}], template: chatml} | template
          {phases: [{name: chat, files: [a]}], sead: 1}          | unknown name: sead; did you mean seed?
          """)
  void shouldSayWhatMustHold(String yaml, String says) {
    var error = assertThrows(UserError.class, () -> read(yaml));

    assertEquals(UserError.USAGE, error.exitCode());
    assertTrue(
        error.getMessage().startsWith(folder.resolve("align.yaml") + ": "), error.getMessage());
    assertTrue(error.getMessage().contains(says), error.getMessage());
  }

  @Test
  void shouldNameAFileThatCannotBeRead() {
    var error =
        assertThrows(UserError.class, () -> FineTuningSpec.read(folder.resolve("nowhere.yaml")));

    assertEquals(
        "--config must be a readable UTF-8 file: config=" + folder.resolve("nowhere.yaml"),
        error.getMessage());
  }
}
