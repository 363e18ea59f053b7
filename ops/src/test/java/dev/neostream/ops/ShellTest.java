package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShellTest {

  @Test
  void shouldLeavePlainWordsAsTheyAre() {
    assertEquals("/data/my-run_2", Shell.word(Path.of("/data/my-run_2")));
    assertEquals("\u8fd0\u884c", Shell.word(Path.of("\u8fd0\u884c")));
  }

  @Test
  void shouldMakeOneWordOfAnyPath() throws Exception {
    for (String path : List.of("my run", "it's", "$HOME/`id`", "a;b", "*", "\"q\"", "-x", "a\nb")) {
      Process shell =
          new ProcessBuilder("sh", "-c", "printf '%s|' " + Shell.word(Path.of(path)))
              .redirectErrorStream(true)
              .start();

      String seen = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(path + "|", seen);
    }
  }
}
