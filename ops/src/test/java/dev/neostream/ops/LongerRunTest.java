package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.schemas.avro.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that was complete is made longer and goes on. Batches and reports up to the old end stay as
 * they are, and those after it are the same, bit for bit, whatever is killed in between.
 */
class LongerRunTest {

  private static final int PLANNED = 12;
  private static final int LONGER = 30;

  @TempDir Path folder;

  @BeforeEach
  void define() throws IOException {
    TestCorpus.write(folder.resolve("corpus"), 100);
    Files.writeString(
        folder.resolve("run.yaml"),
        """
        preset: demo
        corpus: {demo: false, inputs: [corpus]}
        clean: {profile: recommended}
        tokenize: {sequenceLength: 64, lanes: 2, heldOutEvery: 10}
        mixture:
          domains: [en.web, zh.web]
          phases:
          - {name: only, steps: %d, weights: {en.web: 2, zh.web: 1}, learningRate:
              {kind: cosine, peak: 3e-3, floor: 3e-4, warmupSteps: 3}}
        train: {checkpointEvery: 4, evalEvery: 5, heldOutBlocks: 2}
        """
            .formatted(PLANNED));
  }

  private NeoProcess start(Path run, String... more) throws IOException {
    var arguments =
        new ArrayList<>(
            List.of("run", "--config", folder.resolve("run.yaml").toString(), "--dir", "" + run));
    arguments.addAll(List.of(more));
    return NeoProcess.start(folder.resolve("out"), arguments);
  }

  private void runToTheEnd(Path run, String... more) throws Exception {
    NeoProcess neo = start(run, more);
    assertEquals(0, neo.await(), neo.printed());
  }

  /** A run that has ended can be taken elsewhere. */
  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private static Status status(Path run) {
    return new RunFolder(run).read(run.resolve("status.json"), Status.class).orElseThrow();
  }

  /** Returns what a step came to but for its times. */
  private static List<String> results(List<StepReport> steps) {
    return steps.stream()
        .map(
            step ->
                step.getStep()
                    + " "
                    + step.getLoss()
                    + " "
                    + step.getLearningRate()
                    + " "
                    + Long.toHexString(step.getParameterHash()))
        .toList();
  }

  @Test
  void shouldGoOnBeyondItsEnd() throws Exception {
    Path run = folder.resolve("calm");
    runToTheEnd(run);
    RunContents before = RunContents.read(run);
    assertEquals(PLANNED, before.batches().size());

    NeoProcess refused = start(run, "--until-step", "7");
    assertEquals(2, refused.await());
    assertTrue(
        refused
            .printed()
            .contains(
                "--until-step must be beyond the steps that are trained: until-step=7,"
                    + " trained=12"),
        refused.printed());

    runToTheEnd(run, "--until-step", "" + LONGER);
    RunContents longer = RunContents.read(run);
    assertEquals(LONGER, longer.batches().size());
    assertEquals(before.batches(), longer.batches().subList(0, PLANNED));
    assertEquals(before.steps(), longer.steps().subList(0, PLANNED));
    assertEquals(LONGER, status(run).training().steps());
    assertEquals("complete", status(run).state());
    assertTrue(
        Files.readString(run.resolve("config.resolved.yaml")).contains("untilStep: " + LONGER));
    String report = Files.readString(run.resolve("report.md"));
    assertTrue(report.contains("until step " + LONGER), report);
  }

  @Test
  @Tag("nightly")
  void shouldGoOnTheSameWhateverIsKilled() throws Exception {
    Path calm = folder.resolve("calm");
    runToTheEnd(calm);
    Path killed = folder.resolve("killed");
    copy(calm, killed);
    runToTheEnd(calm, "--until-step", "" + LONGER);

    NeoProcess neo = start(killed, "--until-step", "" + LONGER);
    neo.await("some steps more", () -> status(killed).training().step() > PLANNED + 2);
    neo.kill();
    runToTheEnd(killed);

    RunContents longer = RunContents.read(calm);
    RunContents resumed = RunContents.read(killed);
    assertEquals(longer.batches(), resumed.batches());
    assertEquals(results(longer.steps()), results(resumed.steps()));
  }
}
