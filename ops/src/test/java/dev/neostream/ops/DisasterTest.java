package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.neostream.schemas.avro.StepReport;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A run that was killed and whose folder is then not as it was left: parts of another time, records
 * that are gone, a byte that changed, another place. Each ends as a run that nothing happened to,
 * or is refused in one sentence.
 */
@Tag("nightly")
class DisasterTest {

  private static final int PAGES = 900;
  private static final int STEPS = 24;
  private static final int PAUSE_SECONDS = 60;

  @TempDir static Path folder;
  private static Path run;
  private static Path early;
  private static Path late;
  private static RunContents calm;

  private static List<String> demo(Path run, List<Path> inputs) {
    var arguments =
        new ArrayList<>(
            List.of(
                "demo",
                "--dir",
                run.toString(),
                "--steps",
                Integer.toString(STEPS),
                "--checkpoint-every",
                "5",
                "--only-input"));
    inputs.forEach(input -> arguments.addAll(List.of("--input", input.toString())));
    return arguments;
  }

  @BeforeAll
  static void run() throws Exception {
    List<Path> inputs = TestCorpus.write(folder.resolve("corpus"), PAGES);
    Path undisturbed = folder.resolve("calm");
    NeoProcess neo = NeoProcess.start(folder.resolve("calm.out"), demo(undisturbed, inputs));
    assertEquals(0, neo.await(), neo.printed());
    calm = RunContents.read(undisturbed);

    run = folder.resolve("run");
    early = folder.resolve("early");
    late = folder.resolve("late");
    neo = NeoProcess.start(folder.resolve("run.out"), demo(run, inputs));
    killAt(neo, 8);
    copy(run, early);
    killAt(NeoProcess.start(folder.resolve("run.out"), goOn()), 17);
    copy(run, late);
  }

  private static void killAt(NeoProcess neo, int steps) throws Exception {
    Path lines = run.resolve("metrics.jsonl");
    neo.await(
        "step " + steps, () -> Files.exists(lines) && Files.readAllLines(lines).size() >= steps);
    neo.kill();
  }

  private static List<String> goOn() {
    return List.of("run", "--dir", run.toString());
  }

  private static void copy(Path from, Path to) throws Exception {
    PrivateFiles.deleteTree(to);
    int exit =
        new ProcessBuilder("cp", "-a", from.toString(), to.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertEquals(0, exit);
  }

  /** Puts a part of the run of another time in the place of what is there. */
  private static void swap(Path from, String part) throws Exception {
    copy(from.resolve(part), run.resolve(part));
  }

  /**
   * Goes on with the run; returns how it was refused, empty if it ended as if it were the calm one.
   */
  private static String outcome(String what) throws Exception {
    Path output = folder.resolve(what.replaceAll("\\W+", "-") + ".out");
    return outcome(what, NeoProcess.start(output, goOn()));
  }

  private static String outcome(String what, NeoProcess neo) throws Exception {
    int exit = neo.await();
    if (exit != 0) {
      List<String> said = neo.printed().lines().filter(line -> line.startsWith("neo: ")).toList();
      assertEquals(1, said.size(), what + ": " + neo.printed());
      String problem = said.get(0).substring("neo: ".length());
      assertFalse(problem.contains("Exception"), what + ": " + problem);
      assertFalse(problem.contains("in vain"), what + ": " + problem);
      return problem;
    }
    RunContents contents = RunContents.read(run);
    assertEquals(calm.raw().stream().sorted().toList(), contents.raw().stream().sorted().toList());
    assertEquals(calm.blockHashes(), contents.blockHashes(), what);
    assertEquals(calm.batches(), contents.batches(), what);
    assertEquals(losses(calm), losses(contents), what);
    return "";
  }

  private static Map<Long, Long> losses(RunContents contents) {
    var losses = new TreeMap<Long, Long>();
    for (StepReport step : contents.steps()) {
      losses.put(step.getStep(), Double.doubleToLongBits(step.getLoss()));
    }
    return losses;
  }

  @ParameterizedTest
  @ValueSource(strings = {"kafka", "flink", "checkpoints", "streams"})
  void shouldNoticeAPartOfAnotherTime(String part) throws Exception {
    copy(late, run);
    swap(early, part);

    outcome("older " + part);
  }

  @Test
  void shouldGoOnWithAllPartsOfAnEarlierTime() throws Exception {
    copy(early, run);

    assertEquals("", outcome("all older"));
  }

  @Test
  void shouldOutliveAPauseOfEveryProcess() throws Exception {
    copy(early, run);
    NeoProcess neo = NeoProcess.start(folder.resolve("paused.out"), goOn());
    Path lines = run.resolve("metrics.jsonl");
    neo.await("step 10", () -> Files.exists(lines) && Files.readAllLines(lines).size() >= 10);

    neo.signal("STOP");
    assertFalse(neo.process().waitFor(PAUSE_SECONDS, TimeUnit.SECONDS));
    neo.signal("CONT");

    assertEquals("", outcome("paused", neo));
  }

  /** Another processor: other kernels of the library, other last bits. */
  @Test
  void shouldGoOnWithOtherVectorUnits() throws Exception {
    copy(late, run);

    NeoProcess neo =
        NeoProcess.start(
            folder.resolve("other.out"), goOn(), Map.of("ATEN_CPU_CAPABILITY", "default"));

    assertEquals(0, neo.await(), neo.printed());
    RunContents contents = RunContents.read(run);
    assertEquals(calm.blockHashes(), contents.blockHashes());
    assertEquals(calm.batches(), contents.batches());
    for (int step = 0; step < STEPS; step++) {
      assertEquals(calm.steps().get(step).getLoss(), contents.steps().get(step).getLoss(), 1e-3);
    }
  }

  /** Every kind of file, by a part of its path: the largest of its kind. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/config.resolved.yaml",
        "/status.json",
        "/starts.json",
        "/metrics.jsonl",
        "/tokenizer.neo.json",
        "/model.safetensors",
        "/optimizer.safetensors",
        "/manifest.json",
        "/_metadata",
        "raw.documents",
        "token.index",
        "train.batches",
        "ingest.positions",
        "/meta.properties",
        "__cluster_metadata-0/00000000000000000000.log"
      })
  void shouldNoticeAChangedByte(String kind) throws Exception {
    copy(late, run);
    Path file = newest(kind);
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long middle = bytes.length() / 2;
      bytes.seek(middle);
      int was = bytes.read();
      bytes.seek(middle);
      bytes.write(was ^ 1);
    }

    outcome("changed " + kind);
  }

  private static Path newest(String kind) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      return files
          .filter(file -> Files.isRegularFile(file) && file.toString().contains(kind))
          .filter(file -> !kind.contains(".") || !file.toString().contains("index"))
          .filter(file -> file.toFile().length() > 0)
          .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
          .orElseThrow(() -> new AssertionError("the run must have a file of the kind: " + kind));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "raw.documents",
        "rejected.documents",
        "duplicates.documents",
        "tokens.",
        "token.index",
        "pipeline.counts",
        "ingest.positions",
        "ingest.inputs",
        "mixture.plans",
        "mixture.decisions",
        "train.batches",
        "train.steps",
        "checkpoints",
        "eval.results",
        "changelog",
        "schemas"
      })
  void shouldNoticeATopicWhoseTailIsGone(String topic) throws Exception {
    copy(late, run);
    try (Stream<Path> partitions = Files.list(run.resolve("kafka"))) {
      for (Path partition :
          partitions.filter(p -> p.getFileName().toString().contains(topic)).toList()) {
        Path log = partition.resolve("00000000000000000000.log");
        if (Files.exists(log) && Files.size(log) > 0) {
          try (var bytes = new RandomAccessFile(log.toFile(), "rw")) {
            bytes.setLength(bytes.length() / 2);
          }
        }
      }
    }

    outcome("cut " + topic);
  }
}
