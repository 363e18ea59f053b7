package dev.neostream.ops.embedded;

import dev.neostream.ops.PrivateFiles;
import dev.neostream.ops.UserError;
import dev.neostream.ops.monitor.Vitals;
import dev.neostream.schemas.AtomicFile;
import dev.neostream.schemas.Durable;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.checkpoint.TaskStateStats;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink cluster inside this JVM that runs one job: restored from its newest checkpoint when it
 * starts, stopped with a savepoint so that its last transaction commits.
 */
public final class EmbeddedFlink implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedFlink.class);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

  /** A scrape waits ten seconds by default, and has more to ask. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

  /** Holds where the folder of checkpoints was when a job was last started. */
  private static final String PLACE = "place.txt";

  /** How Flink begins the name of a savepoint's folder. */
  private static final String SAVEPOINT = "savepoint-";

  private final MiniCluster cluster;
  private final ClusterKey key;
  private final Configuration configuration;
  private final Path checkpoints;
  private volatile JobID job;
  private volatile CompletableFuture<JobResult> result;

  private EmbeddedFlink(
      MiniCluster cluster, ClusterKey key, Configuration configuration, Path checkpoints) {
    this.cluster = cluster;
    this.key = key;
    this.configuration = configuration;
    this.checkpoints = checkpoints;
  }

  /**
   * Starts a cluster.
   *
   * @param checkpoints folder of checkpoints and savepoints
   * @param tmp scratch folder
   * @param parallelism slots, and parallelism of the job
   * @param interval time between checkpoints, the latency of everything the job writes
   * @param managedMb memory of RocksDB, MiB
   */
  public static EmbeddedFlink start(
      Path checkpoints, Path tmp, int parallelism, Duration interval, int managedMb) {
    Configuration configuration = settings(checkpoints, tmp, parallelism, interval, managedMb);
    try {
      Durable.createFolder(checkpoints);
      ClusterKey key = ClusterKey.make(tmp);
      // The job's own configuration has no part in the key.
      var secured = new Configuration(configuration);
      key.settings().forEach(secured::setString);
      var cluster =
          new MiniCluster(
              new MiniClusterConfiguration.Builder()
                  .setConfiguration(secured)
                  .setNumTaskManagers(1)
                  .setNumSlotsPerTaskManager(parallelism)
                  .setCommonBindAddress("127.0.0.1")
                  .build());
      cluster.start();
      return new EmbeddedFlink(cluster, key, configuration, checkpoints);
    } catch (Exception e) {
      throw new IllegalStateException("the Flink cluster must start", e);
    }
  }

  /** Submits the job that {@code define} adds to the environment. */
  public void submit(String name, Consumer<StreamExecutionEnvironment> define) {
    var env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    define.accept(env);
    StreamGraph graph = env.getStreamGraph();
    Optional<Path> newest = newestCheckpoint();
    stayOrBeWhole(newest);
    newest.filter(EmbeddedFlink::isSavepoint).ifPresent(EmbeddedFlink::deleteOlder);
    newest.ifPresent(
        path ->
            graph.setSavepointRestoreSettings(
                SavepointRestoreSettings.forPath(path.toUri().toString(), false, claim(path))));
    graph.setJobName(name);
    var jobGraph = graph.getJobGraph();
    job = jobGraph.getJobID();
    cluster.submitJob(jobGraph).join();
    result = cluster.requestJobResult(job);
  }

  /**
   * A checkpoint that shares files with a savepoint names them relative to itself, where they are
   * not: after a kill it could not be restored. So the first one after a savepoint shares none.
   */
  private static RecoveryClaimMode claim(Path newest) {
    return isSavepoint(newest) ? RecoveryClaimMode.NO_CLAIM : RecoveryClaimMode.CLAIM;
  }

  private static boolean isSavepoint(Path checkpoint) {
    return checkpoint.getFileName().toString().startsWith(SAVEPOINT);
  }

  /** Nothing but a start needs a savepoint, and no later start needs an older one. */
  private static void deleteOlder(Path newest) {
    try (Stream<Path> savepoints = Files.list(newest.getParent())) {
      for (Path older : (Iterable<Path>) savepoints.filter(p -> !p.equals(newest))::iterator) {
        PrivateFiles.deleteTree(older);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("older savepoints must be deletable", e);
    }
  }

  /** Returns why the job ended; empty while it runs. */
  public Optional<Throwable> failure() {
    if (result == null || !result.isDone()) {
      return Optional.empty();
    }
    JobResult ended = result.join();
    return Optional.of(
        ended
            .getSerializedThrowable()
            .<Throwable>map(t -> t.deserializeError(EmbeddedFlink.class.getClassLoader()))
            .orElseGet(() -> new IllegalStateException("the job ended: " + ended.getJobStatus())));
  }

  /** Returns how the job's checkpoints are; empty before the first, and once the job has ended. */
  Optional<Vitals.Flink> vitals() {
    if (result == null || result.isDone()) {
      return Optional.empty();
    }
    CheckpointStatsSnapshot stats;
    try {
      stats =
          cluster
              .getExecutionGraph(job)
              .get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
              .getCheckpointStatsSnapshot();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException | IllegalStateException e) {
      LOG.debug("the job ends, or is too busy to say how it is", e);
      return Optional.empty();
    }
    CompletedCheckpointStats newest =
        stats == null ? null : stats.getHistory().getLatestCompletedCheckpoint();
    if (newest == null) {
      return Optional.empty();
    }
    long pauseMs = 0;
    for (TaskStateStats task : newest.getAllTaskStateStats()) {
      TaskStateStats.TaskStateStatsSummary subtasks = task.getSummaryStats();
      pauseMs =
          Math.max(
              pauseMs,
              subtasks.getAlignmentDurationStats().getMaximum()
                  + subtasks.getSyncCheckpointDurationStats().getMaximum());
    }
    return Optional.of(
        new Vitals.Flink(
            stats.getCounts().getNumberOfCompletedCheckpoints(),
            stats.getCounts().getNumberOfFailedCheckpoints(),
            newest.getEndToEndDuration() / 1e3,
            pauseMs / 1e3,
            newest.getStateSize(),
            newest.getCheckpointedSize()));
  }

  /** Returns where the cluster's REST is; it answers clients with the cluster's key alone. */
  public URI restAddress() {
    return cluster.getRestAddress().join();
  }

  ClusterKey key() {
    return key;
  }

  /** Stops the job with a savepoint; everything it has read is committed when this returns. */
  public void stopJob(Duration deadline) {
    try {
      cluster
          .stopWithSavepoint(
              job,
              checkpoints.resolve("stopped").toUri().toString(),
              false,
              SavepointFormatType.NATIVE)
          .get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      result.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while stopping the job", e);
    } catch (Exception e) {
      throw new IllegalStateException("the job must stop with a savepoint", e);
    }
  }

  /**
   * Ends the cluster. What the job has to commit is committed by {@link #stopJob}, so a cluster
   * that does not end within a deadline is left to end with the JVM.
   */
  @Override
  public void close() {
    close(CLOSE_LIMIT);
  }

  void close(Duration limit) {
    try {
      cluster.closeAsync().get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the Flink cluster did not end well: limit={}", limit, e);
    }
    try {
      key.close();
    } catch (IOException e) {
      LOG.warn("the Flink cluster's key could not be deleted", e);
    }
  }

  /**
   * A savepoint holds all that it needs. A checkpoint names files by where they were written: in a
   * moved folder they are missing, and in a copied one they are the original's, which would be
   * deleted as its own.
   *
   * @throws UserError if the folder is not where it was and the newest is a checkpoint
   */
  private void stayOrBeWhole(Optional<Path> newest) {
    try {
      String here = checkpoints.toRealPath().toString();
      Path place = checkpoints.resolve(PLACE);
      String before = Files.exists(place) ? Files.readString(place) : here;
      boolean whole = newest.isEmpty() || isSavepoint(newest.get());
      if (!before.equals(here) && !whole) {
        throw new UserError(
            "a run that was not stopped cleanly must go on where it was, for its newest Flink"
                + " checkpoint names files there: was="
                + before
                + ", is="
                + here
                + "; move it back, or go on there, stop it with Ctrl-C, and then move or copy it");
      }
      AtomicFile.write(place, here.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the folder of the newest complete checkpoint or savepoint: the one with the highest
   * checkpoint id among those that have a metadata file, which Flink writes last.
   */
  private Optional<Path> newestCheckpoint() {
    try (Stream<Path> files = Files.walk(checkpoints, 3)) {
      Path newest = null;
      long newestId = -1;
      for (Path file :
          (Iterable<Path>)
              files.filter(path -> path.getFileName().toString().equals("_metadata"))::iterator) {
        long id = checkpointId(file);
        if (id > newestId) {
          newestId = id;
          newest = file.getParent();
        }
      }
      return Optional.ofNullable(newest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An older checkpoint is no way out of a damaged one: what the job has committed since would be
   * written twice.
   */
  private static long checkpointId(Path metadata) {
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(metadata)))) {
      return Checkpoints.loadCheckpointMetadata(
              in, EmbeddedFlink.class.getClassLoader(), metadata.toString())
          .getCheckpointId();
    } catch (IOException | RuntimeException e) {
      throw new UserError(
          "the job's checkpoint must be as it was written: file="
              + metadata
              + ", problem="
              + e.getMessage()
              + "; bring the file back from a copy, or give the run's inputs to a new folder",
          e);
    }
  }

  private static Configuration settings(
      Path checkpoints, Path tmp, int parallelism, Duration interval, int managedMb) {
    var config = new Configuration();
    config.setString("parallelism.default", Integer.toString(parallelism));
    config.setString("execution.checkpointing.interval", interval.toMillis() + " ms");
    config.setString("execution.checkpointing.min-pause", "200 ms");
    config.setString("execution.checkpointing.mode", "EXACTLY_ONCE");
    config.setString("execution.checkpointing.storage", "filesystem");
    config.setString("execution.checkpointing.dir", checkpoints.toUri().toString());
    config.setString("execution.checkpointing.incremental", "true");
    config.setString("execution.checkpointing.num-retained", "2");
    config.setString(
        "execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
    config.setString("state.backend.type", "rocksdb");
    config.setString("state.backend.rocksdb.use-bloom-filter", "true");
    config.setString("pipeline.generic-types", "false");
    config.setString("pipeline.object-reuse", "true");
    // Four attempts over a quarter of a minute; ten minutes without a failure, and they count anew.
    config.setString("restart-strategy.type", "exponential-delay");
    config.setString("restart-strategy.exponential-delay.initial-backoff", "1 s");
    config.setString("restart-strategy.exponential-delay.backoff-multiplier", "2");
    config.setString("restart-strategy.exponential-delay.max-backoff", "1 min");
    config.setString("restart-strategy.exponential-delay.reset-backoff-threshold", "10 min");
    config.setString("restart-strategy.exponential-delay.attempts-before-reset-backoff", "4");
    // All parts live in this process: one that is silent has been paused, and so have the others.
    config.setString("heartbeat.timeout", "10 min");
    config.setString("taskmanager.memory.managed.size", managedMb + "m");
    config.setString("taskmanager.memory.network.min", "64m");
    config.setString("taskmanager.memory.network.max", "64m");
    config.setString("io.tmp.dirs", tmp.toString());
    // Loopback only, and nobody may hand in code. Who may ask at all: ClusterKey.
    config.setString("rest.address", "127.0.0.1");
    config.setString("rest.bind-address", "127.0.0.1");
    config.setString("rest.bind-port", "0");
    config.setString("jobmanager.bind-host", "127.0.0.1");
    config.setString("taskmanager.bind-host", "127.0.0.1");
    config.setString("taskmanager.host", "127.0.0.1");
    config.setString("web.submit.enable", "false");
    config.setString("web.cancel.enable", "false");
    return config;
  }
}
