package dev.neostream.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.NeoProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong usage: one clear line, the documented exit code, nothing left behind. */
class UsageTest {

  @TempDir Path folder;

  private String line(int exitCode, String... arguments) throws Exception {
    NeoProcess neo = NeoProcess.start(folder.resolve("out"), List.of(arguments));
    int exit = neo.await();
    List<String> lines = neo.printed().lines().toList();
    assertEquals(exitCode, exit, neo.printed());
    assertEquals(1, lines.size(), neo.printed());
    Files.delete(folder.resolve("out"));
    return lines.get(0);
  }

  private Path document() throws IOException {
    return Files.writeString(folder.resolve("a.txt"), "A document.");
  }

  @Test
  void shouldRefuseAnUnknownVerb() throws Exception {
    String line = line(2, "train-faster");

    assertTrue(line.contains("train-faster"), line);
    assertTrue(line.endsWith("; see `ops/neo --help`"), line);
  }

  @Test
  void shouldRefuseAMissingInput() throws Exception {
    Path run = folder.resolve("run");

    String line =
        line(
            2,
            "demo",
            "--dir",
            run.toString(),
            "--only-input",
            "--input",
            folder.resolve("nowhere.warc").toString());

    assertTrue(line.contains("nowhere.warc"), line);
    assertFalse(Files.exists(run.resolve("config.resolved.yaml")));
  }

  @Test
  void shouldRefuseToReadNothing() throws Exception {
    assertTrue(
        line(2, "demo", "--dir", folder.resolve("run").toString(), "--only-input")
            .contains("there must be something to read"));
  }

  @Test
  void shouldRefuseARunFolderInsideAnInput() throws Exception {
    String line =
        line(
            2,
            "demo",
            "--dir",
            folder.resolve("run").toString(),
            "--only-input",
            "--input",
            folder.toString());

    assertTrue(line.contains("the run folder must not lie in an input"), line);
  }

  @Test
  void shouldRefuseTwoLengths() throws Exception {
    String line =
        line(
            2,
            "demo",
            "--dir",
            folder.resolve("run").toString(),
            "--only-input",
            "--input",
            document().toString(),
            "--steps",
            "10",
            "--minutes",
            "1");

    assertTrue(line.contains("only one of --steps and --minutes"), line);
  }

  @Test
  void shouldRefuseARunFolderThatCannotBeWritten() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");

    String line =
        line(
            1,
            "demo",
            "--dir",
            file.resolve("run").toString(),
            "--only-input",
            "--input",
            document().toString());

    assertTrue(line.contains("the run folder must be writable"), line);
  }

  @Test
  void shouldRefuseAnOccupiedPort() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String line =
          line(
              1,
              "demo",
              "--dir",
              folder.resolve("run").toString(),
              "--only-input",
              "--input",
              document().toString(),
              "--metrics-port",
              Integer.toString(taken.getLocalPort()));

      assertTrue(line.contains("port=" + taken.getLocalPort()), line);
    }
  }

  @Test
  void shouldRefuseOtherSettingsForAnExistingRun() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      line(
          1,
          "demo",
          "--dir",
          folder.resolve("run").toString(),
          "--only-input",
          "--input",
          document().toString(),
          "--metrics-port",
          Integer.toString(taken.getLocalPort()));
    }

    String line = line(2, "demo", "--dir", folder.resolve("run").toString(), "--steps", "7");

    assertTrue(line.contains("--steps must be what the run was made with: given=7"), line);
  }

  @Test
  void shouldNotBeReadyWithoutARun() throws Exception {
    String nowhere = folder.resolve("nowhere").toString();

    assertTrue(line(3, "status", "--dir", nowhere).contains("the folder must hold a run"));
    assertTrue(line(3, "mix", "history", "--dir", nowhere).contains("the folder must hold a run"));
  }

  @Test
  void shouldRefuseWeightsThatAreNoNumbers() throws Exception {
    assertTrue(line(2, "mix", "set", "--weights", "code=much", "--why", "trial").contains("much"));
  }

  @Test
  void shouldRefuseAnOutputThatIsAnInputOrTheOtherOutput() throws Exception {
    String document = document().toString();
    String out = folder.resolve("x.jsonl").toString();

    assertTrue(
        line(2, "clean", "--in", document, "--out", document)
            .contains("--out must not be an input"));
    assertTrue(
        line(2, "clean", "--in", document, "--out", out, "--rejects", out)
            .contains("--out and --rejects must be two files"));
    assertEquals("A document.", Files.readString(Path.of(document)));
  }

  @Test
  void shouldNotTakeAMisspeltOptionForAFile() throws Exception {
    String line = line(2, "clean", "--in", document().toString(), "--rejcets", "r.jsonl");

    assertTrue(line.contains("--rejcets"), line);
  }

  @Test
  void shouldNameTheNearestRuleOfAMisspeltThreshold() throws Exception {
    String line =
        line(2, "clean", "--in", document().toString(), "--try", "en.gopher.word_cuont.min=3");

    assertTrue(line.contains("nearest=gopher.word_count"), line);
  }

  @Test
  void shouldExplainTheDocumentNamedBehindTheFiles() throws Exception {
    Path out = folder.resolve("out");
    NeoProcess neo =
        NeoProcess.start(out, List.of("explain", "--in", document().toString(), "a.txt"));

    assertEquals(0, neo.await(), neo.printed());
    assertTrue(
        neo.printed().contains("dropped by extract.empty: 10, must be >= 20"), neo.printed());
  }
}
