package dev.neostream.ops.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Flink folder that is copied or moved between two starts of its job. */
class MovedFolderTest {

  private static final long LOOK_EVERY_NS = 20_000_000;
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** The sum that the newest job has reached, of key 0. */
  private static final AtomicLong SUM = new AtomicLong();

  /** The first sum that the newest job has made of key 0; 0 before. */
  private static final AtomicLong FIRST = new AtomicLong();

  /** Number of the newest job: tasks of one that has ended may still run for a moment. */
  private static final AtomicLong NEWEST = new AtomicLong();

  @TempDir Path folder;

  private static final class Watch implements MapFunction<long[], long[]> {
    private static final long serialVersionUID = 1;
    private final long job;

    Watch(long job) {
      this.job = job;
    }

    @Override
    public long[] map(long[] sum) {
      if (sum[0] % 10 == 0 && job == NEWEST.get()) {
        FIRST.compareAndSet(0, sum[1]);
        SUM.set(sum[1]);
      }
      LockSupport.parkNanos(1_000_000);
      return sum;
    }
  }

  /** Endless sums by key, in keyed state. */
  private static void define(StreamExecutionEnvironment env) {
    long job = NEWEST.incrementAndGet();
    SUM.set(0);
    FIRST.set(0);
    env.fromSequence(0, Long.MAX_VALUE - 1)
        .uid("numbers")
        .map(n -> new long[] {n % 10, 1})
        .returns(long[].class)
        .keyBy(pair -> pair[0])
        .reduce((a, b) -> new long[] {a[0], a[1] + b[1]})
        .uid("sums")
        .map(new Watch(job))
        .sinkTo(new DiscardingSink<>())
        .uid("nowhere");
  }

  private EmbeddedFlink start(Path checkpoints) throws IOException {
    Path tmp = Files.createDirectories(folder.resolve("tmp"));
    return EmbeddedFlink.start(checkpoints, tmp, 1, Duration.ofMillis(200), 256);
  }

  private static boolean holds(Path checkpoints, String prefix) throws IOException {
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files.anyMatch(
          file ->
              file.endsWith("_metadata")
                  && file.getParent().getFileName().toString().startsWith(prefix));
    } catch (UncheckedIOException deletedMeanwhile) {
      return false;
    }
  }

  private static void await(EmbeddedFlink flink, Condition condition) throws IOException {
    while (!condition.holds()) {
      assertTrue(flink.failure().isEmpty(), () -> "the job must run: " + flink.failure());
      LockSupport.parkNanos(LOOK_EVERY_NS);
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  /** Returns size by name of all files. */
  private static TreeMap<String, Long> files(Path of) throws IOException {
    var found = new TreeMap<String, Long>();
    try (Stream<Path> paths = Files.walk(of)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        found.put(of.relativize(path).toString(), Files.size(path));
      }
    }
    return found;
  }

  /** Runs the job until there is a checkpoint, and ends it as a kill does. */
  private void runAndKill(Path checkpoints) throws IOException {
    try (EmbeddedFlink flink = start(checkpoints)) {
      flink.submit("sums", MovedFolderTest::define);
      await(flink, () -> holds(checkpoints, "chk-") && SUM.get() > 5);
    }
  }

  @Test
  void shouldRefuseACopyOfWhatWasKilledAndLeaveTheOriginalAlone() throws IOException {
    Path original = folder.resolve("original");
    Path copy = folder.resolve("copy");
    runAndKill(original);
    assertTrue(holds(original, "chk-"));
    copy(original, copy);
    TreeMap<String, Long> before = files(original);

    try (EmbeddedFlink flink = start(copy)) {
      var refused =
          assertThrows(UserError.class, () -> flink.submit("sums", MovedFolderTest::define));
      assertEquals(
          "a run that was not stopped cleanly must go on where it was, for its newest Flink"
              + " checkpoint names files there: was="
              + original.toRealPath()
              + ", is="
              + copy.toRealPath()
              + "; move it back, or go on there, stop it with Ctrl-C, and then move or copy it",
          refused.getMessage());
    }

    assertEquals(before, files(original));
    assertGoesOn(original);
  }

  @Test
  void shouldGoOnAnywhereWhenItWasStoppedCleanly() throws IOException {
    Path original = folder.resolve("original");
    runAndStop(original);
    assertTrue(holds(original, "savepoint-"));
    Path copy = folder.resolve("copy");
    copy(original, copy);
    Path moved = Files.move(original, folder.resolve("moved"));
    long reached = SUM.get();

    for (Path there : List.of(copy, moved)) {
      TreeMap<String, Long> others = files(there.equals(copy) ? moved : copy);
      try (EmbeddedFlink flink = start(there)) {
        flink.submit("sums", MovedFolderTest::define);
        await(flink, () -> FIRST.get() > 0);
        assertEquals(reached + 1, FIRST.get());
        flink.stopJob(LIMIT);
      }
      assertEquals(others, files(there.equals(copy) ? moved : copy));
    }
    assertFalse(Files.exists(original));
  }

  /** The older of two savepoints goes when it starts from the newer. */
  @Test
  void shouldGoOnWhenItWasKilledAfterCleanStops() throws IOException {
    runAndStop(folder);
    runAndStop(folder);
    assertEquals(2, savepoints(folder));

    runAndKill(folder);

    assertEquals(1, savepoints(folder));
    assertGoesOn(folder);
  }

  private void runAndStop(Path checkpoints) throws IOException {
    try (EmbeddedFlink flink = start(checkpoints)) {
      flink.submit("sums", MovedFolderTest::define);
      await(flink, () -> SUM.get() > 5);
      flink.stopJob(LIMIT);
    }
  }

  /** Its sums are not begun anew. */
  private void assertGoesOn(Path checkpoints) throws IOException {
    try (EmbeddedFlink flink = start(checkpoints)) {
      flink.submit("sums", MovedFolderTest::define);
      await(flink, () -> FIRST.get() > 0);
      assertTrue(FIRST.get() > 1, () -> "first=" + FIRST.get());
    }
  }

  private static long savepoints(Path checkpoints) throws IOException {
    try (Stream<Path> stopped = Files.list(checkpoints.resolve("stopped"))) {
      return stopped.count();
    }
  }
}
