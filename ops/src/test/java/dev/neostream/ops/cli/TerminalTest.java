package dev.neostream.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.ops.monitor.StatusSample;
import dev.neostream.ops.run.RunFolder;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.impl.jni.JniNativePty;
import org.jline.terminal.impl.jni.JniTerminalProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that write to a terminal, by way of the system's own. */
class TerminalTest {

  @TempDir Path folder;

  private JniNativePty terminal;

  @BeforeEach
  void open() throws IOException {
    terminal = (JniNativePty) new JniTerminalProvider().open(null, new Size(80, 24));
  }

  @AfterEach
  void close() throws IOException {
    terminal.close();
  }

  private Process start(Class<?> main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dneo.terminal=true",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command)
            .redirectOutput(new File(terminal.getName()))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("TERM", "xterm");
    return builder.start();
  }

  /** Reads what is written up to the end of a row that ends with certain words. */
  private String readTo(String words) throws IOException {
    var text = new StringBuilder();
    byte[] buffer = new byte[4096];
    while (text.indexOf(words + "\r\n") < 0) {
      int length = terminal.getMasterInput().read(buffer);
      text.append(new String(buffer, 0, length, StandardCharsets.UTF_8));
    }
    return text.toString();
  }

  @Test
  void shouldFollowTheWindowOfATerminal() throws IOException {
    var screen = new Screen(80, 24);
    Process process = start(ViewMain.class);
    try {
      screen.write(readTo("after the next steps"));
      assertEquals(Screens.AT_80, screen.rows());

      terminal.setSize(new Size(120, 40));
      screen.resize(120, 40);
      process.getOutputStream().write(1);
      process.getOutputStream().flush();
      screen.write(readTo("after the next steps"));
      assertEquals(Screens.AT_120, screen.rows());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void shouldFitTheStateIntoTheWindow() throws IOException {
    var run = new RunFolder(folder);
    run.write(run.status(), StatusSample.running().in("complete", ""));
    var screen = new Screen(80, 24);

    Process process = start(Main.class, "status", "--dir", folder.toString());
    try {
      screen.write(readTo("checkpoints/step-00000039"));
    } finally {
      process.destroyForcibly();
    }

    List<String> expected = new ArrayList<>(Screens.AT_80.subList(0, Screens.AT_80.size() - 1));
    expected.set(0, "state     complete");
    assertEquals(expected, screen.rows());
  }
}
