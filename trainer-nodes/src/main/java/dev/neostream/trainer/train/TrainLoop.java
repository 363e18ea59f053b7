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
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
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
  private final GradientSync sync;
  private final BatchSource source;
  private final StepLedger ledger;
  private final Checkpoints checkpoints;
  private final Clock clock;
  private final String environment;

  private final Map<String, Long> tokensByDomain = new TreeMap<>();
  private long syncNanos;
  private boolean replayedOtherwise;

  /**
   * @param environment what computes here, see {@link dev.neostream.trainer.model.Environment}
   */
  public TrainLoop(
      TrainSettings settings,
      Training training,
      GradientSync sync,
      BatchSource source,
      StepLedger ledger,
      Checkpoints checkpoints,
      Clock clock,
      String environment) {
    this.settings = settings;
    this.training = training;
    this.sync = sync;
    this.source = source;
    this.ledger = ledger;
    this.checkpoints = checkpoints;
    this.clock = clock;
    this.environment = environment;
  }

  /**
   * Trains from the newest checkpoint, or from the seed, until the plan's last step or until any
   * rank is told to stop.
   *
   * @param stop asked at every step's border
   * @throws IllegalStateException if replicas differ, a replay diverges, a loss is not finite or a
   *     rank is lost; the newest checkpoint stays valid. {@link WillRepeatException} if going on
   *     from it would end the same way
   * @throws IOException if a checkpoint cannot be read or written
   */
  public End run(BooleanSupplier stop) throws IOException {
    Optional<CheckpointManifest> restored = checkpoints.restore(training);
    long step = restored.map(c -> c.getStep() + 1).orElse(0L);
    if (restored.isPresent()) {
      tokensByDomain.putAll(restored.get().getTokens());
    } else {
      training.decoder().initialize(settings.seed());
    }
    requireEqualReplicas(step, ParameterHash.of(training.decoder()));

    boolean last = restored.isPresent() && isLast(step - 1, stop);
    // A run that stopped while it waited for held-out rows owes the evaluation of its last step.
    boolean due = restored.isPresent() && (last || settings.evaluatesAfter(step - 1));
    Optional<StepReport> unsaved = Optional.empty();
    while (true) {
      boolean stopped = due && !evaluate(step - 1, stop);
      if (unsaved.isPresent() && (stopped || last || settings.savesAfter(step - 1))) {
        save(unsaved.get());
        unsaved = Optional.empty();
      }
      if (stopped || last) {
        return stopped ? End.STOPPED : End.FINISHED;
      }
      Optional<Batch> batch = next(step, stop);
      if (batch.isEmpty()) {
        if (unsaved.isPresent()) {
          save(unsaved.get());
        }
        return End.STOPPED;
      }
      StepReport report = train(batch.get());
      record(report);
      unsaved = Optional.of(report);
      last = batch.get().plan().getLast();
      due = last || settings.evaluatesAfter(step);
      step++;
    }
  }

  /** One step: gradients of own rows, all-reduce, clip, update, compare, report. */
  private StepReport train(Batch batch) {
    TrainBatch plan = batch.plan();
    long started = System.nanoTime();
    syncNanos = 0;

    double[] ownLosses = training.gradients(ownRows(batch));
    for (int segment = training.decoder().layout().segments().size() - 1; segment >= 0; segment--) {
      sum(training.gradient(segment)); // in the order in which backward completes them
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
    requireEqualReplicas(plan.getStep(), hash);

    List<DomainLoss> domains =
        rows.byDomain(plan.getRows().stream().map(BatchRow::getDomain).toList());
    domains.forEach(d -> tokensByDomain.merge(d.getDomain(), d.getTokens(), Long::sum));
    return StepReport.newBuilder()
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
        .setEnvironment(environment)
        .build();
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
    Optional<List<HeldOut>> there =
        settings.waitsForHeldOut() ? await(source::heldOut, stop) : heldOutOfAll();
    if (there.isEmpty()) {
      return !settings.waitsForHeldOut();
    }
    List<HeldOut> heldOut = there.get();
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

  /** Returns the held-out sequences if every rank has them by now. */
  private Optional<List<HeldOut>> heldOutOfAll() {
    Optional<List<HeldOut>> own = source.heldOut();
    FloatBuffer ready = FloatBuffer.wrap(new float[] {own.isPresent() ? 1 : 0});
    sum(ready);
    return ready.get(0) == sync.ranks() ? own : Optional.empty();
  }

  private static EvalResult heldOut(long step, String domain, double loss, long tokens) {
    return new EvalResult(step, "held-out", domain, "loss", loss, tokens, null, null);
  }

  private void save(StepReport report) throws IOException {
    if (sync.rank() != 0) {
      return;
    }
    ledger.flush();
    Snapshot snapshot =
        new Snapshot(
            report.getStep(),
            report.getPlanVersion(),
            tokensByDomain,
            report.getParameterHash(),
            clock.instant(),
            training);
    LOG.info("checkpoint of step {}: {}", snapshot.step(), checkpoints.save(snapshot).getPath());
  }

  /** Returns the batch once every rank has its own, or empty on every rank if one is to stop. */
  private Optional<Batch> next(long step, BooleanSupplier stop) {
    Optional<Batch> batch = await(() -> source.next(step), stop);
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
