package dev.neostream.trainer.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.avro.StepReplay;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.trainer.checkpoint.StoredCheckpoints;
import dev.neostream.trainer.collective.InMemoryTransport;
import dev.neostream.trainer.collective.RingAllReduce;
import dev.neostream.trainer.collective.Transport;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.optim.GradientClip;
import dev.neostream.trainer.train.TestRun.MemoryLedger;
import dev.neostream.trainer.train.TestRun.PatternSource;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three ranks over rings in memory, of which one leaves and another takes its place. */
class LostRankTest {

  private static final int RANKS = 3;
  private static final int STEPS = 8;

  @TempDir Path folder;

  /** Where a rank of the first generation leaves: at a sum, counted from 0, before or after it. */
  private record Leaves(int rank, int sum, boolean after) {
    static final Leaves NEVER = new Leaves(-1, -1, false);
  }

  private static final class Left extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** A ring that its rank may leave. */
  private record Leaving(RingAllReduce ring, AtomicIntegerArray sums, Leaves leaves)
      implements GradientSync {

    @Override
    public int rank() {
      return ring.rank();
    }

    @Override
    public int ranks() {
      return ring.ranks();
    }

    @Override
    public void sum(FloatBuffer values) {
      boolean here = sums.getAndIncrement(rank()) == leaves.sum && rank() == leaves.rank;
      if (here && !leaves.after) {
        throw new Left();
      }
      ring.sum(values);
      if (here) {
        throw new Left();
      }
    }

    @Override
    public void close() {
      ring.close();
    }
  }

  /** A rank's way to the ledger; what it has not flushed is lost with it. */
  private static final class Buffered implements StepLedger {

    private final MemoryLedger ledger;
    private final Set<Long> recorded;
    private final List<Runnable> unsent = new ArrayList<>();

    Buffered(MemoryLedger ledger) {
      this.ledger = ledger;
      synchronized (ledger) {
        recorded = new HashSet<>(ledger.reports.keySet());
      }
    }

    @Override
    public Optional<StepReport> recorded(long step) {
      return recorded.remove(step) ? ledger.recorded(step) : Optional.empty();
    }

    @Override
    public void append(StepReport report) {
      unsent.add(() -> ledger.append(report));
    }

    @Override
    public void append(StepReplay replay) {
      unsent.add(() -> ledger.append(replay));
    }

    @Override
    public void append(EvalResult result) {
      unsent.add(() -> ledger.append(result));
    }

    @Override
    public void flush() {
      unsent.forEach(Runnable::run);
      unsent.clear();
      ledger.flush();
    }
  }

  /** What a run has left behind. */
  private static final class World {

    final MemoryLedger ledger = new MemoryLedger();
    final AtomicInteger started = new AtomicInteger();
    final AtomicIntegerArray sums = new AtomicIntegerArray(RANKS);
    private final Map<Integer, List<Transport>> rings = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CheckpointStore store;
    private final Leaves leaves;

    World(Path folder, Leaves leaves) {
      store = new CheckpointStore(folder);
      this.leaves = leaves;
    }

    World run() throws Exception {
      List<Future<Object>> ranks = new ArrayList<>();
      for (int rank = 0; rank < RANKS; rank++) {
        int place = rank;
        ranks.add(threads.submit(() -> place(place)));
      }
      for (Future<Object> rank : ranks) {
        rank.get(2, TimeUnit.MINUTES);
      }
      threads.shutdown();
      return this;
    }

    /** A rank from start to end, and the one that takes its place if it leaves. */
    private Object place(int rank) throws Exception {
      try {
        rank(rank, 0);
      } catch (Left left) {
        rank(rank, 1);
      }
      return rank;
    }

    private void rank(int rank, int start) throws Exception {
      started.incrementAndGet();
      try (Decoder decoder = new Decoder(TestRun.MODEL, 1);
          Training training = new Training(decoder, AdamW.mapNeo())) {
        var own = new Buffered(ledger);
        var loop =
            new TrainLoop(
                new TrainSettings(42, GradientClip.mapNeo(), 4, 3, true),
                training,
                new PatternSource(STEPS, 4),
                own,
                new StoredCheckpoints(store, "tokenizer", Map.of(), STEPS),
                TestRun.CLOCK,
                ranks -> "here");
        for (int generation = start; ; generation++) {
          Leaves here = generation == 0 ? leaves : Leaves.NEVER;
          try (var sync = new Leaving(ring(rank, generation), sums, here)) {
            assertEquals(TrainLoop.End.FINISHED, loop.run(sync, () -> false));
            own.flush();
            return;
          } catch (LostRankException lost) {
            assertEquals(0, generation, "ranks are lost once");
          }
        }
      }
    }

    /** Steps, tokens and parameters of all checkpoints. */
    List<String> saved() throws IOException {
      return store.list().stream()
          .map(Stored::manifest)
          .map(m -> m.getStep() + " " + m.getTokens() + " " + m.getParameterHash())
          .toList();
    }

    private RingAllReduce ring(int rank, int generation) {
      return new RingAllReduce(
          rings
              .computeIfAbsent(
                  generation,
                  g -> InMemoryTransport.ring(1, g, RANKS, Duration.ofMinutes(1), 1024, 4))
              .get(rank));
    }
  }

  /** What a step left in the ledger, without what the clock says. */
  private static List<Object> what(StepReport report) {
    return List.of(
        report.getStep(),
        report.getLoss(),
        report.getDomains(),
        report.getGradientNorm(),
        report.getParameterHash(),
        report.getBatchHash());
  }

  private static List<Object> what(World world) {
    return world.ledger.reports.values().stream().<Object>map(LostRankTest::what).toList();
  }

  private static Map<String, Double> losses(World world) {
    var losses = new TreeMap<String, Double>();
    world.ledger.results.forEach(
        result -> {
          Double before = losses.put(result.getStep() + result.getDomain(), result.getValue());
          assertTrue(before == null || before.equals(result.getValue()), result.toString());
        });
    return losses;
  }

  @Test
  void shouldEndAsACalmRunWhereverARankLeaves() throws Exception {
    World calm = new World(folder.resolve("calm"), Leaves.NEVER).run();
    int sums = calm.sums.get(0);
    var random = new Random(22);
    for (int trial = 0; trial < 20; trial++) {
      var leaves = new Leaves(random.nextInt(RANKS), random.nextInt(sums), random.nextBoolean());

      World world = new World(folder.resolve("trial-" + trial), leaves).run();

      assertEquals(what(calm), what(world), leaves.toString());
      assertEquals(losses(calm), losses(world), leaves.toString());
      assertEquals(calm.saved(), world.saved(), leaves.toString());
      assertEquals(RANKS + 1, world.started.get(), leaves.toString());
    }
  }
}
