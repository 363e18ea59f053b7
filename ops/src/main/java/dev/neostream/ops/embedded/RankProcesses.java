package dev.neostream.ops.embedded;

import com.dynatrace.hash4j.hashing.Hashing;
import dev.neostream.ops.run.Engines;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.node.Node;
import dev.neostream.trainer.node.NodeConfig;
import dev.neostream.trainer.train.TrainSettings;
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
 * The trainer ranks of one launch, each a {@link Node} in its own JVM, which is told on its
 * standard input what to do.
 */
final class RankProcesses implements Engines.Ranks {

  private final List<Process> processes = new ArrayList<>();
  private final RunFolder folder;
  private final int heapMb;

  private RankProcesses(RunFolder folder, int heapMb) {
    this.folder = folder;
    this.heapMb = heapMb;
  }

  /**
   * Starts all ranks.
   *
   * @param model shape of the model that they train
   * @param generation tells this launch's messages from those of an earlier one
   * @param aeron folder of the media driver
   */
  static RankProcesses start(
      RunFolder folder,
      RunSpec spec,
      KafkaConnection kafka,
      ModelConfig model,
      int generation,
      Path aeron) {
    var started = new RankProcesses(folder, spec.engines().rankHeapMb());
    try {
      boolean ready = true;
      for (int rank = 0; rank < spec.train().ranks() && ready; rank++) {
        ready = started.start(config(folder, spec, kafka, model, generation, rank, aeron));
      }
      return started;
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  /** What a rank is told of its run. */
  static NodeConfig config(
      RunFolder folder,
      RunSpec spec,
      KafkaConnection kafka,
      ModelConfig model,
      int generation,
      int rank,
      Path aeron) {
    RunSpec.Train train = spec.train();
    return new NodeConfig(
        kafka,
        new NodeConfig.Ring(
            Hashing.xxh3_64().hashCharsToLong(folder.root().toString()),
            generation,
            rank,
            train.ranks(),
            spec.engines().ringSeconds(),
            aeron),
        new NodeConfig.Data(
            spec.mixture().domains(), train.heldOutBlocks(), spec.engines().blockSeconds()),
        folder.tokenizer(),
        model,
        spec.optimizer().adamW(),
        new TrainSettings(
            train.seed(),
            spec.optimizer().clip(),
            train.evalEvery(),
            train.checkpointEvery(),
            !spec.corpus().endless()),
        new NodeConfig.CheckpointFolder(folder.checkpoints(), train.keptCheckpoints()));
  }

  /**
   * Starts a rank and waits until it is ready, because the first start unpacks the engine's
   * natives. Returns false if it ended instead, which {@link #failure} then tells.
   */
  private boolean start(NodeConfig config) {
    int rank = config.ring().rank();
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
            Node.class.getName());
    var builder = new ProcessBuilder(command);
    builder.environment().put("OPT_OUT_TRACKING", "true");
    builder.redirectError(
        ProcessBuilder.Redirect.appendTo(folder.logs().resolve("rank-" + rank + ".err").toFile()));
    try {
      Process process = builder.start();
      processes.add(process);
      tell(process, config.write());
      var out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String line = out.readLine();
      while (line != null && !line.equals(Node.READY)) {
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
    processes.forEach(process -> tell(process, Node.STOP));
  }

  private static void tell(Process process, String line) {
    try {
      Writer in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
      in.write(line + "\n");
      in.flush();
    } catch (IOException e) {
      // The rank has ended already: its exit code says how.
      return;
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
