package dev.neostream.trainer.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.avro.StepReport;
import dev.neostream.trainer.collective.InMemoryTransport;
import dev.neostream.trainer.collective.RingAllReduce;
import dev.neostream.trainer.collective.Transport;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ParameterHash;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.optim.GradientClip;
import dev.neostream.trainer.train.TestRun.MemoryLedger;
import dev.neostream.trainer.train.TestRun.PatternSource;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A run over rings in memory whose ranks become more, and fewer again, while it trains. */
class RankChangeTest {

  private static final int STEPS = 12;
  private static final int ROWS = 5;

  /** What a sum's other order may change in a loss, nats; ten steps of it. */
  private static final double OTHER_ORDER = 1e-4;

  /**
   * The rings of a run, one after the other: ranks, and after how many sums of which rank the next
   * ring is announced.
   */
  private record Ring(int ranks, int announcer, int sums) {}

  private static final class World {

    final MemoryLedger ledger = new MemoryLedger();
    final Set<Long> lastHashes = new HashSet<>();
    int started;

    private final List<Ring> rings;
    private final List<List<Transport>> transports = new ArrayList<>();
    private final ConcurrentLinkedQueue<Future<?>> running = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile int announced;

    World(Ring... rings) {
      this.rings = List.of(rings);
      for (Ring ring : rings) {
        transports.add(
            InMemoryTransport.ring(
                1, transports.size(), ring.ranks, Duration.ofMinutes(1), 1024, 4));
      }
    }

    World run() throws Exception {
      startFrom(0);
      for (Future<?> rank = running.poll(); rank != null; rank = running.poll()) {
        rank.get(2, TimeUnit.MINUTES);
      }
      threads.shutdown();
      return this;
    }

    /** Starts the ranks that are in the announced ring and not in the one before. */
    private synchronized void startFrom(int first) {
      for (int rank = first; rank < rings.get(announced).ranks; rank++) {
        int place = rank;
        int generation = announced;
        started++;
        running.add(threads.submit(() -> rank(place, generation)));
      }
    }

    private void announce(int generation) {
      announced = generation + 1;
      startFrom(rings.get(generation).ranks);
    }

    /** A rank, from the first ring that it is in to the first that has no place for it. */
    private Void rank(int rank, int first) throws Exception {
      try (Decoder decoder = new Decoder(TestRun.MODEL, 1);
          Training training = new Training(decoder, AdamW.mapNeo())) {
        var loop =
            new TrainLoop(
                new TrainSettings(42, GradientClip.mapNeo(), 5, 4, true),
                training,
                new PatternSource(STEPS, ROWS),
                ledger,
                new TestRun.NoCheckpoints(ledger),
                TestRun.CLOCK,
                ranks -> "ranks=" + ranks);
        for (int joined = first; rank < rings.get(joined).ranks; joined = announced) {
          int generation = joined;
          var ring =
              new RingAllReduce(transports.get(generation).get(rank), () -> announced > generation);
          try (var sync = new Counting(ring, generation)) {
            assertEquals(TrainLoop.End.FINISHED, loop.run(sync, () -> false));
            synchronized (this) {
              lastHashes.add(ParameterHash.of(decoder));
            }
            return null;
          } catch (LostRankException givenUp) {
            while (announced == generation) {
              Thread.onSpinWait(); // another rank has heard of it first
            }
          }
        }
        return null;
      }
    }

    /** A ring whose announcer tells all to go on in the next one, at one of its sums. */
    private final class Counting implements GradientSync {

      private final RingAllReduce ring;
      private final int generation;
      private int sums;

      Counting(RingAllReduce ring, int generation) {
        this.ring = ring;
        this.generation = generation;
      }

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
        Ring here = rings.get(generation);
        if (rank() == here.announcer && sums++ == here.sums) {
          announce(generation);
        }
        ring.sum(values);
      }

      @Override
      public void close() {
        ring.close();
      }
    }

    List<Long> batchHashes() {
      return inOrder().stream().map(StepReport::getBatchHash).toList();
    }

    List<StepReport> inOrder() {
      return new TreeSet<>(ledger.reports.keySet()).stream().map(ledger.reports::get).toList();
    }

    /** Returns by how many ranks each step was trained, a digit each. */
    String ranksByStep() {
      StringBuilder digits = new StringBuilder();
      inOrder().forEach(report -> digits.append(report.getEnvironment().substring(6)));
      return digits.toString();
    }
  }

  @Test
  void shouldTrainOnTheBatchesOfOneRankWhereverTheirNumberChanges() throws Exception {
    World alone = new World(new Ring(1, -1, 0)).run();
    var random = new Random(22);
    var seen = new HashSet<String>();
    for (int trial = 0; trial < 20; trial++) {
      Ring one = new Ring(1, 0, random.nextInt(40));
      Ring four = new Ring(4, random.nextInt(4), random.nextInt(40));
      String where = one + ", " + four;

      World world = new World(one, four, new Ring(2, -1, 0)).run();

      assertEquals(alone.batchHashes(), world.batchHashes(), where);
      assertEquals(4, world.started, where);
      assertEquals(1, world.lastHashes.size(), where);
      assertEquals(
          world.lastHashes, Set.of(world.ledger.reports.get(STEPS - 1L).getParameterHash()), where);
      assertTrue(world.ranksByStep().matches("1*4*2+"), where + ": " + world.ranksByStep());
      seen.add(world.ranksByStep().replaceAll("(.)\\1*", "$1"));
      for (int step = 0; step < STEPS; step++) {
        StepReport expected = alone.inOrder().get(step);
        StepReport actual = world.inOrder().get(step);
        assertEquals(expected.getLoss(), actual.getLoss(), OTHER_ORDER, where);
        assertEquals(expected.getTokens(), actual.getTokens(), where);
      }
      assertEquals(
          world.ledger.events.stream().filter(event -> event.startsWith("save ")).toList(),
          List.of("save 3", "save 7", "save 11"),
          where);
    }
    assertTrue(seen.contains("142"), "steps of all three numbers: " + seen);
  }
}
