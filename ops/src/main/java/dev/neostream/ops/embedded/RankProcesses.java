package dev.neostream.ops.embedded;

import dev.neostream.ops.monitor.Vitals;
import dev.neostream.ops.run.Engines;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.node.Node;
import dev.neostream.trainer.node.NodeConfig;
import dev.neostream.trainer.node.RingWord;
import dev.neostream.trainer.train.TrainSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trainer ranks of one launch, each a {@link Node} in its own JVM, which is told on its
 * standard input what to do.
 */
final class RankProcesses implements Engines.Ranks {

  private static final Logger LOG = LoggerFactory.getLogger(RankProcesses.class);

  private static final long READY_POLL_MS = 20;

  /** Exit codes of processes that a signal ended are this and the signal's number. */
  private static final int SIGNALLED = 128;

  /** Those of the present ring, by their place in it. */
  private final List<Rank> ranks = new ArrayList<>();

  /** Those that start while the others train, and the ring that all are to be in then. */
  private final List<Rank> joining = new ArrayList<>();

  private int joined;

  /** Those that are told to end. */
  private final List<Rank> leaving = new ArrayList<>();

  private final RunFolder folder;
  private final int heapMb;
  private final Configs configs;

  /** What a rank is told of its run. */
  private interface Configs {
    NodeConfig of(int rank, RingWord ring);
  }

  private RankProcesses(RunFolder folder, int heapMb, Configs configs) {
    this.folder = folder;
    this.heapMb = heapMb;
    this.configs = configs;
  }

  /**
   * Starts all ranks and waits until they are ready. One that ended instead is what {@link
   * #failure} tells.
   *
   * @param model shape of the model that they train
   * @param launch tells the messages of this launch from those of others
   * @param ring how many ranks; its generation tells these ranks' messages from those of ranks
   *     started before in the launch
   * @param aeron folder of the media driver
   * @param unpacked whether the engine's natives are unpacked, so that all ranks can start at once;
   *     else the first alone does that, before the others start
   * @param stop asks for the end before all are ready; those that were started are ended then
   */
  static Engines.Ranks start(
      RunFolder folder,
      RunSpec spec,
      KafkaConnection kafka,
      ModelConfig model,
      long launch,
      RingWord ring,
      Path aeron,
      boolean unpacked,
      BooleanSupplier stop) {
    var started =
        new RankProcesses(
            folder,
            spec.engines().rankHeapMb(),
            (rank, in) ->
                config(
                    folder,
                    spec,
                    kafka,
                    model,
                    new NodeConfig.Ring(
                        launch,
                        in.generation(),
                        rank,
                        in.ranks(),
                        spec.engines().ringSeconds(),
                        aeron)));
    try {
      boolean ready = true;
      for (int rank = 0; rank < ring.ranks() && ready; rank++) {
        started.ranks.add(started.start(rank, ring));
        ready = unpacked || rank > 0 || started.ready(stop);
      }
      if (ready) {
        started.ready(stop);
      }
      if (stop.getAsBoolean()) {
        started.close();
        return Engines.Ranks.NONE;
      }
      return started;
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  /** Waits until every rank is ready; returns false if one has ended or the end is asked for. */
  private boolean ready(BooleanSupplier stop) {
    while (ranks.stream().noneMatch(Rank::endedInstead) && !stop.getAsBoolean()) {
      if (ranks.stream().allMatch(rank -> rank.ready)) {
        return true;
      }
      try {
        Thread.sleep(READY_POLL_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the ranks start", e);
      }
    }
    return false;
  }

  /** What a rank is told of its run. */
  static NodeConfig config(
      RunFolder folder,
      RunSpec spec,
      KafkaConnection kafka,
      ModelConfig model,
      NodeConfig.Ring ring) {
    RunSpec.Train train = spec.train();
    return new NodeConfig(
        kafka,
        ring,
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

  private Rank start(int rank, RingWord ring) {
    List<String> command =
        Shielded.command(
            "rank-" + rank,
            "java",
            List.of(
                "-Xmx" + heapMb + "m",
                "-XX:+UseSerialGC",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + folder.tmp(),
                "-Dneo.log=" + folder.logs().resolve("rank-" + rank + ".log"),
                "-cp",
                System.getProperty("java.class.path"),
                Node.class.getName()));
    var builder = new ProcessBuilder(command);
    builder.environment().put("OPT_OUT_TRACKING", "true");
    builder.redirectError(
        ProcessBuilder.Redirect.appendTo(folder.logs().resolve("rank-" + rank + ".err").toFile()));
    try {
      var started = new Rank(builder.start());
      started.tell(configs.of(rank, ring).write());
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException("rank " + rank + " could not be started", e);
    }
  }

  /** A rank's process and what it says. */
  private static final class Rank {

    private final Process process;
    private final Thread listener;
    private volatile boolean ready;
    private volatile String reason = "";

    private Rank(Process process) {
      this.process = process;
      listener = new Thread(this::listen, "rank-listener");
      listener.setDaemon(true);
      listener.start();
    }

    private void listen() {
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          if (line.equals(Node.READY)) {
            ready = true;
          } else if (line.startsWith(Node.FAILED)) {
            reason = line.substring(Node.FAILED.length());
          }
        }
      } catch (IOException e) {
        LOG.warn("what the rank said last is lost", e);
      }
    }

    /** True when it has ended without having been ready. */
    private boolean endedInstead() {
      return !listener.isAlive() && !ready;
    }

    private boolean failed() {
      return !process.isAlive() && process.exitValue() != 0;
    }

    /** Ended by a signal: there is nothing that it would have said. */
    private boolean killed() {
      return failed() && process.exitValue() > SIGNALLED;
    }

    private boolean willRepeat() {
      return failed() && process.exitValue() == Node.WILL_REPEAT;
    }

    /** Returns why it would fail again, as it says itself; it has ended. */
    private String reason() {
      try {
        listener.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return reason;
    }

    private void tell(String line) {
      try {
        Writer in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        in.write(line + "\n");
        in.flush();
      } catch (IOException e) {
        LOG.debug("the rank has ended already: its exit code says how", e);
      }
    }
  }

  @Override
  public boolean finished() {
    return ranks.stream().allMatch(rank -> !rank.process.isAlive() && !rank.failed());
  }

  /** A rank whose failure would come again speaks before those that only miss it. */
  @Override
  public Optional<Engines.Failed> failure() {
    for (int rank = 0; rank < ranks.size(); rank++) {
      if (ranks.get(rank).willRepeat()) {
        return Optional.of(new Engines.Failed(ended(rank) + ": " + ranks.get(rank).reason(), true));
      }
    }
    for (int rank = 0; rank < ranks.size(); rank++) {
      if (ranks.get(rank).failed()) {
        return Optional.of(new Engines.Failed(ended(rank), false));
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean replaceKilled(int generation) {
    List<Rank> alive = ranks.stream().filter(rank -> rank.process.isAlive() && rank.ready).toList();
    boolean othersAre = ranks.stream().allMatch(rank -> alive.contains(rank) || rank.killed());
    if (alive.isEmpty() || !othersAre) {
      return false;
    }
    endJoining();
    var ring = new RingWord(generation, ranks.size());
    for (int rank = 0; rank < ranks.size(); rank++) {
      if (ranks.get(rank).killed()) {
        ranks.set(rank, start(rank, ring));
      }
    }
    alive.forEach(rank -> rank.tell(ring.line()));
    return true;
  }

  /** New ranks wait for the others in the new ring, of which the others hear when all are ready. */
  @Override
  public Engines.Resize resize(int number, int generation) {
    var ring = new RingWord(generation, number);
    if (joined != generation) {
      endJoining();
      joined = generation;
      for (int rank = ranks.size(); rank < number; rank++) {
        joining.add(start(rank, ring));
      }
    }
    if (joining.stream().anyMatch(rank -> !rank.process.isAlive())) {
      endJoining();
      return Engines.Resize.FAILED;
    }
    if (!Stream.concat(ranks.stream(), joining.stream())
        .allMatch(rank -> rank.ready && rank.process.isAlive())) {
      return Engines.Resize.UNDER_WAY;
    }
    ranks.forEach(rank -> rank.tell(ring.line()));
    if (number < ranks.size()) {
      List<Rank> left = ranks.subList(number, ranks.size());
      leaving.addAll(left);
      left.clear();
    }
    ranks.addAll(joining);
    joining.clear();
    return Engines.Resize.DONE;
  }

  private void endJoining() {
    end(joining);
    joining.clear();
  }

  private static void end(List<Rank> ranks) {
    ranks.forEach(rank -> rank.process.destroyForcibly());
    ranks.forEach(rank -> rank.process.onExit().join());
  }

  private String ended(int rank) {
    return "trainer rank "
        + rank
        + " ended with exit code "
        + ranks.get(rank).process.exitValue()
        + "; see "
        + folder.logs().resolve("rank-" + rank + ".log");
  }

  @Override
  public List<Vitals.Rank> vitals() {
    var vitals = new ArrayList<Vitals.Rank>();
    for (int rank = 0; rank < ranks.size(); rank++) {
      ProcessHandle process = ranks.get(rank).process.toHandle();
      if (process.isAlive()) {
        vitals.add(new Vitals.Rank(rank, residentBytes(process.pid()), cpuSeconds(process)));
      }
    }
    return vitals;
  }

  private static double cpuSeconds(ProcessHandle process) {
    return process.info().totalCpuDuration().map(cpu -> cpu.toNanos() / 1e9).orElse(-1.0);
  }

  /** Returns the memory of a process where Linux tells it, and -1 elsewhere. */
  private static long residentBytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
          .findFirst()
          .orElse(-1);
    } catch (IOException | UncheckedIOException e) {
      return -1;
    }
  }

  @Override
  public void requestStop() {
    endJoining();
    ranks.forEach(rank -> rank.tell(Node.STOP));
  }

  @Override
  public boolean await(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      for (Rank rank : ranks) {
        if (!rank.process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
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
    end(Stream.of(ranks, joining, leaving).flatMap(List::stream).toList());
  }
}
