package dev.neostream.trainer.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.avro.StepReplay;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.trainer.checkpoint.StoredCheckpoints;
import dev.neostream.trainer.collective.InMemoryTransport;
import dev.neostream.trainer.collective.RingAllReduce;
import dev.neostream.trainer.train.TestRun.PatternSource;
import dev.neostream.trainer.train.TrainLoop.End;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainLoopTest {

  @TempDir Path folder;

  private Checkpoints stored() {
    return new StoredCheckpoints(new CheckpointStore(folder), "tokenizer-1", Map.of(), 2);
  }

  @Test
  void shouldReportEveryStepAndLearn() throws Exception {
    TestRun run = new TestRun();
    run.steps = 60;

    assertEquals(List.of(End.FINISHED), run.run());

    assertEquals(60, run.ledger.reports.size());
    StepReport first = run.ledger.reports.get(0L);
    assertEquals(Math.log(31), first.getLoss(), 0.1);
    assertEquals(4 * 8, first.getTokens());
    assertEquals(3e-3, first.getLearningRate());
    assertEquals("fundamental", first.getPhase());
    assertEquals(0, first.getFinishedAt());
    assertTrue(run.ledger.reports.get(59L).getLoss() < first.getLoss() - 1);
    List<DomainLoss> domains = first.getDomains();
    assertEquals(List.of("code", "zh.web"), domains.stream().map(DomainLoss::getDomain).toList());
    assertEquals(List.of(3, 1), domains.stream().map(DomainLoss::getRows).toList());
    assertEquals(
        first.getLoss(), (3 * domains.get(0).getLoss() + domains.get(1).getLoss()) / 4, 1e-12);
  }

  @Test
  void shouldTrainAlikeOnAnyNumberOfRanks() throws Exception {
    TestRun one = new TestRun();
    one.steps = 20;
    one.run();

    for (int ranks : new int[] {2, 3, 5}) { // at 5 ranks the last one has no row
      TestRun many = new TestRun();
      many.steps = 20;
      many.ranks = ranks;
      many.run();

      for (long step = 0; step < 20; step++) {
        StepReport expected = one.ledger.reports.get(step);
        StepReport actual = many.ledger.reports.get(step);
        assertEquals(expected.getLoss(), actual.getLoss(), 1e-5 * expected.getLoss());
        assertEquals(expected.getGradientNorm(), actual.getGradientNorm(), 1e-4);
        assertEquals(expected.getTokens(), actual.getTokens());
        assertEquals(expected.getBatchHash(), actual.getBatchHash());
      }
    }
  }

  @Test
  void shouldTrainOverRing() throws Exception {
    TestRun threads = new TestRun();
    threads.ranks = 2;
    threads.run();

    TestRun ring = new TestRun();
    ring.ranks = 2;
    ring.world =
        ranks ->
            InMemoryTransport.ring(1, 0, ranks, Duration.ofSeconds(60), 1024, 4).stream()
                .<GradientSync>map(transport -> new RingAllReduce(transport))
                .toList();
    ring.run();

    // Two values have only one sum, so two ranks agree bit for bit whatever adds them.
    assertEquals(threads.ledger.losses(), ring.ledger.losses());
  }

  @Test
  void shouldStopWhenReplicasDiffer() {
    TestRun run = new TestRun();
    run.ranks = 2;
    run.sync = member -> member.rank() == 0 ? member : new OneBitWrong(member);

    var e = assertThrows(IllegalStateException.class, run::run);

    assertTrue(
        e.getMessage()
            .startsWith("all ranks must be at the same step with equal parameters: rank="),
        e.getMessage());
    assertEquals(0, run.ledger.reports.size());
  }

  /** Receives the first layer's summed gradient with one value changed. */
  private record OneBitWrong(GradientSync member) implements GradientSync {
    @Override
    public int rank() {
      return member.rank();
    }

    @Override
    public int ranks() {
      return member.ranks();
    }

    @Override
    public void sum(FloatBuffer values) {
      member.sum(values);
      if (values.remaining() > 100) {
        values.put(7, Math.nextUp(values.get(7) + 1));
      }
    }

    @Override
    public void close() {
      member.close();
    }
  }

  @Test
  void shouldContinueBitForBitAfterStop() throws Exception {
    TestRun whole = new TestRun();
    whole.ranks = 2;
    whole.steps = 12;
    whole.run();

    TestRun first = new TestRun();
    first.ranks = 2;
    first.steps = 12;
    first.checkpoints = stored();
    first.stopAt = 5;
    assertEquals(List.of(End.STOPPED, End.STOPPED), first.run());
    TestRun second = new TestRun();
    second.ranks = 2;
    second.steps = 12;
    second.checkpoints = stored();
    assertEquals(List.of(End.FINISHED, End.FINISHED), second.run());

    assertEquals(5, first.ledger.reports.size());
    assertEquals(7, second.ledger.reports.size());
    for (long step = 0; step < 12; step++) {
      TestRun part = step < 5 ? first : second;
      assertEquals(
          Optional.empty(),
          Replay.check(whole.ledger.reports.get(step), part.ledger.reports.get(step)));
    }
    var manifest = new CheckpointStore(folder).newest().orElseThrow().manifest();
    assertEquals(11, manifest.getStep());
    assertEquals(Map.of("code", 12 * 24L, "zh.web", 12 * 8L), manifest.getTokens());
    assertEquals(whole.ledger.reports.get(11L).getParameterHash(), manifest.getParameterHash());
  }

  @Test
  void shouldReproduceRecordedStepsAfterCrash() throws Exception {
    TestRun run = crashed();

    run.source = s -> new PatternSource(run.steps, run.rows);
    assertEquals(List.of(End.FINISHED), run.run());

    // The ledger refuses a second report of a step: 4 and 5 were compared, not appended.
    assertEquals(8, run.ledger.reports.size());
  }

  @Test
  void shouldStopWhenReplayDiverges() throws Exception {
    TestRun run = crashed();
    StepReport report = run.ledger.reports.get(5L);
    double recorded = report.getLoss();
    report.setLoss(Math.nextUp(recorded));

    run.source = s -> new PatternSource(run.steps, run.rows);
    var e = assertThrows(IllegalStateException.class, run::run);

    assertEquals(
        "replay diverged at step 5: loss recorded=%s now=%s"
            .formatted(Math.nextUp(recorded), recorded),
        e.getMessage());
  }

  @Test
  void shouldGoOnWhereAnotherEnvironmentAddsUpOtherwise() throws Exception {
    TestRun run = crashed();
    StepReport report = run.ledger.reports.get(5L);
    double loss = report.getLoss();
    report.setLoss(Math.nextUp(loss));
    report.setParameterHash(7);
    run.environment = "elsewhere";

    run.source = s -> new PatternSource(run.steps, run.rows);
    assertEquals(List.of(End.FINISHED), run.run());

    // Step 4 came out the same: nothing to tell.
    assertEquals(1, run.ledger.replays.size());
    StepReplay replay = run.ledger.replays.get(0);
    assertEquals(5, replay.getStep());
    assertEquals(Math.nextUp(loss), replay.getRecordedLoss());
    assertEquals(loss, replay.getLoss());
    assertEquals(7, replay.getRecordedParameterHash());
    assertEquals("here", replay.getRecordedEnvironment());
    assertEquals("elsewhere", replay.getEnvironment());
    assertEquals(Math.nextUp(loss), run.ledger.reports.get(5L).getLoss());
    assertEquals("elsewhere", run.ledger.reports.get(7L).getEnvironment());
  }

  @Test
  void shouldStopWhereAnotherEnvironmentIsNoExcuse() throws Exception {
    TestRun run = crashed();
    StepReport report = run.ledger.reports.get(5L);
    double now = report.getLoss();
    report.setLoss(now + 1.5 * Replay.LOSS_TOLERANCE);
    run.environment = "elsewhere";

    run.source = s -> new PatternSource(run.steps, run.rows);
    var e = assertThrows(WillRepeatException.class, run::run);

    assertEquals(
        "replay diverged at step 5: loss recorded=%s now=%s, more than another environment may:"
                .formatted(report.getLoss(), now)
            + " recorded in [here], now in [elsewhere]; go on where it was recorded, or start"
            + " another run from the checkpoint",
        e.getMessage());
    assertEquals(List.of(), run.ledger.replays);
  }

  /** What the batch alone decides is the same everywhere. */
  @Test
  void shouldStopAtAnotherBatchInAnyEnvironment() throws Exception {
    TestRun run = crashed();
    StepReport report = run.ledger.reports.get(4L);
    report.setBatchHash(report.getBatchHash() + 1);
    run.environment = "elsewhere";

    run.source = s -> new PatternSource(run.steps, run.rows);
    var e = assertThrows(WillRepeatException.class, run::run);

    assertTrue(e.getMessage().startsWith("replay diverged at step 4: batchHash"), e.getMessage());
  }

  /** A run of 8 steps with a checkpoint of step 3 that died after step 5 was reported. */
  private TestRun crashed() {
    TestRun run = new TestRun();
    run.checkpointEvery = 4;
    run.checkpoints = stored();
    run.source =
        s ->
            new PatternSource(run.steps, run.rows) {
              @Override
              public Optional<Batch> next(long step, int rank, int ranks) {
                if (step == 6) {
                  throw new IllegalStateException("killed");
                }
                return super.next(step, rank, ranks);
              }
            };
    assertEquals("killed", assertThrows(IllegalStateException.class, run::run).getMessage());
    assertEquals(6, run.ledger.reports.size());
    return run;
  }

  @Test
  void shouldEndAtOnceWhenCheckpointHoldsLastStep() throws Exception {
    TestRun run = new TestRun();
    run.checkpoints = stored();
    run.run();
    run.ledger.events.clear();

    assertEquals(List.of(End.FINISHED), run.run());

    assertEquals(List.of("eval 7 code", "eval 7 zh.web", "eval 7 all"), run.ledger.events);
  }

  @Test
  void shouldStopWhileHeldOutRowsAreAwaitedAndEvaluateWhenItGoesOn() throws Exception {
    TestRun waiting = new TestRun();
    waiting.ranks = 2;
    waiting.evalEvery = 4;
    waiting.checkpoints = stored();
    waiting.source =
        s ->
            new PatternSource(waiting.steps, waiting.rows) {
              @Override
              public Optional<Integer> heldOutSet(long step) {
                waiting.stop = true;
                return Optional.empty();
              }
            };

    assertEquals(List.of(End.STOPPED, End.STOPPED), waiting.run());

    assertEquals(4, waiting.ledger.reports.size());
    assertEquals(List.of(), waiting.ledger.results);
    TestRun resumed = new TestRun();
    resumed.ranks = 2;
    resumed.evalEvery = 4;
    resumed.checkpoints = stored();
    assertEquals(List.of(End.FINISHED, End.FINISHED), resumed.run());
    assertEquals(
        List.of(3L, 3L, 3L, 7L, 7L, 7L),
        resumed.ledger.results.stream().map(EvalResult::getStep).toList());
    assertEquals("eval 3 code", resumed.ledger.events.get(0));
  }

  /** Rank 0 alone decides, and the others follow: on none, on all rows, then on all but one. */
  @Test
  void shouldEvaluateOnTheSetThatRank0DecidesOn() throws Exception {
    TestRun run = new TestRun();
    run.ranks = 2;
    run.evalEvery = 2;
    run.waitsForHeldOut = false;
    run.source =
        s ->
            new PatternSource(run.steps, run.rows) {
              @Override
              public Optional<Integer> heldOutSet(long step) {
                assertEquals(0, s.rank());
                return step == 1
                    ? Optional.empty()
                    : Optional.of(step == 3 ? 0 : step == 5 ? 1 : 2);
              }

              @Override
              public List<HeldOut> heldOut(int set) {
                return super.heldOut(set).subList(set - 1, 3);
              }
            };

    assertEquals(List.of(End.FINISHED, End.FINISHED), run.run());

    assertEquals(8, run.ledger.reports.size());
    assertEquals(
        List.of("5 code 16", "5 zh.web 8", "5 all 24", "7 code 16", "7 all 16"),
        run.ledger.results.stream()
            .map(result -> result.getStep() + " " + result.getDomain() + " " + result.getCount())
            .toList());
  }

  @Test
  void shouldStopAllRanksAfterSameStepWhenOneIsTold() throws Exception {
    TestRun run = new TestRun();
    run.ranks = 3;
    run.stopAt = 4;

    assertEquals(List.of(End.STOPPED, End.STOPPED, End.STOPPED), run.run());

    assertEquals(List.of("step 0", "step 1", "step 2", "step 3", "save 3"), run.ledger.events);
  }

  @Test
  void shouldWaitForRankWhoseBatchIsLate() throws Exception {
    TestRun run = new TestRun();
    run.ranks = 2;
    run.source =
        s ->
            new PatternSource(run.steps, run.rows) {
              private int asked;

              @Override
              public Optional<Batch> next(long step, int rank, int ranks) {
                asked++;
                return s.rank() == 1 && asked % 3 != 0
                    ? Optional.empty()
                    : super.next(step, rank, ranks);
              }
            };

    assertEquals(List.of(End.FINISHED, End.FINISHED), run.run());

    TestRun punctual = new TestRun();
    punctual.ranks = 2;
    punctual.run();
    assertEquals(punctual.ledger.losses(), run.ledger.losses());
  }

  @Test
  void shouldEvaluateEarlyRegularlyAndAtEnd() throws Exception {
    TestRun run = new TestRun();
    run.steps = 22;
    run.evalEvery = 8;
    run.checkpointEvery = 16;

    run.run();

    List<String> events =
        run.ledger.events.stream()
            .filter(e -> !e.startsWith("step") && !e.endsWith("web"))
            .toList();
    assertEquals(
        List.of(
            "eval 7 code",
            "eval 7 all",
            "eval 15 code",
            "eval 15 all",
            "save 15",
            "eval 19 code",
            "eval 19 all",
            "eval 21 code",
            "eval 21 all",
            "save 21"),
        events);
    List<EvalResult> atEnd = run.ledger.results.subList(9, 12);
    assertEquals(
        List.of("code", "zh.web", "all"), atEnd.stream().map(EvalResult::getDomain).toList());
    assertEquals(List.of(16L, 8L, 24L), atEnd.stream().map(EvalResult::getCount).toList());
    assertEquals(
        (2 * atEnd.get(0).getValue() + atEnd.get(1).getValue()) / 3,
        atEnd.get(2).getValue(),
        1e-12);
    assertTrue(atEnd.get(2).getValue() < run.ledger.results.get(2).getValue());
  }

  @Test
  void shouldEvaluateAlikeOnAnyNumberOfRanks() throws Exception {
    TestRun one = new TestRun();
    one.run();
    TestRun four = new TestRun();
    four.ranks = 4;
    four.run();

    for (int i = 0; i < 3; i++) {
      assertEquals(
          one.ledger.results.get(i).getValue(), four.ledger.results.get(i).getValue(), 1e-5);
    }
  }

  @Test
  void shouldStopBeforeUpdateWhenLossIsNotFinite() {
    TestRun run = new TestRun();
    run.source =
        s ->
            new PatternSource(run.steps, run.rows) {
              @Override
              public Optional<Batch> next(long step, int rank, int ranks) {
                Batch batch = super.next(step, rank, ranks).orElseThrow();
                batch.plan().setLearningRate(1e30);
                return Optional.of(batch);
              }
            };

    var e = assertThrows(IllegalStateException.class, run::run);

    assertTrue(
        e.getMessage().startsWith("loss and gradient must be finite: step=1, loss="),
        e.getMessage());
    assertEquals(1, run.ledger.reports.size());
  }

  @Test
  void shouldRefuseBatchOfAnotherStepOrWithWrongRows() {
    TestRun run = new TestRun();
    run.source =
        s ->
            new PatternSource(run.steps, run.rows) {
              @Override
              public Optional<Batch> next(long step, int rank, int ranks) {
                return super.next(step + 1, rank, ranks);
              }
            };
    assertEquals(
        "the batch must be of the step asked for: asked=0, given=1",
        assertThrows(IllegalStateException.class, run::run).getMessage());

    run.source =
        s ->
            new PatternSource(run.steps, run.rows) {
              @Override
              public Optional<Batch> next(long step, int rank, int ranks) {
                TrainBatch plan = super.next(step, rank, ranks).orElseThrow().plan();
                return Optional.of(new Batch(plan, new int[][] {row(1)}));
              }
            };
    assertEquals(
        "rank 0 of 1 must get 4 of the 4 rows of step 0, at least one row in all: rows=1",
        assertThrows(IllegalStateException.class, run::run).getMessage());
  }
}
