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

class PreferenceSpecTest {

  @TempDir Path folder;

  private PreferenceSpec read(String yaml) throws IOException {
    return PreferenceSpec.read(Files.writeString(folder.resolve("pairs.yaml"), yaml));
  }

  @Test
  void shouldFillUpWhatIsNotSaid() throws IOException {
    PreferenceSpec spec = read("files: [a.json, sub/../b.jsonl, /c.json]");

    assertEquals(
        new PreferenceSpec(
            List.of(
                folder.resolve("a.json").toString(),
                folder.resolve("b.jsonl").toString(),
                "/c.json"),
            0.1,
            false,
            0,
            1,
            1e-4,
            0.1,
            Layout.TURNS,
            false,
            8,
            5,
            20,
            100,
            1,
            1),
        spec);
  }

  @Test
  void shouldTakeWhatIsSaid() throws IOException {
    PreferenceSpec spec =
        read(
            """
            files: [/c.json]
            beta: 2
            lengthNormalised: true
            sftWeight: 0.5
            epochs: 3
            learningRate: 2e-5
            warmup: 0
            template: published
            cut: true
            batch: 4
            heldOutEvery: 3
            evaluateEvery: 7
            checkpointEvery: 9
            seed: 5
            threads: 2
            """);

    assertEquals(
        new PreferenceSpec(
            List.of("/c.json"), 2, true, 0.5, 3, 2e-5, 0, Layout.PUBLISHED, true, 4, 3, 7, 9, 5, 2),
        spec);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hello                             | there must be a list of files with pairs: files=
          beta: 1                           | there must be a list of files with pairs: files=
          files: a                          | there must be a list of files with pairs: files="a"
          files: []                         | files must be at least one file: []
          {files: [a], beta: 0}             | beta must be finite and above 0: 0.0
          {files: [a], beta: -0.1}          | beta must be finite and above 0: -0.1
          {files: [a], sftWeight: -1}       | sftWeight must be finite and 0 or more: -1.0
          {files: [a], epochs: 0}           | epochs must be at least 1: 0
          {files: [a], learningRate: 1}     | learningRate must be above 0 and below 1: 1.0
          {files: [a], warmup: 1}           | warmup must be 0 or more, below 1: 1.0
          {files: [a], batch: 1.5}          | batch
          {files: [a], batch: 0}            | batch must be at least 1: 0
          {files: [a], heldOutEvery: 1}     | heldOutEvery must be at least 2: 1
          {files: [a], evaluateEvery: 0}    | evaluateEvery must be at least 1: 0
          {files: [a], checkpointEvery: 0}  | checkpointEvery must be at least 1: 0
          {files: [a], threads: 0}          | threads must be at least 1: 0
          {files: [a], lengthNormalised: 1} | lengthNormalised
          {files: [a], lengthNormalized: true} | unknown name: lengthNormalized; did you mean lengthNormalised?
          """)
  void shouldSayWhatMustHold(String yaml, String says) {
    var error = assertThrows(UserError.class, () -> read(yaml));

    assertEquals(UserError.USAGE, error.exitCode());
    assertTrue(
        error.getMessage().startsWith(folder.resolve("pairs.yaml") + ": "), error.getMessage());
    assertTrue(error.getMessage().contains(says), error.getMessage());
  }
}
