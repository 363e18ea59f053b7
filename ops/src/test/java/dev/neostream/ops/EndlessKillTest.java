package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream without end that is killed at any moment: it reads on in files that came meanwhile and
 * trains on the batches that it would have made undisturbed.
 */
@Tag("nightly")
class EndlessKillTest {

  private static final int STEPS = 120;
  private static final int KILLS = 10;
  private static final long SEED = 1;

  /** Longest life of a process that is to be killed: some steps after its start. */
  private static final int MOST_MILLIS = 16_000;

  @TempDir Path folder;
  private List<String> english;
  private List<String> chinese;

  /** A run in a folder of its own, with a watched folder beside it. */
  private final class Endless {

    final Path run;
    private final Path drop;
    private final Path config;
    private final Path output;

    Endless(String name) throws IOException {
      Path home = folder.resolve(name);
      run = home.resolve("run");
      // A watched folder's name is part of its documents' ids.
      drop = Files.createDirectories(home.resolve("drop"));
      output = home.resolve("out");
      config =
          Files.writeString(
              home.resolve("run.yaml"),
              """
              preset: demo
              corpus: {demo: false, endless: true, watch: [drop], stableSeconds: 1,
                sealSeconds: 3600}
              clean: {profile: recommended}
              tokenize: {sequenceLength: 64, lanes: 2, heldOutEvery: 10}
              mixture:
                domains: [en.web, zh.web]
                phases:
                - {name: only, steps: %d, weights: {en.web: 2, zh.web: 1}, learningRate:
                    {kind: cosine, peak: 3e-3, floor: 3e-4, warmupSteps: 3}}
              train: {checkpointEvery: 10, evalEvery: 25, heldOutBlocks: 2}
              """
                  .formatted(STEPS));
      drop("first", 0, 2);
    }

    /** Gives a part of the corpus, in files that are complete as they appear. */
    void drop(String name, int from, int to) throws IOException {
      for (List<String> lines : List.of(english, chinese)) {
        String file = name + (lines == english ? ".en.jsonl" : ".zh.jsonl");
        int third = lines.size() / 3;
        Path part =
            Files.write(drop.resolve(file + ".part"), lines.subList(from * third, to * third));
        Files.move(part, drop.resolve(file), StandardCopyOption.ATOMIC_MOVE);
      }
    }

    NeoProcess start() throws IOException {
      return NeoProcess.start(
          output, List.of("run", "--config", config.toString(), "--dir", run.toString()));
    }

    Status status() {
      return new RunFolder(run).read(run.resolve("status.json"), Status.class).orElseThrow();
    }

    long read() {
      return Files.exists(run.resolve("status.json")) ? status().ingest().read() : 0;
    }

    long given() {
      return 2L * (english.size() / 3) + 2L * (chinese.size() / 3);
    }
  }

  @Test
  void shouldMakeTheBatchesOfACalmRunWhenKilledAtAnyMoment() throws Exception {
    List<Path> corpus = TestCorpus.write(folder.resolve("corpus"), 900);
    english = Files.readAllLines(corpus.get(0));
    chinese = Files.readAllLines(corpus.get(1));

    var calm = new Endless("calm");
    NeoProcess neo = calm.start();
    neo.await("the first files", () -> calm.read() == calm.given());
    calm.drop("second", 2, 3);
    assertEquals(0, neo.await(), neo.printed());

    var killed = new Endless("killed");
    var random = new Random(SEED);
    boolean dropped = false;
    List<String> moments = new ArrayList<>();
    neo = killed.start();
    for (int kill = 0; kill < KILLS; kill++) {
      int millis = random.nextInt(MOST_MILLIS);
      long until = System.nanoTime() + millis * 1_000_000L;
      while (System.nanoTime() < until && !neo.process().waitFor(10, TimeUnit.MILLISECONDS)) {
        if (!dropped && killed.read() == killed.given()) {
          killed.drop("second", 2, 3);
          dropped = true;
        }
      }
      neo.kill();
      moments.add(millis + " ms");
      neo = killed.start();
    }
    if (!dropped) {
      neo.await("the first files", () -> killed.read() == killed.given());
      killed.drop("second", 2, 3);
    }
    assertEquals(0, neo.await(), neo.printed());

    RunContents expected = RunContents.read(calm.run);
    RunContents actual = RunContents.read(killed.run);
    assertEquals(STEPS, expected.batches().size());
    assertEquals(expected.raw(), actual.raw(), moments.toString());
    assertEquals(expected.blockHashes(), actual.blockHashes(), moments.toString());
    assertEquals(expected.batches(), actual.batches(), moments.toString());
    List<String> outcomes =
        Stream.of(actual.rejected(), actual.duplicates(), actual.tokenised())
            .flatMap(List::stream)
            .toList();
    assertEquals(new HashSet<>(outcomes).size(), outcomes.size(), "one outcome a document");
    assertTrue(new HashSet<>(actual.raw()).containsAll(outcomes));
  }
}
