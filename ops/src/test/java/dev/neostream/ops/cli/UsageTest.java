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
import java.util.ArrayList;
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
  void shouldWriteDashboardsOnceAndWhereItIsToldTo() throws Exception {
    Path out = folder.resolve("watch");
    NeoProcess neo =
        NeoProcess.start(
            folder.resolve("printed"),
            List.of("dashboards", "--out", out.toString(), "--dir", "a-run", "/b-run"));

    assertEquals(0, neo.await(), neo.printed());
    List<String> printed = neo.printed().lines().toList();
    assertEquals(out.resolve("prometheus.yml").toString(), printed.get(0));
    String scraped = Files.readString(out.resolve("prometheus.yml"));
    assertTrue(scraped.contains(Path.of("a-run/prometheus.json").toAbsolutePath() + "'"), scraped);
    assertTrue(scraped.contains("'/b-run/prometheus.json'"), scraped);
    assertTrue(
        line(2, "dashboards", "--out", out.toString()).contains("must be a new or an empty"));
    assertTrue(line(2, "dashboards").contains("--out"));
  }

  @Test
  void shouldRefuseAPortThatThereIsNot() throws Exception {
    Path run = folder.resolve("run");
    String document = document().toString();

    for (List<String> verb :
        List.of(
            List.of("demo", "--only-input", "--input", document),
            List.of(
                "run",
                "--set",
                "corpus.demo=false",
                "--set",
                "corpus.inputs=[" + document + "]"))) {
      var arguments = new ArrayList<>(verb);
      arguments.addAll(List.of("--dir", run.toString(), "--metrics-port", "99999"));

      String line = line(2, arguments.toArray(String[]::new));

      assertEquals(
          "neo: the metrics port must be 0 to 65535: port=99999; give --metrics-port such a number,"
              + " or leave it out",
          line);
      assertFalse(Files.exists(run), verb.toString());
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
    NeoProcess other =
        NeoProcess.start(
            folder.resolve("out"),
            List.of(
                "run",
                "--dir",
                folder.resolve("run").toString(),
                "--set",
                "preset=demo",
                "--set",
                "train.seed=7"));
    assertEquals(2, other.await(), other.printed());
    assertTrue(
        other.printed().startsWith("neo: a run must go on as it was made; change these back"));
    assertTrue(other.printed().contains("\n  train.seed: run=42, given=7\n"), other.printed());
    Files.delete(folder.resolve("out"));

    assertTrue(line.contains("--steps must be what the run was made with: given=7"), line);
    line = line(2, "demo", "--dir", folder.resolve("run").toString(), "--priority", "longest");
    assertTrue(line.contains("deduplicated must be what the run was made with"), line);
  }

  @Test
  void shouldRefuseARunThatKeepsEqualTexts() throws Exception {
    String dir = folder.resolve("run").toString();

    String line = line(2, "demo", "--dir", dir, "--stages", "minhash");

    assertTrue(line.contains("--stages must contain exact: stages=[MINHASH]"), line);
    line = line(2, "demo", "--dir", dir, "--lateness", "100");
    assertTrue(line.contains("lateness must be a multiple of 512: lateness=100"), line);
    line = line(2, "demo", "--dir", dir, "--threshold", "0.2");
    assertTrue(line.contains("--threshold must be 0.5 to 1"), line);
  }

  @Test
  void shouldRefuseARunWithoutADefinition() throws Exception {
    Path run = folder.resolve("run");

    assertTrue(line(2, "run", "--dir", run.toString()).contains("with `ops/neo init " + run + "`"));
    Path yaml = Files.writeString(folder.resolve("my.yaml"), "train: {ranks: 0}\n");
    assertEquals(
        "neo: " + yaml + ":1: train.ranks must be at least 1: train.ranks=0",
        line(2, "run", "--config", yaml.toString(), "--dir", run.toString()));
    assertTrue(
        line(2, "run", "--set", "train.ranks=1", "--dir", run.toString())
            .contains("there must be something to read"));
    assertEquals(
        "neo: dedup.rules.stages of a run must contain exact: dedup.rules.stages=[URL]",
        line(2, "run", "--dir", run.toString(), "--set", "dedup.rules.stages=[url]"));
    assertTrue(
        line(2, "run", "--dir", run.toString(), "--set", "tokenize.file=" + yaml)
            .startsWith("neo: tokenize.file: "));
    assertFalse(Files.exists(run));
  }

  @Test
  void shouldWriteADefinitionOnce() throws Exception {
    Path run = folder.resolve("run");
    String dir = run.toString();

    assertTrue(line(2, "init", dir, "--model", "8B").contains("a model must be one of [tiny"));
    assertTrue(line(2, "init", dir, "--steps", "1").contains("at least two steps: steps=1"));
    assertFalse(Files.exists(run));
    assertTrue(line(0, "init", dir).endsWith("Edit it, then: ops/neo run --dir " + dir));
    assertTrue(line(2, "init", dir).contains("init must not replace a definition: file=" + dir));
    assertTrue(line(2, "run", "--dir", dir).contains("run.yaml:6: corpus.inputs[0] must be a"));
    String inputs = "corpus.inputs=[" + document() + "]";
    NeoProcess shown =
        NeoProcess.start(
            folder.resolve("out"), List.of("run", "--dir", dir, "--set", inputs, "--show"));
    assertEquals(2, shown.await(), "the input that the file names is missing still");
    Files.delete(folder.resolve("out"));
    Files.writeString(run.resolve("run.yaml"), "corpus: {inputs: [../a.txt]}\n");
    shown =
        NeoProcess.start(
            folder.resolve("out"), List.of("run", "--dir", dir, "--set", "steps=7", "--show"));
    assertEquals(0, shown.await(), shown.printed());
    assertTrue(shown.printed().contains("- " + document()), shown.printed());
    assertTrue(shown.printed().contains("cleaner: extract-"), shown.printed());
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
  void shouldTakeDownOneThingOfARun() throws Exception {
    String nowhere = folder.resolve("nowhere").toString();

    assertTrue(line(2, "takedown", "--dir", nowhere, "--why", "trial").contains("--licence"));
    assertTrue(
        line(2, "takedown", "--dir", nowhere, "--host", "a.org", "--id", "0", "--why", "trial")
            .contains("mutually exclusive"));
    assertTrue(line(2, "takedown", "--dir", nowhere, "--host", "a.org").contains("--why"));
    assertTrue(
        line(2, "takedown", "--dir", nowhere, "--host", "a.org/page", "--why", "trial")
            .contains("host must be a host name"));
    assertTrue(
        line(3, "takedown", "--dir", nowhere, "--host", "a.org", "--why", "trial")
            .contains("the folder must hold a run"));
  }

  @Test
  void shouldRefuseToDeduplicateByWhatIsNone() throws Exception {
    String document = document().toString();
    String state = folder.resolve("state").toString();

    assertEquals(
        "neo: Missing required option: '--in=PATH'; see `ops/neo dedup --help`", line(2, "dedup"));
    String stage = line(2, "dedup", "--in", document, "--stages", "exact,simhash");
    assertTrue(stage.contains("SUBSTRING") && stage.contains("simhash"), stage);
    for (String threshold : List.of("1.5", "-0.1", "0.49", "NaN")) {
      assertEquals(
          "neo: --threshold must be 0.5 to 1: threshold=" + threshold,
          line(2, "dedup", "--in", document, "--threshold", threshold));
    }
    assertEquals(
        "neo: --min-sightings must be 2 to 65535: min-sightings=1",
        line(2, "dedup", "--in", document, "--min-sightings", "1"));
    assertEquals(
        "neo: --state remembers whole documents: --stages must be of url, exact, minhash",
        line(2, "dedup", "--in", document, "--stages", "exact,line", "--state", state));
    assertFalse(Files.exists(Path.of(state)));
    String published =
        line(2, "dedup", "--in", document, "--profile", "published", "--min-sightings", "3");
    assertTrue(published.contains("--profile published has no"), published);
  }

  @Test
  void shouldRefuseToDeduplicateFilesThatAreNotThereOrTwice() throws Exception {
    String document = document().toString();
    String out = folder.resolve("x.jsonl").toString();

    assertTrue(
        line(2, "dedup", "--in", folder.resolve("nowhere.jsonl").toString())
            .contains("nowhere.jsonl"));
    assertTrue(line(2, "dedup", "--in", document, document).contains("is given twice"));
    assertTrue(
        line(2, "dedup", "--in", document, "--duplicates", document)
            .contains("--duplicates must not be an input"));
    assertTrue(
        line(2, "dedup", "--in", document, "--out", out, "--duplicates", out)
            .contains("--out and --duplicates must be two files"));
    assertEquals("A document.", Files.readString(Path.of(document)));
    assertFalse(Files.exists(Path.of(out)));
  }

  @Test
  void shouldRefuseToLookForWhatIsNoEvaluationSet() throws Exception {
    String document = document().toString();
    String set = folder.resolve("set.jsonl").toString();
    Files.writeString(Path.of(set), "{\"text\":\"An item.\"}\n");

    assertEquals(
        "neo: Missing required option: '--sets=[NAME=]FILE'; see `ops/neo contamination --help`",
        line(2, "contamination", "--in", document));
    assertEquals(
        "neo: one of --in and --dir must be given", line(2, "contamination", "--sets", "a=" + set));
    assertTrue(
        line(2, "contamination", "--in", document, "--sets", "=" + set)
            .contains("must be FILE or NAME=FILE"));
    assertTrue(
        line(2, "contamination", "--in", folder.resolve("nowhere").toString(), "--sets", "a=" + set)
            .contains("nowhere"));
    assertTrue(
        line(2, "contamination", "--in", document, "--sets", "a=" + set, "--out", set)
            .contains("an output must not be an evaluation set"));
    assertTrue(
        line(2, "contamination", "--in", document, "--sets", "a=" + set, "--out", document)
            .contains("--out must not be an input"));
  }

  @Test
  void shouldRefuseToMeasureNothing() throws Exception {
    assertTrue(line(2, "bench").contains("clean or dedup must be given"));
    assertTrue(
        line(2, "bench", "dedup", "--in", folder.resolve("nowhere.jsonl").toString())
            .contains("nowhere.jsonl"));
    assertEquals(
        "neo: --threads must be at least 1: threads=0",
        line(2, "bench", "dedup", "--threads", "0"));
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
