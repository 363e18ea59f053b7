package dev.neostream.trainer.train;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.avro.StepReplay;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.trainer.model.ParameterHash;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.train.BatchSource.Batch;
import dev.neostream.trainer.train.BatchSource.HeldOut;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Data-parallel training of one rank. All ranks run the same loop in lock step and hold the same
 * parameters, bit for bit, after every step; what a rank must know of the others travels by {@link
 * GradientSync} alone, so every decision (next step, stop) falls alike everywhere.
 *
 * <p>A run is resumable from its newest checkpoint alone. Steps between that checkpoint and a crash
 * are run again from the same batches; their results must equal the recorded ones bit for bit, or,
 * where another environment computes them, nearly, or the loop stops.
 *
 * <p>A rank that outlives another, or is one of another number than before, goes on by {@link #run}
 * with a new {@link GradientSync}: the step in flight is dropped, and who is behind or new takes
 * parameters, moments and counts from the rank that is furthest.
 *
 * <p>Confined to the thread that made the {@link Training}.
 */
public final class TrainLoop {

  /** Why a run ended. */
  public enum End {
    /** The last step of the plan is trained. */
    FINISHED,
    /** A rank was told to stop; a checkpoint of the last step is stored. */
    STOPPED
  }

  private static final Logger LOG = LoggerFactory.getLogger(TrainLoop.class);

  /** Held-out rows evaluated at once; bounds memory, not part of the result's meaning. */
  private static final int EVALUATION_ROWS = 4;

  private final TrainSettings settings;
  private final Training training;
  private final BatchSource source;
  private final StepLedger ledger;
  private final Checkpoints checkpoints;
  private final Clock clock;
  private final IntFunction<String> environment;

  private GradientSync sync;

  /** What parameters and moments are trained on; empty until they are those of a start. */
  private Optional<Progress> progress = Optional.empty();

  /** Report that the ledger may lack, and that of the step which no checkpoint holds. */
  private Optional<StepReport> unrecorded = Optional.empty();

  private Optional<StepReport> unsaved = Optional.empty();

  private long syncNanos;
  private boolean replayedOtherwise;

  /**
   * @param environment what computes here, by the number of ranks, see {@link
   *     dev.neostream.trainer.model.Environment}
   */
  public TrainLoop(
      TrainSettings settings,
      Training training,
      BatchSource source,
      StepLedger ledger,
      Checkpoints checkpoints,
      Clock clock,
      IntFunction<String> environment) {
    this.settings = settings;
    this.training = training;
    this.source = source;
    this.ledger = ledger;
    this.checkpoints = checkpoints;
    this.clock = clock;
    this.environment = environment;
  }

  /**
   * Trains on from where the furthest rank is, or else from the newest checkpoint, or from the
   * seed, until the plan's last step or until any rank is told to stop.
   *
   * @param ranks adds up over the ranks of this generation
   * @param stop asked at every step's border
   * @throws LostRankException if a rank is lost or the ring given up; this may be called again,
   *     with all ranks in a new generation, as many as there are then
   * @throws IllegalStateException if replicas differ, a replay diverges or a loss is not finite;
   *     the newest checkpoint stays valid. {@link WillRepeatException} if going on from it would
   *     end the same way
   * @throws IOException if a checkpoint cannot be read or written
   */
  public End run(GradientSync ranks, BooleanSupplier stop) throws IOException {
    sync = ranks;
    training.clearGradient();
    Progress at = start(stop);
    while (true) {
      unrecorded.ifPresent(this::record);
      unrecorded = Optional.empty();
      // A run that stopped while it waited for held-out rows owes the evaluation of its last step.
      boolean due = at.step() >= 0 && (at.last() || settings.evaluatesAfter(at.step()));
      boolean stopped = due && !evaluate(at.step(), stop);
      if (stopped || at.last() || settings.savesAfter(at.step())) {
        save();
      }
      if (stopped || at.last()) {
        return stopped ? End.STOPPED : End.FINISHED;
      }
      Optional<Batch> batch = next(at.step() + 1, stop);
      if (batch.isEmpty()) {
        save();
        return End.STOPPED;
      }
      at = train(batch.get(), at);
    }
  }

  /** Gets the same parameters and moments on every rank; returns what they are trained on. */
  private Progress start(BooleanSupplier stop) throws IOException {
    var broadcast = new Broadcast(sync);
    OptionalInt furthest = broadcast.furthest(progress.map(Progress::step).orElse(-2L));
    if (furthest.isEmpty()) {
      return restore(stop);
    }
    int from = furthest.getAsInt();
    Progress theirs =
        broadcast.progress(from, progress.map(Progress::encode).orElseGet(() -> new byte[0]));
    boolean takes = progress.isEmpty() || progress.get().step() < theirs.step();
    if (takes) {
      progress = Optional.empty(); // until all of theirs is here
    }
    broadcast.model(from, takes, training);
    if (takes) {
      progress = Optional.of(theirs);
      unrecorded = theirs.report();
      unsaved = theirs.report();
    }
    requireEqualReplicas(theirs.step() + 1, ParameterHash.of(training.decoder()));
    return theirs;
  }

  private Progress restore(BooleanSupplier stop) throws IOException {
    Optional<CheckpointManifest> restored = checkpoints.restore(training);
    long step = restored.map(CheckpointManifest::getStep).orElse(-1L);
    if (restored.isEmpty()) {
      training.decoder().initialize(settings.seed());
    }
    requireEqualReplicas(step + 1, ParameterHash.of(training.decoder()));
    boolean last = restored.isPresent() && isLast(step, stop);
    Map<String, Long> tokens = restored.map(CheckpointManifest::getTokens).orElse(Map.of());
    Progress start = new Progress(step, last, tokens, Optional.empty());
    progress = Optional.of(start);
    return start;
  }

  /** One step: gradients of own rows, all-reduce, clip, update, report, compare. */
  private Progress train(Batch batch, Progress before) {
    TrainBatch plan = batch.plan();
    long started = System.nanoTime();
    syncNanos = 0;

    double[] ownLosses = training.gradients(ownRows(batch));
    for (int segment = training.decoder().layout().segments().size() - 1; segment >= 0; segment--) {
      sum(training.gradient(segment)); // in the order in which backward completes them
    }
    if (sync.rank() == 0) {
      // No rank is further than one report that the ledger may lack, should this one be lost. It
      // had the time of a gradient to arrive.
      ledger.flush();
    }
    RowLosses rows = share(ownLosses, batch.rows(), plan.getRows().size());
    double loss = rows.mean();
    double norm = training.gradientNorm() / rows.tokens();
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw new WillRepeatException(
          "loss and gradient must be finite: step=%d, loss=%s, gradientNorm=%s, learningRate=%s"
              .formatted(plan.getStep(), loss, norm, plan.getLearningRate()));
    }
    double scale = settings.clip().scale(norm) / rows.tokens();
    training.update(plan.getStep() + 1, plan.getLearningRate(), scale);
    long hash = ParameterHash.of(training.decoder());
    List<DomainLoss> domains =
        rows.byDomain(plan.getRows().stream().map(BatchRow::getDomain).toList());
    Map<String, Long> tokens = new TreeMap<>(before.tokens());
    domains.forEach(d -> tokens.merge(d.getDomain(), d.getTokens(), Long::sum));
    StepReport report =
        StepReport.newBuilder()
            .setStep(plan.getStep())
            .setPlanVersion(plan.getPlanVersion())
            .setPhase(plan.getPhase())
            .setLearningRate(plan.getLearningRate())
            .setLoss(loss)
            .setTokens(rows.tokens())
            .setDomains(domains)
            .setGradientNorm(norm)
            .setParameterHash(hash)
            .setBatchHash(batchHash(plan))
            .setFinishedAt(clock.millis())
            .setStepSeconds((System.nanoTime() - started) / 1e9)
            .setSyncSeconds(syncNanos / 1e9)
            .setEnvironment(environment.apply(sync.ranks()))
            .build();
    Progress after = new Progress(plan.getStep(), plan.getLast(), tokens, Optional.of(report));
    progress = Optional.of(after); // before the next sum, in which a rank may be lost
    unrecorded = Optional.of(report);
    unsaved = Optional.of(report);
    requireEqualReplicas(plan.getStep(), hash);
    return after;
  }

  /** Checks a step that was recorded before a crash, or appends a new one. */
  private void record(StepReport report) {
    Optional<StepReport> recorded = ledger.recorded(report.getStep());
    if (recorded.isEmpty()) {
      if (sync.rank() == 0) {
        ledger.append(report);
      }
      return;
    }
    Optional<StepReplay> replay = Replay.check(recorded.get(), report);
    if (replay.isPresent() && sync.rank() == 0) {
      if (!replayedOtherwise) {
        LOG.warn("steps come out otherwise in another environment, first: {}", replay.get());
        replayedOtherwise = true;
      }
      ledger.append(replay.get());
    }
  }

  /**
   * Measures the mean loss of the held-out rows by domain and over all; rank r of N takes the rows
   * r mod N. Returns false, on every rank, if one was told to stop before the rows were there.
   */
  private boolean evaluate(long step, BooleanSupplier stop) {
    Optional<Integer> set = heldOutSet(step, stop);
    if (set.isEmpty()) {
      return false;
    }
    List<HeldOut> heldOut = set.get() == 0 ? List.of() : source.heldOut(set.get());
    if (heldOut.isEmpty()) {
      return true;
    }
    List<int[]> own = new ArrayList<>();
    for (int row = sync.rank(); row < heldOut.size(); row += sync.ranks()) {
      own.add(heldOut.get(row).tokens());
    }
    double[] losses = new double[own.size()];
    for (int from = 0; from < losses.length; from += EVALUATION_ROWS) {
      int to = Math.min(from + EVALUATION_ROWS, losses.length);
      double[] part = training.decoder().losses(own.subList(from, to).toArray(int[][]::new));
      System.arraycopy(part, 0, losses, from, part.length);
    }
    RowLosses rows = share(losses, own.toArray(int[][]::new), heldOut.size());
    if (sync.rank() == 0) {
      for (DomainLoss d : rows.byDomain(heldOut.stream().map(HeldOut::domain).toList())) {
        ledger.append(heldOut(step, d.getDomain(), d.getLoss(), d.getTokens()));
      }
      ledger.append(heldOut(step, "all", rows.mean(), rows.tokens()));
    }
    return true;
  }

  /**
   * Returns the held-out set that rank 0 decides on, 0 for none; empty, on every rank, if one was
   * told to stop while a first one was awaited.
   */
  private Optional<Integer> heldOutSet(long step, BooleanSupplier stop) {
    Supplier<Optional<Integer>> decided =
        () -> sync.rank() == 0 ? source.heldOutSet(step) : Optional.of(0);
    Optional<Integer> own =
        settings.waitsForHeldOut() ? await(decided, stop) : Optional.of(decided.get().orElse(0));
    if (own.isEmpty()) {
      return own;
    }
    // A set for each block taken down at most: exact in fp32.
    FloatBuffer version = FloatBuffer.wrap(new float[] {own.get()});
    sum(version);
    return Optional.of((int) version.get(0));
  }

  private static EvalResult heldOut(long step, String domain, double loss, long tokens) {
    return new EvalResult(step, "held-out", domain, "loss", loss, tokens, null, null);
  }

  /** Stores what was trained since the last checkpoint, if anything. */
  private void save() throws IOException {
    if (unsaved.isPresent() && sync.rank() == 0) {
      StepReport report = unsaved.get();
      ledger.flush();
      Snapshot snapshot =
          new Snapshot(
              report.getStep(),
              report.getPlanVersion(),
              progress.orElseThrow().tokens(),
              report.getParameterHash(),
              clock.instant(),
              training);
      LOG.info("checkpoint of step {}: {}", snapshot.step(), checkpoints.save(snapshot).getPath());
    }
    unsaved = Optional.empty();
  }

  /** Returns the batch once every rank has its own, or empty on every rank if one is to stop. */
  private Optional<Batch> next(long step, BooleanSupplier stop) {
    Optional<Batch> batch = await(() -> source.next(step, sync.rank(), sync.ranks()), stop);
    batch.ifPresent(b -> requireStep(step, b.plan().getStep()));
    return batch;
  }

  /** Returns what is asked for once every rank has it, or empty on every rank if one is to stop. */
  private <T> Optional<T> await(Supplier<Optional<T>> asked, BooleanSupplier stop) {
    Optional<T> there = Optional.empty();
    while (true) {
      if (there.isEmpty()) {
        there = asked.get();
      }
      float[] flags = {there.isPresent() ? 1 : 0, stop.getAsBoolean() ? 1 : 0};
      sync.sum(FloatBuffer.wrap(flags));
      if (flags[1] > 0) {
        return Optional.empty();
      }
      if (flags[0] == sync.ranks()) {
        return there;
      }
    }
  }

  /** Whether the plan ended with a step that is in the restored checkpoint. */
  private boolean isLast(long step, BooleanSupplier stop) {
    return next(step, stop).map(batch -> batch.plan().getLast()).orElse(false);
  }

  private static void requireStep(long asked, long given) {
    if (given != asked) {
      throw new IllegalStateException(
          "the batch must be of the step asked for: asked=%d, given=%d".formatted(asked, given));
    }
  }

  private int[][] ownRows(Batch batch) {
    int rows = batch.plan().getRows().size();
    int own = Math.max(0, (rows - sync.rank() + sync.ranks() - 1) / sync.ranks());
    if (rows == 0 || batch.rows().length != own) {
      throw new IllegalStateException(
          "rank %d of %d must get %d of the %d rows of step %d, at least one row in all: rows=%d"
              .formatted(
                  sync.rank(),
                  sync.ranks(),
                  own,
                  rows,
                  batch.plan().getStep(),
                  batch.rows().length));
    }
    return batch.rows();
  }

  /**
   * Tells every rank every row's loss and token count: own rows fill their slots of a vector, the
   * other slots are 0, so the sum is exact and each rank adds up the rows in the same order.
   */
  private RowLosses share(double[] ownLosses, int[][] ownRows, int rows) {
    float[] slots = new float[2 * rows];
    for (int i = 0; i < ownLosses.length; i++) {
      int row = sync.rank() + i * sync.ranks();
      slots[row] = (float) ownLosses[i];
      slots[rows + row] = ownRows[i].length - 1;
    }
    sum(FloatBuffer.wrap(slots));
    return new RowLosses(
        IntStream.range(0, rows)
            .mapToObj(row -> new RowLosses.Row(slots[row], (long) slots[rows + row]))
            .toList());
  }

  /**
   * Compares step and parameter hash across ranks, exactly: as integers below 2^16, whose sums over
   * up to 256 ranks fp32 holds exactly. Unless all are equal, some rank sees a wrong sum and stops,
   * and the others with it.
   */
  private void requireEqualReplicas(long step, long hash) {
    float[] own = new float[8];
    for (int i = 0; i < 4; i++) {
      own[i] = step >>> 16 * i & 0xffff;
      own[4 + i] = hash >>> 16 * i & 0xffff;
    }
    float[] sums = own.clone();
    sum(FloatBuffer.wrap(sums));
    for (int i = 0; i < own.length; i++) {
      if (sums[i] != own[i] * sync.ranks()) {
        throw new IllegalStateException(
            "all ranks must be at the same step with equal parameters: rank=%d, step=%d, parameterHash=%016x"
                .formatted(sync.rank(), step, hash));
      }
    }
  }

  private void sum(FloatBuffer values) {
    long started = System.nanoTime();
    sync.sum(values);
    syncNanos += System.nanoTime() - started;
  }

  private static long batchHash(TrainBatch plan) {
    HashStream64 hash = Hashing.xxh3_64().hashStream();
    plan.getRows().forEach(row -> hash.putLong(row.getHash()));
    return hash.getAsLong();
  }
}
