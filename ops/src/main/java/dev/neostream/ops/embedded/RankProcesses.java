package dev.neostream.ops.embedded;

import dev.neostream.ops.run.Engines;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The trainer ranks of one launch, each in its own JVM.
 *
 * <p>A rank says {@code ready} on its standard output once its engine is loaded. It leaves at the
 * word {@code stop} on its standard input, and at once when that input ends: a rank never outlives
 * its launcher, however the launcher dies.
 */
final class RankProcesses implements Engines.Ranks {

  private final List<Process> processes = new ArrayList<>();
  private final RunFolder folder;
  private final int ranks;
  private final int heapMb;
  private final int generation;

  private RankProcesses(RunFolder folder, RunSpec spec, int generation) {
    this.folder = folder;
    ranks = spec.train().ranks();
    heapMb = spec.engines().rankHeapMb();
    this.generation = generation;
  }

  /**
   * Starts all ranks.
   *
   * @param generation tells this launch's messages from those of an earlier one
   * @param aeronFolder folder of the media driver
   */
  static RankProcesses start(RunFolder folder, RunSpec spec, int generation, Path aeronFolder) {
    var started = new RankProcesses(folder, spec, generation);
    try {
      boolean ready = true;
      for (int rank = 0; rank < started.ranks && ready; rank++) {
        ready = started.start(rank, aeronFolder);
      }
      return started;
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  /**
   * Starts a rank and waits until it is ready, because the first start unpacks the engine's
   * natives. Returns false if it ended instead, which {@link #failure} then tells.
   */
  private boolean start(int rank, Path aeronFolder) {
    List<String> command =
        List.of(
            "/bin/sh",
            "-c",
            // Ctrl-C reaches the whole process group; a rank must finish its step first.
            "trap '' INT TERM; exec \"$@\"",
            "rank-" + rank,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + heapMb + "m",
            "-XX:+UseSerialGC",
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
            "-Djava.io.tmpdir=" + folder.tmp(),
            "-Dneo.log=" + folder.logs().resolve("rank-" + rank + ".log"),
            "-cp",
            System.getProperty("java.class.path"),
            RankMain.class.getName(),
            folder.root().toString(),
            Integer.toString(rank),
            Integer.toString(ranks),
            Integer.toString(generation),
            aeronFolder.toString());
    var builder = new ProcessBuilder(command);
    builder.environment().put("OPT_OUT_TRACKING", "true");
    builder.redirectError(
        ProcessBuilder.Redirect.appendTo(folder.logs().resolve("rank-" + rank + ".err").toFile()));
    try {
      Process process = builder.start();
      processes.add(process);
      var out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String line = out.readLine();
      while (line != null && !line.equals("ready")) {
        line = out.readLine();
      }
      if (line == null) {
        process.waitFor();
      }
      return line != null;
    } catch (IOException e) {
      throw new UncheckedIOException("rank " + rank + " could not be started", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting rank " + rank, e);
    }
  }

  @Override
  public boolean finished() {
    return processes.stream().allMatch(process -> !process.isAlive() && process.exitValue() == 0);
  }

  @Override
  public Optional<String> failure() {
    for (int rank = 0; rank < processes.size(); rank++) {
      Process process = processes.get(rank);
      if (!process.isAlive() && process.exitValue() != 0) {
        return Optional.of(failure(rank, process.exitValue()));
      }
    }
    return Optional.empty();
  }

  private String failure(int rank, int exitCode) {
    return "trainer rank "
        + rank
        + " ended with exit code "
        + exitCode
        + "; see "
        + folder.logs().resolve("rank-" + rank + ".log");
  }

  @Override
  public void requestStop() {
    for (Process process : processes) {
      try {
        Writer in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        in.write("stop\n");
        in.flush();
      } catch (IOException e) {
        // The rank has ended already, which is what was asked.
        continue;
      }
    }
  }

  @Override
  public boolean await(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      for (Process process : processes) {
        if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    for (Process process : processes) {
      process.onExit().join();
    }
  }
}
