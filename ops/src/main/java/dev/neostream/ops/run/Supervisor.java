package dev.neostream.ops.run;

import dev.neostream.dedup.job.DedupJob;
import dev.neostream.ingest.RecordSource;
import dev.neostream.ops.PrivateFiles;
import dev.neostream.ops.Reason;
import dev.neostream.ops.Secrets;
import dev.neostream.ops.UserError;
import dev.neostream.ops.eval.Evaluation;
import dev.neostream.ops.monitor.History;
import dev.neostream.ops.monitor.Metrics;
import dev.neostream.ops.monitor.RunMonitor;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.monitor.StepFiles;
import dev.neostream.ops.page.LivePage;
import dev.neostream.ops.page.LiveRun;
import dev.neostream.ops.page.RunFacts;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.job.TokenizeConfig;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.SequencerSettings;
import dev.neostream.tokens.mixture.WhenSilent;
import dev.neostream.tokens.pack.Lane;
import dev.neostream.tokens.topic.HeldOutCounts;
import dev.neostream.tokens.topic.MixtureControl;
import dev.neostream.tokens.topic.MixtureSequencer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run from start to end: starts what is in the picture of the README, watches it, and stops it
 * in the order in which data flows.
 *
 * <p>All state is in the run folder, so that the same call on the same folder goes on where the
 * last one ended, however it ended.
 */
public final class Supervisor {

  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  private static final long REFRESH_MS = 500;
  private static final Duration STANDSTILL = Duration.ofSeconds(60);

  private final RunFolder folder;
  private final RunSpec spec;
  private final List<? extends RecordSource> inputs;
  private final Metrics.Port metricsPort;
  private final OptionalLong untilStep;
  private final Consumer<String> tell;
  private final Engines engines;
  private final Parts parts = new Parts();
  private final LiveRun live;
  private final CheckpointGuard checkpoints;
  private final Watchdog watchdog = new Watchdog(STANDSTILL);
  private boolean stoodStill;
  private int restarts;
  private RankCount rankCount;

  /**
   * @param engines what runs the parts; closed when the run ends
   * @param metricsPort port of {@code /metrics}
   * @param untilStep step that the run is to end before from now on; empty: as it is planned
   * @param say told of each step of the start, one line each
   */
  public Supervisor(
      RunFolder folder,
      RunSpec spec,
      List<? extends RecordSource> inputs,
      Engines engines,
      Metrics.Port metricsPort,
      OptionalLong untilStep,
      Consumer<String> say) {
    this.folder = folder;
    this.engines = engines;
    this.spec = spec;
    this.inputs = inputs;
    this.metricsPort = metricsPort;
    this.untilStep = untilStep;
    this.tell = say;
    this.checkpoints = new CheckpointGuard(folder.checkpoints(), this::say);
    this.live =
        new LiveRun(
            folder
                .read(folder.status(), Status.class)
                .map(last -> last.with("", "", last.ranks(), 0, -1).in("starting", ""))
                .orElseGet(() -> Status.starting(spec.mixture().steps())));
  }

  /**
   * How a run ended.
   *
   * @param status last state: complete, stopped, or failed for want of anything to train on
   * @param history how it came to that; empty if the run was stopped before anything could run
   * @param sample what the trained model says; empty unless the run is complete
   */
  public record Ended(Status status, Optional<History> history, String sample) {

    Ended in(String state, String problem) {
      return new Ended(status.in(state, problem), history, sample);
    }
  }

  /**
   * Runs until everything is read and trained, {@code stop} asks for the end, or something fails.
   *
   * @param progress told the newest state twice a second
   */
  public Ended run(BooleanSupplier stop, Consumer<Status> progress) {
    Ended ended;
    try {
      prepareFolder();
      ended = start(stop, progress);
      folder.write(folder.status(), ended.status);
    } catch (RuntimeException | Error e) {
      Status failed = live.status().in("failed", Reason.of(e));
      live.show(failed);
      also(e, () -> folder.write(folder.status(), failed));
      also(e, parts::close);
      also(e, folder::deleteAddress);
      throw e;
    }
    // All that the run was for is done and written: what fails now is for the log.
    logged(parts::close);
    logged(folder::deleteAddress);
    return ended;
  }

  private void say(String line) {
    tell.accept(line);
    live.say(line);
  }

  /** Starts a part, and says how long that took. */
  private <T> T starting(String part, Supplier<T> start) {
    say("Starting " + part);
    long began = System.nanoTime();
    T started = start.get();
    say(
        String.format(
            Locale.ROOT, "Started %s in %.1f s", part, (System.nanoTime() - began) / 1e9));
    return started;
  }

  /** Does one more thing after a failure, whose own failure must not hide the first. */
  private static void also(Throwable failure, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private static void logged(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.warn("the run has ended, but not all of it ended well", e);
    }
  }

  private void prepareFolder() {
    try {
      PrivateFiles.deleteTree(folder.tmp());
      PrivateFiles.createFolder(folder.tmp());
      PrivateFiles.createFolder(folder.logs());
    } catch (IOException e) {
      throw new UserError("the run folder must be writable: folder=" + folder.root(), e);
    }
  }

  private Ended start(BooleanSupplier stop, Consumer<Status> progress) {
    // The port is what a user may have got wrong: ask for it before anything slow.
    Metrics metrics = parts.keep(Metrics.serve(metricsPort, live::status, engines::vitals));
    folder.writeScrapeTarget(spec.name(), metrics.port());
    say("Metrics: http://127.0.0.1:" + metrics.port() + "/metrics");
    LivePage page = parts.keep(LivePage.serve(facts(), live, Secrets.random()));
    folder.writePage(page.url());
    tell.accept("Page: " + page.url());
    folder.write(folder.status(), live.status());
    List<Evaluation> tasks = Evaluator.prepare(spec.eval());
    Optional<Tokenizer> tokenizer =
        TokenizerSample.tokenizer(folder, spec, inputs, this::say, stop);
    if (tokenizer.isEmpty() || stop.getAsBoolean()) {
      return stoppedEarly();
    }
    KafkaConnection connection =
        starting("Kafka", () -> parts.keep(engines).startBroker(new Topics(spec.name())));
    if (stop.getAsBoolean()) {
      return stoppedEarly();
    }
    TokenizeConfig tokenize = spec.tokenizing(folder.tokenizer(), tokenizer.get());
    TopicAdmin.create(
        connection,
        connection
            .topics()
            .all(
                tokenize.allLanes().stream().map(Lane::domain).distinct().toList(),
                spec.corpus().partitions(),
                spec.tokenize().lanes(),
                spec.engines().replication()));
    folder.writeAddress(new RunFolder.Address(connection.client(), metrics.port()));
    IngestThread ingest = parts.keep(IngestThread.start(spec, inputs, connection));
    starting(
        "Flink and its job",
        () -> {
          engines.startJob(connection, tokenize);
          return engines;
        });
    MixtureSequencer sequencer =
        starting("the mixture sequencer", () -> parts.keep(startSequencer(connection)));
    var sampler = parts.keep(new Sampler(live, engines::sample));
    var evaluator =
        parts.keep(new Evaluator(spec.eval(), tasks, folder.checkpoints(), connection, this::say));
    rankCount =
        parts.keep(
            new RankCount(
                new RankChanges(connection), spec.train().ranks(), folder.logs(), this::say));
    RunMonitor monitor =
        parts.keep(
            new RunMonitor(
                connection,
                DedupJob.countedStages(spec.dedup().rules()),
                spec.mixture().steps(),
                new HeldOutCounts(spec.mixture().domains(), spec.train().heldOutBlocks()),
                new StepFiles(folder.metricsLines(), folder.eventFiles())));
    plan(connection);
    live.connect(connection);
    return watch(connection, stop, progress, sequencer, monitor, ingest, sampler, evaluator);
  }

  /** Ends before the job has begun, so that there is nothing to make safe. */
  private Ended stoppedEarly() {
    return new Ended(live.status().in("stopped", ""), Optional.empty(), "");
  }

  private RunFacts facts() {
    return new RunFacts(
        spec.name(),
        spec.mixture().domains(),
        spec.mixture().rows(),
        spec.tokenize().sequenceLength(),
        spec.mixture().whenSilent() != WhenSilent.WAIT,
        spec.mixture().plan());
  }

  private MixtureSequencer startSequencer(KafkaConnection connection) {
    var sequencer =
        new MixtureSequencer(
            connection,
            new SequencerSettings(
                spec.mixture().domains(),
                spec.tokenize().lanes(),
                spec.mixture().rows(),
                spec.mixture().lead(),
                spec.mixture().whenSilent(),
                spec.mixture().maxEpochs(),
                spec.mixture().shuffleBlocks(),
                spec.train().seed()),
            Duration.ofSeconds(spec.mixture().silentSeconds()),
            folder.streams());
    sequencer.start();
    return sequencer;
  }

  /** Proposes the first plan unless an earlier start of the run has. */
  private void proposeFirstPlan(KafkaConnection connection) {
    try (var plans =
        new TopicReader<>(connection, connection.topics().mixturePlans(), MixtureUpdate.class)) {
      if (!plans.readToEnd().isEmpty()) {
        return;
      }
    }
    new MixtureControl(connection)
        .propose(
            spec.mixture().plan().toUpdate(0, "neo demo", "first plan", System.currentTimeMillis()),
            Duration.ofSeconds(spec.engines().decisionSeconds()));
  }

  /**
   * Settles the plan before a rank trains, since a rank is to know whether a last step still is.
   *
   * @throws UserError if the run cannot end where it was told to
   */
  private void plan(KafkaConnection connection) {
    proposeFirstPlan(connection);
    var control = new MixtureControl(connection);
    var deadline = Duration.ofSeconds(spec.engines().decisionSeconds());
    control.awaitDecisions(deadline);
    if (untilStep.isPresent()) {
      endAt(control, untilStep.getAsLong(), deadline);
    }
    long planned = MixturePlan.from(control.inForce().orElseThrow()).steps();
    if (planned != spec.mixture().steps()) {
      folder.writeSpec(spec.until(planned));
    }
  }

  private void endAt(MixtureControl control, long step, Duration deadline) {
    try {
      Optional<MixtureDecision> decision =
          control.endAt(
              step,
              spec.mixture().lead(),
              "neo run",
              "until step " + step,
              System.currentTimeMillis(),
              deadline);
      decision
          .filter(made -> !made.getAccepted())
          .ifPresent(
              made -> {
                throw new UserError("the plan was refused: " + made.getProblem());
              });
      say("The run ends before step " + step);
    } catch (IllegalArgumentException e) {
      throw UserError.usage("--until-step: " + e.getMessage());
    }
  }

  private Ended watch(
      KafkaConnection connection,
      BooleanSupplier stop,
      Consumer<Status> progress,
      MixtureSequencer sequencer,
      RunMonitor monitor,
      IngestThread ingest,
      Sampler sampler,
      Evaluator evaluator) {
    checkpoints.requireSteps(connection);
    Engines.Ranks ranks =
        stop.getAsBoolean() ? Engines.Ranks.NONE : starting("the ranks", () -> startRanks(stop));
    say("Running; Ctrl-C stops cleanly");
    var policy = new RestartPolicy(spec.engines().maxRestarts());
    while (true) {
      Status status = refresh(monitor, sequencer, progress);
      if (!status.problem().isEmpty()) {
        throw new IllegalStateException(status.problem());
      }
      engines.failure().ifPresent(failure -> fail(failure.part(), Optional.of(failure.cause())));
      fail("ingest", ingest.failure());
      fail("the mixture sequencer", sequencer.failure());
      Optional<Engines.Failed> lost = ranks.failure();
      if (lost.isPresent()) {
        String problem = lost.get().problem();
        if (lost.get().willRepeat()) {
          throw new IllegalStateException(problem);
        }
        if (!policy.restarts(status.training().step())) {
          throw new IllegalStateException(
              problem + " (" + spec.engines().maxRestarts() + " restarts in vain)");
        }
        restarts++;
        if (ranks.replaceKilled(rankCount.nextRing())) {
          say(problem + "; started again, the others keep what they hold");
        } else {
          say(problem + "; restarting all ranks from the newest checkpoint");
          ranks.close();
          ranks = startRanks(stop);
        }
      }
      boolean trained = ranks.finished() && (spec.corpus().endless() || status.drained());
      boolean complete = trained && evaluator.finished();
      if (complete || stop.getAsBoolean()) {
        return finish(complete, progress, monitor, ranks, ingest);
      }
      if (nothingToTrainOn(status)) {
        return finish(false, progress, monitor, ranks, ingest)
            .in("failed", "nothing to train on: no document filled a block; give more --input");
      }
      if (!ranks.finished()) {
        rankCount.follow(ranks);
      }
      checkDisk(status.freeBytes());
      sampler.look(status.checkpointStep());
      evaluator.look(status.checkpointStep());
      sleep();
    }
  }

  /** Starts ranks from the newest checkpoint that is as it was written. */
  private Engines.Ranks startRanks(BooleanSupplier stop) {
    checkpoints.setAsideDamaged();
    return parts.keep(engines.startRanks(rankCount.start(), rankCount.nextRing(), stop));
  }

  /** Ends what runs, upstream first, so that everything read is committed and counted. */
  private Ended finish(
      boolean complete,
      Consumer<Status> progress,
      RunMonitor monitor,
      Engines.Ranks ranks,
      IngestThread ingest) {
    var deadline = Duration.ofSeconds(spec.engines().stopSeconds());
    ranks.requestStop();
    if (!ingest.stop(deadline)) {
      throw new IllegalStateException(
          "ingest must stop within " + deadline.toSeconds() + " s; see " + folder.logs());
    }
    fail("ingest", ingest.failure());
    engines.stopJob(deadline);
    if (!ranks.await(deadline)) {
      throw new IllegalStateException(
          "every rank must stop within " + deadline.toSeconds() + " s; see " + folder.logs());
    }
    ranks
        .failure()
        .ifPresent(
            failed -> {
              throw new IllegalStateException(failed.problem());
            });
    Status status =
        monitor
            .refreshStopped(Duration.ofSeconds(spec.engines().visibleSeconds()))
            .with("", "", rankCount.status(), restarts, folder.freeBytes());
    status =
        status.in(
            status.problem().isEmpty() ? complete ? "complete" : "stopped" : "failed",
            status.problem());
    live.show(status, monitor.timeline());
    progress.accept(status);
    String sample = complete ? engines.sample() : "";
    if (complete) {
      live.sample(new LiveRun.Sample(status.checkpointStep(), sample));
    }
    return new Ended(status, Optional.of(monitor.history()), sample);
  }

  private Status refresh(
      RunMonitor monitor, MixtureSequencer sequencer, Consumer<Status> progress) {
    Status seen = monitor.refresh();
    Optional<String> waitingFor = sequencer.waitingFor();
    Optional<String> standstill = watchdog.look(seen, waitingFor, System.nanoTime());
    if (standstill.isPresent() && !stoodStill) {
      LOG.warn("the run stands still: {}", standstill.get());
    }
    stoodStill = standstill.isPresent();
    String stall = waitingFor.isPresent() ? Status.TOKENS : stoodStill ? Status.UNKNOWN : "";
    Status status =
        seen.with(
            stall,
            waitingFor.or(() -> standstill).orElse(""),
            rankCount.status(),
            restarts,
            folder.freeBytes());
    live.show(status, monitor.timeline());
    folder.write(folder.status(), status);
    progress.accept(status);
    return status;
  }

  private static void fail(String what, Optional<Throwable> failure) {
    failure.ifPresent(
        cause -> {
          throw new IllegalStateException(what + " failed", cause);
        });
  }

  private boolean nothingToTrainOn(Status status) {
    return status.drained()
        && spec.mixture().domains().stream()
            .allMatch(d -> status.blocks().getOrDefault(d, 0L) == 0);
  }

  private void checkDisk(long free) {
    if (free >> 20 < spec.engines().leastFreeMb()) {
      throw new UserError(
          "the disk is nearly full, so the run stops while everything is intact: folder="
              + folder.root()
              + ", free="
              + (free >> 20)
              + " MiB; free some space and give the same command again");
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(REFRESH_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while watching the run", e);
    }
  }
}
