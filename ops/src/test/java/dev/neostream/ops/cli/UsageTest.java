package dev.neostream.ops.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.NeoProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Usage that is right after all, or wrong because of what is on the machine. */
class UsageTest {

  @TempDir Path folder;

  /** Runs a command and returns all that it prints. */
  private static String printed(int exitCode, String... arguments) {
    var bytes = new ByteArrayOutputStream();
    var printer = new PrintStream(bytes, true, UTF_8);

    int exit = Main.run(printer, printer, arguments);

    String printed = bytes.toString(UTF_8);
    assertEquals(exitCode, exit, printed);
    return printed;
  }

  private Path document() throws IOException {
    return Files.writeString(folder.resolve("a.txt"), "A document.");
  }

  @Test
  void shouldRefuseARunFolderThatCannotBeWritten() throws Exception {
    String document = document().toString();

    String line = printed(1, "demo", "--dir", "/proc/neo-run", "--only-input", "--input", document);

    assertTrue(line.startsWith("neo: the run folder must be writable: folder=/proc/neo-"), line);
  }

  @Test
  void shouldRefuseARunFolderOfAnotherUser() throws Exception {
    Path run = Files.createDirectory(folder.resolve("run"));
    String owner = Files.getOwner(run).getName();
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("---------"));
    Assumptions.assumeFalse(Files.isReadable(run), "this user may read everything");

    String expected =
        "neo: the run folder must be readable: dir=%s, owner=%s; run this as its owner%n"
            .formatted(run, owner);
    assertEquals(expected, printed(1, "status", "--dir", run.toString()));
    assertEquals(expected, printed(1, "clean", "--dir", run.toString()));
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void shouldRefuseAnOccupiedPort() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // A run that comes so far sets properties of its process.
      NeoProcess neo =
          NeoProcess.start(
              folder.resolve("out"),
              List.of(
                  "demo",
                  "--dir",
                  folder.resolve("run").toString(),
                  "--only-input",
                  "--input",
                  document().toString(),
                  "--metrics-port",
                  Integer.toString(taken.getLocalPort())));

      assertEquals(1, neo.await(), neo.printed());
      assertEquals(1, neo.printed().lines().count(), neo.printed());
      assertTrue(neo.printed().contains("port=" + taken.getLocalPort()), neo.printed());
    }
  }

  @Test
  void shouldWriteDashboardsOnceAndWhereItIsToldTo() throws Exception {
    Path out = folder.resolve("watch");

    List<String> printed =
        printed(0, "dashboards", "--out", out.toString(), "--dir", "a-run", "/b-run")
            .lines()
            .toList();

    assertEquals(out.resolve("prometheus.yml").toString(), printed.get(0));
    String scraped = Files.readString(out.resolve("prometheus.yml"));
    assertTrue(scraped.contains(Path.of("a-run/prometheus.json").toAbsolutePath() + "'"), scraped);
    assertTrue(scraped.contains("'/b-run/prometheus.json'"), scraped);
    assertTrue(
        printed(2, "dashboards", "--out", out.toString()).contains("must be a new or an empty"));
  }

  @Test
  void shouldWriteADefinitionOnce() throws Exception {
    Path run = folder.resolve("my run");
    String dir = run.toString();

    assertEquals(
        "Wrote %s/run.yaml. Edit it, then: ops/neo run --dir '%s'%n".formatted(dir, dir),
        printed(0, "init", dir));
    assertTrue(printed(2, "init", dir).contains("init must not replace a definition: file=" + dir));
    assertTrue(printed(2, "run", "--dir", dir).contains("run.yaml:6: corpus.inputs[0] must be a"));
    String inputs = "corpus.inputs=[" + document() + "]";
    // The input that the file names is missing still.
    printed(2, "run", "--dir", dir, "--set", inputs, "--show");
    Files.writeString(run.resolve("run.yaml"), "corpus: {inputs: [../a.txt]}\n");
    String shown = printed(0, "run", "--dir", dir, "--set", "steps=7", "--show");
    assertTrue(shown.contains("- " + document()), shown);
    assertTrue(shown.contains("cleaner: extract-"), shown);
  }

  @Test
  void shouldNameInADefinitionWhatItIsToRead() throws Exception {
    Path run = folder.resolve("run");
    String document = document().toString();

    printed(0, "init", run.toString(), "--input", document, "--steps", "20");

    String shown = printed(0, "run", "--dir", run.toString(), "--show");
    assertTrue(shown.contains("- " + document), shown);
    assertFalse(Files.exists(run.resolve("config.resolved.yaml")), "--show writes nothing");
  }

  @Test
  void shouldExplainTheDocumentNamedBehindTheFiles() throws Exception {
    String printed = printed(0, "explain", "--in", document().toString(), "a.txt");

    assertTrue(printed.contains("dropped by extract.empty: 10, must be >= 20"), printed);
  }
}
