package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.NeoProcess;
import dev.neostream.ops.job.DedupRun.Document;
import dev.neostream.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Deduplication that is killed (kill -9 of broker, cluster and job) again and again in the middle
 * ends exactly as one that is left alone.
 */
class DedupKillTest {

  private static final int SHOWN = 300;

  @TempDir Path folder;

  @Test
  void shouldDecideAlikeWhenKilledTwice() throws Exception {
    decideWhenKilled(2, 3_000);
  }

  @Test
  @Tag("nightly")
  void shouldDecideAlikeWhenKilledTenTimes() throws Exception {
    decideWhenKilled(10, 12_000);
  }

  private void decideWhenKilled(int kills, int size) throws Exception {
    Path calm = folder.resolve("calm");
    finish(calm, size);
    List<String> expected = outcome(calm);
    assertComplete(DedupProcess.corpus(size), expected);

    Path killed = folder.resolve("killed");
    var random = new Random(kills);
    // What the job has written, committed or not, tells how far it is. What a killed process wrote
    // beyond its last checkpoint is written again, so that all kills come before the end.
    long share = uniqueBytes(calm) / (kills + 1);
    for (int kill = 0; kill < kills; kill++) {
      long moment = uniqueBytes(killed) + (long) (share * (0.3 + 0.7 * random.nextDouble()));
      NeoProcess process = start(killed, size);
      process.await("kill " + kill, () -> uniqueBytes(killed) >= moment);
      process.kill();
    }
    finish(killed, size);

    assertSame(expected, outcome(killed));
    List<Integer> before = outBefore(killed);
    assertEquals(kills + 1, before.size());
    assertTrue(before.get(kills) > 0, "the last must go on from a checkpoint: " + before);
    assertTrue(before.get(kills) < size, "all kills must come before the end: " + before);
  }

  private static Path printed(Path run) {
    return run.resolve("printed.txt");
  }

  private static NeoProcess start(Path run, int size) throws IOException {
    Files.createDirectories(run);
    return NeoProcess.start(
        printed(run), DedupProcess.class, List.of(run.toString(), Integer.toString(size)));
  }

  private static void finish(Path run, int size) throws Exception {
    int exit = start(run, size).await();
    assertEquals(0, exit, () -> "see the end of what it printed: " + end(run));
  }

  private static String end(Path run) {
    try {
      String printed = Files.readString(printed(run));
      return printed.substring(Math.max(0, printed.length() - 10 * SHOWN));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Returns how many documents were out when each process began. */
  private static List<Integer> outBefore(Path run) throws IOException {
    try (Stream<String> lines = Files.lines(printed(run))) {
      return lines
          .filter(line -> line.startsWith(DedupProcess.OUT_BEFORE))
          .map(line -> Integer.parseInt(line.substring(DedupProcess.OUT_BEFORE.length())))
          .toList();
    }
  }

  private static List<String> outcome(Path run) throws IOException {
    return Files.readAllLines(run.resolve(DedupProcess.OUTCOME));
  }

  /** Returns the size of the log of unique.documents, that of open transactions included. */
  private static long uniqueBytes(Path run) throws IOException {
    String topic = new Topics(DedupProcess.NAME).uniqueDocuments();
    long bytes = 0;
    for (int partition = 0; partition < DedupRun.PARTITIONS; partition++) {
      Path log = run.resolve("kafka/" + topic + "-" + partition);
      if (Files.exists(log)) {
        try (Stream<Path> files = Files.list(log)) {
          for (Path file : files.filter(f -> f.toString().endsWith(".log")).toList()) {
            bytes += Files.size(file);
          }
        }
      }
    }
    return bytes;
  }

  /** Asserts that every document came out once, in every way there is. */
  private static void assertComplete(List<Document> documents, List<String> outcome) {
    List<String> ids =
        outcome.stream()
            .filter(line -> !line.startsWith("copies "))
            .map(line -> line.split(" ")[1])
            .sorted()
            .toList();
    assertSame(documents.stream().map(Document::id).sorted().toList(), ids);
    for (String way :
        List.of(
            "unique ",
            "rejected ",
            " url ",
            " exact ",
            " minhash ",
            "late=true",
            "retracted=true")) {
      assertTrue(outcome.stream().anyMatch(line -> line.contains(way)), way);
    }
  }

  /** Asserts equality; says where sorted lists differ first instead of printing them. */
  private static void assertSame(List<String> expected, List<String> actual) {
    int common = 0;
    while (common < Math.min(expected.size(), actual.size())
        && expected.get(common).equals(actual.get(common))) {
      common++;
    }
    assertEquals(from(expected, common), from(actual, common), "first difference");
    assertEquals(expected.size(), actual.size());
  }

  private static String from(List<String> lines, int index) {
    var some = new ArrayList<String>(lines.subList(index, Math.min(index + 3, lines.size())));
    String text = String.join("\n", some);
    return text.substring(0, Math.min(SHOWN, text.length()));
  }
}
