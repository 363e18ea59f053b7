package dev.neostream.trainer.train;

import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.avro.StepReplay;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.optim.GradientClip;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/** A small training run whose ranks are threads, over in-memory ports. Nothing in it is random. */
final class TestRun {

  static final ModelConfig MODEL = new ModelConfig(31, 12, 2, 4, 1, 6, 20, 16, 10_000, 1e-5);
  static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  /** The ledger all ranks of a run share; remembers the order of events. */
  static final class MemoryLedger implements StepLedger {
    final Map<Long, StepReport> reports = new HashMap<>();
    final List<StepReplay> replays = new ArrayList<>();
    final List<EvalResult> results = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    private int durable;

    @Override
    public synchronized Optional<StepReport> recorded(long step) {
      return Optional.ofNullable(reports.get(step));
    }

    @Override
    public synchronized void append(StepReport report) {
      events.add("step " + report.getStep());
      if (reports.put(report.getStep(), report) != null) {
        throw new IllegalStateException("step reported twice: step=" + report.getStep());
      }
    }

    @Override
    public synchronized void append(StepReplay replay) {
      replays.add(replay);
    }

    @Override
    public synchronized void append(EvalResult result) {
      events.add("eval " + result.getStep() + " " + result.getDomain());
      results.add(result);
    }

    @Override
    public synchronized void flush() {
      durable = events.size();
    }

    synchronized void saved(long step) {
      events.add((durable == events.size() ? "save " : "save before it is durable ") + step);
    }

    List<Double> losses() {
      return reports.keySet().stream().sorted().map(s -> reports.get(s).getLoss()).toList();
    }
  }

  /** Keeps nothing, notes saves in the ledger's events. */
  record NoCheckpoints(MemoryLedger ledger) implements Checkpoints {
    @Override
    public Optional<CheckpointManifest> restore(Training training) {
      return Optional.empty();
    }

    @Override
    public CheckpointManifest save(Snapshot snapshot) {
      ledger.saved(snapshot.step());
      return CheckpointManifest.newBuilder()
          .setStep(snapshot.step())
          .setPath("nowhere")
          .setPlanVersion(snapshot.planVersion())
          .setTokens(snapshot.tokens())
          .setModel("")
          .setTokenizer("")
          .setParameterHash(snapshot.parameterHash())
          .setFiles(List.of())
          .setCreatedAt(0L)
          .build();
    }
  }

  /** Batches made from their step number: rows repeat a pattern that the model can learn. */
  static class PatternSource implements BatchSource {
    private final int steps;
    private final int rows;

    PatternSource(int steps, int rows) {
      this.steps = steps;
      this.rows = rows;
    }

    @Override
    public Optional<Batch> next(long step, int rank, int ranks) {
      List<BatchRow> plan = new ArrayList<>();
      List<int[]> own = new ArrayList<>();
      for (int r = 0; r < rows; r++) {
        plan.add(new BatchRow(r % 3 == 2 ? "zh.web" : "code", 0, step, 0, 31 * step + r));
        if (r % ranks == rank) {
          own.add(row(1000 * step + r));
        }
      }
      TrainBatch batch = new TrainBatch(step, 1, "fundamental", 3e-3, plan, step == steps - 1);
      return Optional.of(new Batch(batch, own.toArray(int[][]::new)));
    }

    @Override
    public Optional<Integer> heldOutSet(long step) {
      return Optional.of(1);
    }

    @Override
    public List<HeldOut> heldOut(int set) {
      return List.of(
          new HeldOut("zh.web", row(-1)),
          new HeldOut("code", row(-2)),
          new HeldOut("code", row(-3)));
    }

    static int[] row(long seed) {
      int[] ids = new int[9];
      ids[0] = new Random(seed).nextInt(31);
      for (int i = 1; i < ids.length; i++) {
        ids[i] = (ids[i - 1] * 5 + 3) % 31;
      }
      return ids;
    }
  }

  final MemoryLedger ledger = new MemoryLedger();
  int ranks = 1;
  int steps = 8;
  int rows = 4;
  int evalEvery = 1000;
  int checkpointEvery = 1000;
  boolean waitsForHeldOut = true;
  String environment = "here";
  Checkpoints checkpoints = new NoCheckpoints(ledger);
  IntFunction<List<GradientSync>> world = ThreadSync::world;
  UnaryOperator<GradientSync> sync = s -> s;
  Function<GradientSync, BatchSource> source = s -> new PatternSource(steps, rows);

  /** Step of whose border rank 0 is told to stop. */
  long stopAt = Long.MAX_VALUE;

  /** Whether rank 0 is told to stop, at whatever border comes next. */
  volatile boolean stop;

  /** Runs all ranks and returns how each ended; throws what the first failing rank threw. */
  List<TrainLoop.End> run() throws Exception {
    List<FutureTask<TrainLoop.End>> tasks = new ArrayList<>();
    for (GradientSync member : world.apply(ranks)) {
      FutureTask<TrainLoop.End> task = new FutureTask<>(() -> run(sync.apply(member)));
      tasks.add(task);
      new Thread(task, "rank-" + member.rank()).start();
    }
    List<TrainLoop.End> ends = new ArrayList<>();
    Exception failure = null;
    for (FutureTask<TrainLoop.End> task : tasks) {
      try {
        ends.add(task.get());
      } catch (ExecutionException e) {
        boolean follows = "a rank is lost".equals(e.getCause().getMessage());
        failure = failure == null || !follows ? (Exception) e.getCause() : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return ends;
  }

  private TrainLoop.End run(GradientSync member) throws Exception {
    try (member;
        Decoder decoder = new Decoder(MODEL, 1);
        Training training = new Training(decoder, AdamW.mapNeo())) {
      TrainSettings settings =
          new TrainSettings(42, GradientClip.mapNeo(), evalEvery, checkpointEvery, waitsForHeldOut);
      long[] asked = new long[1];
      BatchSource batches = source.apply(member);
      BatchSource counting =
          new BatchSource() {
            @Override
            public Optional<Batch> next(long step, int rank, int ranks) {
              asked[0] = step;
              return batches.next(step, rank, ranks);
            }

            @Override
            public Optional<Integer> heldOutSet(long step) {
              return batches.heldOutSet(step);
            }

            @Override
            public List<HeldOut> heldOut(int set) {
              return batches.heldOut(set);
            }
          };
      return new TrainLoop(
              settings, training, counting, ledger, checkpoints, CLOCK, n -> environment)
          .run(member, () -> member.rank() == 0 && (stop || asked[0] >= stopAt));
    }
  }
}
