package dev.neostream.tokens.mixture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.BlockFlag;
import dev.neostream.schemas.avro.DomainCursor;
import dev.neostream.schemas.avro.LaneState;
import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.SequencerState;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData.EnumSymbol;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

class SequencerTest {

  private static final LearningRate RATE = LearningRate.cosine(1e-3, 1e-4, 0);

  private static SequencerSettings settings(int lanes, int rows, String... domains) {
    return new SequencerSettings(List.of(domains), lanes, rows, 4);
  }

  private static SequencerSettings shuffled(int blocks, int lanes, int rows, String... domains) {
    return new SequencerSettings(List.of(domains), lanes, rows, 4, WhenSilent.WAIT, 1, blocks, 42);
  }

  private static Phase phase(String name, long steps, Map<String, Double> weights) {
    return new Phase(name, steps, new TreeMap<>(weights), RATE);
  }

  private static MixturePlan plan(Phase... phases) {
    return new MixturePlan(List.of(phases));
  }

  private static long hash(String domain, int lane, long block) {
    return 31 * (31 * domain.hashCode() + lane) + block;
  }

  private static TokenIndex block(String domain, int lane, long block) {
    return new TokenIndex(domain, lane, block, 16, hash(domain, lane, block), false);
  }

  private static TokenIndex closing(String domain, int lane, long blocks) {
    return new TokenIndex(domain, lane, blocks, 0, 0L, true);
  }

  private static String read(List<TrainBatch> batches) {
    return batches.stream()
        .flatMap(batch -> batch.getRows().stream())
        .map(row -> row.getDomain() + row.getLane() + ":" + row.getBlock() + "/" + row.getEpoch())
        .collect(Collectors.joining(" "));
  }

  @Test
  void shouldReadLanesInTurnAndStartOverWhenLanesAreUneven() {
    var sequencer = new Sequencer(settings(3, 2, "x"));
    List.of(block("x", 0, 0), block("x", 0, 1), block("x", 2, 0)).forEach(sequencer::index);
    List.of(closing("x", 0, 2), closing("x", 1, 0), closing("x", 2, 1)).forEach(sequencer::index);

    sequencer.propose(plan(phase("a", 9, Map.of("x", 1.0))).toUpdate(0, "ann", "start", 0));

    assertEquals(
        "x0:0/0 x2:0/0 x0:1/0 x0:0/1 x2:0/1 x0:1/1 x0:0/2 x2:0/2",
        read(sequencer.emit(SequencerTest::hash)));
  }

  /** A sequencer of two domains, which has made and seen trained some steps of a plan. */
  private static Sequencer trained(MixturePlan plan, int steps, List<TrainBatch> made) {
    var sequencer = new Sequencer(settings(1, 3, "x", "y"));
    for (long block = 0; block < 5; block++) {
      sequencer.index(block("x", 0, block));
      sequencer.index(block("y", 0, block));
    }
    sequencer.index(closing("x", 0, 5));
    sequencer.index(closing("y", 0, 5));
    sequencer.propose(plan.toUpdate(0, "ann", "start", 0));
    made.addAll(sequencer.emit(SequencerTest::hash));
    train(sequencer, 0, steps, made);
    return sequencer;
  }

  private static void train(Sequencer sequencer, long from, long to, List<TrainBatch> made) {
    for (long step = from; step < to; step++) {
      sequencer.completed(step);
      made.addAll(sequencer.emit(SequencerTest::hash));
    }
  }

  private static MixtureDecision endAt(Sequencer sequencer, MixturePlan plan) {
    var update = plan.toUpdate(1, "ann", "longer", 1);
    update.setAfterEnd(true);
    return sequencer.propose(update);
  }

  /**
   * Where a run is stopped or at its end, its batches so far stay and those to come are the same
   * whether the sequencer was restarted in between or had yet to hear of the last steps.
   */
  @Test
  void shouldGoOnWithTheSameBatchesWhateverWasKilledWhenItIsMadeLonger() {
    MixturePlan plan = plan(phase("a", 6, Map.of("x", 2.0, "y", 1.0)));
    for (int trained : List.of(1, 2, 4, 6)) {
      long from = Math.min(6, trained + 4);
      MixturePlan longer = PlanRevision.until(plan, from, 12);
      var calm = new ArrayList<TrainBatch>();
      Sequencer first = trained(plan, trained, calm);
      var before = List.copyOf(calm);
      assertEquals(from, endAt(first, longer).getFromStep());
      calm.addAll(first.emit(SequencerTest::hash));
      train(first, trained, 12, calm);
      var killed = new ArrayList<TrainBatch>();
      Sequencer behind = trained(plan, Math.max(0, trained - 2), killed);
      assertTrue(endAt(behind, longer).getAccepted());
      behind = new Sequencer(settings(1, 3, "x", "y"), behind.state());
      killed.addAll(behind.emit(SequencerTest::hash));
      train(behind, Math.max(0, trained - 2), 12, killed);

      assertEquals(12, calm.size());
      assertEquals(before, calm.subList(0, before.size()));
      assertTrue(calm.get(11).getLast());
      assertEquals(rows(calm), rows(killed));
      for (TrainBatch batch : calm) {
        assertEquals(longer.learningRate(batch.getStep()), batch.getLearningRate());
      }
    }
  }

  private static List<List<BatchRow>> rows(List<TrainBatch> batches) {
    return batches.stream().map(TrainBatch::getRows).toList();
  }

  @Test
  void shouldRefuseToFollowTheLastStepUnlessThatIsAskedFor() {
    MixturePlan plan = plan(phase("a", 6, Map.of("x", 1.0)));
    Sequencer sequencer = trained(plan, 6, new ArrayList<>());

    MixtureDecision refused =
        sequencer.propose(PlanRevision.until(plan, 6, 12).toUpdate(1, "ann", "live", 1));

    assertFalse(refused.getAccepted());
    assertTrue(refused.getProblem().contains("the run must not be over"), refused.getProblem());
  }

  private static BlockFlag flag(String domain, int lane, long block) {
    return new BlockFlag(domain, lane, block, List.of("id"), 1);
  }

  @Test
  void shouldLeaveOutWhatIsWithdrawnFromTheNextStepOnInEveryEpoch() {
    var sequencer = new Sequencer(settings(2, 2, "x"));
    for (long block : List.of(0L, 1L, 2L)) {
      sequencer.index(block("x", 0, block));
      sequencer.index(block("x", 1, block));
    }
    List.of(closing("x", 0, 3), closing("x", 1, 3)).forEach(sequencer::index);
    sequencer.propose(plan(phase("a", 9, Map.of("x", 1.0))).toUpdate(0, "ann", "start", 0));
    assertEquals(
        "x0:0/0 x1:0/0 x0:1/0 x1:1/0 x0:2/0 x1:2/0 x0:0/1 x1:0/1",
        read(sequencer.emit(SequencerTest::hash)));

    sequencer.withdraw(flag("x", 0, 1));
    sequencer.withdraw(flag("x", 1, 2));
    sequencer.withdraw(flag("x", 1, 2));
    sequencer.withdraw(flag("heldout.x", 0, 0));
    var restored = new Sequencer(settings(2, 2, "x"), sequencer.state());
    sequencer.completed(3);
    restored.completed(3);

    String expected = "x1:1/1 x0:2/1 x0:0/2 x1:0/2 x1:1/2 x0:2/2 x0:0/3 x1:0/3";
    assertEquals(expected, read(sequencer.emit(SequencerTest::hash)));
    assertEquals(expected, read(restored.emit(SequencerTest::hash)));
  }

  @Test
  void shouldTakeADomainWhoseBlocksAreAllWithdrawnForAnEmptyOne() {
    var sequencer = new Sequencer(settings(1, 2, "x", "y"));
    sequencer.withdraw(flag("x", 0, 0)); // flags and blocks come by topics of their own
    for (String domain : List.of("x", "y")) {
      sequencer.index(block(domain, 0, 0));
      sequencer.index(closing(domain, 0, 1));
    }

    sequencer.propose(
        plan(phase("a", 9, Map.of("x", 1.0, "y", 1.0))).toUpdate(0, "ann", "start", 0));

    assertTrue(read(sequencer.emit(SequencerTest::hash)).matches("(y0:0/\\d ?){8}"));
    assertEquals(Optional.empty(), sequencer.waitingFor());
    sequencer.withdraw(flag("y", 0, 0));
    sequencer.completed(3);
    assertEquals("", read(sequencer.emit(SequencerTest::hash)));
  }

  /** Whatever is withdrawn and whenever: what is left is read as often as it was before. */
  @Test
  void shouldReadAllThatIsLeftOnceAnEpochWhenShuffled() {
    for (long seed = 0; seed < 50; seed++) {
      var random = new Random(seed);
      var sequencer = new Sequencer(shuffled(8, 3, 1, "x"));
      var left = new TreeSet<String>();
      for (int lane = 0; lane < 3; lane++) {
        long blocks = 1 + random.nextInt(9);
        for (long block = 0; block < blocks; block++) {
          sequencer.index(block("x", lane, block));
          if (random.nextInt(3) == 0 && !(lane == 0 && block == 0)) {
            sequencer.withdraw(flag("x", lane, block));
          } else {
            left.add("x" + lane + ":" + block);
          }
        }
        sequencer.index(closing("x", lane, blocks));
      }
      sequencer.propose(
          plan(phase("a", 2L * left.size(), Map.of("x", 1.0))).toUpdate(0, "ann", "start", 0));
      var rows = new ArrayList<String>();
      for (long step = 0; step < 2L * left.size(); step++) {
        if (rows.size() <= step) {
          rows.addAll(List.of(read(sequencer.emit(SequencerTest::hash)).split(" ")));
        }
        sequencer.completed(step);
      }

      for (int epoch : List.of(0, 1)) {
        assertEquals(
            left.stream().map(place -> place + "/" + epoch).toList(),
            rows.stream().filter(row -> row.endsWith("/" + epoch)).sorted().toList(),
            "seed " + seed);
      }
    }
  }

  @Test
  void shouldReadAnotherOrderInEveryEpochWhenShuffled() {
    var sequencer = new Sequencer(shuffled(16, 1, 31, "x"));
    var written = new ArrayList<Long>();
    for (long block = 0; block < 31; block++) {
      sequencer.index(block("x", 0, block));
      written.add(block);
    }
    sequencer.index(closing("x", 0, 31));
    sequencer.propose(plan(phase("a", 2, Map.of("x", 1.0))).toUpdate(0, "ann", "start", 0));

    List<List<Long>> epochs =
        sequencer.emit(SequencerTest::hash).stream()
            .map(batch -> batch.getRows().stream().map(BatchRow::getBlock).toList())
            .toList();

    assertNotEquals(written, epochs.get(0));
    assertNotEquals(epochs.get(0), epochs.get(1));
    assertEquals(written, epochs.get(0).stream().sorted().toList());
    assertEquals(written, epochs.get(1).stream().sorted().toList());
  }

  @Test
  void shouldEmitWholeStepOrNothingWhenNextBlockIsMissing() {
    var sequencer = new Sequencer(settings(2, 2, "x"));
    sequencer.propose(plan(phase("a", 9, Map.of("x", 1.0))).toUpdate(0, "ann", "start", 0));
    sequencer.index(block("x", 0, 0));
    sequencer.index(block("x", 0, 1));
    sequencer.index(block("x", 0, 2));

    List<TrainBatch> before = sequencer.emit(SequencerTest::hash);
    Optional<String> waitingFor = sequencer.waitingFor();
    sequencer.index(block("x", 1, 0));
    List<TrainBatch> after = sequencer.emit(SequencerTest::hash);

    assertEquals(List.of(), before);
    assertEquals(Optional.of("block 0 of x lane 1"), waitingFor);
    assertEquals("x0:0/0 x1:0/0", read(after));
    assertEquals(Optional.of("block 1 of x lane 1"), sequencer.waitingFor());
  }

  @Test
  void shouldStayWithinLeadWhenStepsAreNotFinished() {
    var sequencer = new Sequencer(settings(1, 1, "x"));
    sequencer.index(block("x", 0, 0));
    sequencer.index(closing("x", 0, 1));
    sequencer.propose(plan(phase("a", 7, Map.of("x", 1.0))).toUpdate(0, "ann", "start", 0));

    List<TrainBatch> first = sequencer.emit(SequencerTest::hash);
    sequencer.completed(0);
    sequencer.completed(1);
    List<TrainBatch> second = sequencer.emit(SequencerTest::hash);
    sequencer.completed(1);
    sequencer.completed(0);
    List<TrainBatch> none = sequencer.emit(SequencerTest::hash);
    sequencer.completed(5);
    List<TrainBatch> third = sequencer.emit(SequencerTest::hash);

    assertEquals(List.of(0L, 1L, 2L, 3L), first.stream().map(TrainBatch::getStep).toList());
    assertEquals(List.of(4L, 5L), second.stream().map(TrainBatch::getStep).toList());
    assertEquals(List.of(), none);
    assertEquals(List.of(6L), third.stream().map(TrainBatch::getStep).toList());
    assertFalse(second.get(1).getLast());
    assertTrue(third.get(0).getLast());
    assertThrows(IllegalStateException.class, () -> sequencer.completed(7));
  }

  @Test
  void shouldTakeEffectAtNextStepWhenPlanIsAccepted() {
    var sequencer = new Sequencer(settings(1, 2, "x", "y"));
    for (String domain : List.of("x", "y")) {
      sequencer.index(block(domain, 0, 0));
      sequencer.index(closing(domain, 0, 1));
    }
    MixturePlan plan = plan(phase("a", 9, Map.of("x", 1.0)));
    sequencer.propose(plan.toUpdate(0, "ann", "start", 0));
    sequencer.emit(SequencerTest::hash);

    MixtureDecision decision =
        sequencer.propose(plan.withWeights(4, Map.of("y", 1.0)).toUpdate(1, "bob", "trial", 5));
    sequencer.completed(0);
    TrainBatch next = sequencer.emit(SequencerTest::hash).get(0);

    assertEquals(
        new MixtureDecision(2, true, 4L, "bob", "trial", 5L, "", MixtureChange.PLAN, ""), decision);
    assertEquals(4, next.getStep());
    assertEquals(2, next.getPlanVersion());
    assertEquals(List.of("y", "y"), next.getRows().stream().map(BatchRow::getDomain).toList());
  }

  @Test
  void shouldRefuseWithReasonAndStayAsItWasWhenPlanIsBad() {
    var sequencer = new Sequencer(settings(1, 1, "x"));
    sequencer.index(block("x", 0, 0));
    sequencer.index(closing("x", 0, 1));
    MixturePlan plan = plan(phase("a", 2, Map.of("x", 1.0)), phase("b", 2, Map.of("x", 1.0)));
    sequencer.propose(plan.toUpdate(0, "ann", "start", 0));
    var before = sequencer.state();
    var negative = plan.toUpdate(1, "bob", "why", 0);
    negative.getPhases().get(1).setWeights(Map.of("x", -1.0));

    MixtureDecision stale = sequencer.propose(plan.toUpdate(0, "bob", "why", 0));
    MixtureDecision ahead = sequencer.propose(plan.toUpdate(2, "bob", "why", 0));
    MixtureDecision unknown =
        sequencer.propose(plan.withWeights(0, Map.of("z", 1.0)).toUpdate(1, "bob", "why", 0));
    MixtureDecision bad = sequencer.propose(negative);

    assertTrue(stale.getProblem().contains("in force=1, expected=0"), stale.getProblem());
    assertTrue(ahead.getProblem().contains("in force=1, expected=2"), ahead.getProblem());
    assertTrue(unknown.getProblem().contains("domain=z"), unknown.getProblem());
    assertTrue(bad.getProblem().contains("weight=-1.0"), bad.getProblem());
    for (MixtureDecision decision : List.of(stale, ahead, unknown, bad)) {
      assertFalse(decision.getAccepted());
      assertEquals(-1, decision.getFromStep());
    }
    assertEquals(before, sequencer.state());
    sequencer.emit(SequencerTest::hash);
    MixtureDecision over = sequencer.propose(plan.toUpdate(1, "bob", "why", 0));
    assertTrue(over.getProblem().contains("last step 3"), over.getProblem());
  }

  @Test
  void shouldGiveShareToOthersFromTheFirstRowWhenDomainIsEmpty() {
    var sequencer = new Sequencer(settings(1, 4, "x", "y", "z"));
    for (String domain : List.of("x", "z")) {
      sequencer.index(block(domain, 0, 0));
      sequencer.index(closing(domain, 0, 1));
    }
    sequencer.propose(
        plan(phase("a", 2, Map.of("x", 1.0, "y", 0.01, "z", 1.0))).toUpdate(0, "ann", "start", 0));

    List<TrainBatch> undecided = sequencer.emit(SequencerTest::hash);
    Optional<String> waitingFor = sequencer.waitingFor();
    sequencer.index(closing("y", 0, 0));
    List<TrainBatch> batches = sequencer.emit(SequencerTest::hash);

    assertEquals(List.of(), undecided);
    assertEquals(Optional.of("block 0 of y lane 0"), waitingFor);
    assertEquals("x0:0/0 z0:0/0 x0:0/1 z0:0/1 x0:0/2 z0:0/2 x0:0/3 z0:0/3", read(batches));
  }

  @Test
  void shouldWaitVisiblyWhenEveryDomainIsEmptyAndGoOnWhenBlocksCome() {
    var sequencer = new Sequencer(settings(1, 1, "x", "y"));
    sequencer.index(closing("x", 0, 0));
    sequencer.index(closing("y", 0, 0));
    sequencer.propose(plan(phase("a", 5, Map.of("x", 1.0))).toUpdate(0, "ann", "start", 0));

    List<TrainBatch> none = sequencer.emit(SequencerTest::hash);
    Optional<String> waitingFor = sequencer.waitingFor();
    sequencer.index(block("x", 0, 0));
    List<TrainBatch> one = sequencer.emit(SequencerTest::hash);

    assertEquals(List.of(), none);
    assertEquals(Optional.of("tokens: every domain of phase a is empty"), waitingFor);
    assertEquals("x0:0/0", read(one));
  }

  @Test
  void shouldAskOfAnEmptyDomainFromItsFirstBlockOn() {
    var sequencer = new Sequencer(settings(1, 2, "x", "y"));
    sequencer.index(block("x", 0, 0));
    sequencer.index(closing("x", 0, 1));
    sequencer.index(closing("y", 0, 0));
    sequencer.propose(
        plan(phase("a", 99, Map.of("x", 1.0, "y", 1.0))).toUpdate(0, "ann", "start", 0));
    sequencer.emit(SequencerTest::hash);

    sequencer.index(block("y", 0, 0));
    sequencer.index(closing("y", 0, 1));
    sequencer.completed(1);
    List<TrainBatch> later = sequencer.emit(SequencerTest::hash);

    assertEquals("x0:0/8 y0:0/0 x0:0/9 y0:0/1", read(later));
  }

  @Test
  void shouldReadNewBlocksWhenClosedLaneContinues() {
    var sequencer = new Sequencer(settings(1, 1, "x"));
    sequencer.index(block("x", 0, 0));
    sequencer.index(block("x", 0, 1));
    sequencer.index(closing("x", 0, 2));
    sequencer.propose(plan(phase("a", 99, Map.of("x", 1.0))).toUpdate(0, "ann", "start", 0));
    sequencer.emit(SequencerTest::hash);

    sequencer.index(block("x", 0, 2));
    sequencer.completed(3);
    List<TrainBatch> open = sequencer.emit(SequencerTest::hash);
    sequencer.index(closing("x", 0, 3));
    List<TrainBatch> closed = sequencer.emit(SequencerTest::hash);

    assertEquals("x0:2/1", read(open));
    assertEquals("x0:0/2 x0:1/2 x0:2/2", read(closed));
  }

  @Test
  void shouldIgnoreHeldOutDomains() {
    var sequencer = new Sequencer(settings(1, 1, "x"));
    var before = sequencer.state();

    sequencer.index(block("heldout.x", 0, 0));

    assertEquals(before, sequencer.state());
    assertThrows(IllegalArgumentException.class, () -> settings(1, 1, "heldout.x"));
  }

  @Test
  void shouldRefuseWhenIndexDisagreesWithItself() {
    var sequencer = new Sequencer(settings(1, 1, "x"));
    sequencer.index(block("x", 0, 0));

    assertThrows(IllegalStateException.class, () -> sequencer.index(block("x", 0, 0)));
    assertThrows(IllegalStateException.class, () -> sequencer.index(block("x", 0, 2)));
    assertThrows(IllegalStateException.class, () -> sequencer.index(closing("x", 0, 2)));
    assertThrows(IllegalArgumentException.class, () -> sequencer.index(block("y", 0, 0)));
    assertThrows(IllegalArgumentException.class, () -> sequencer.index(block("x", 1, 0)));
    assertThrows(IllegalArgumentException.class, () -> sequencer.index(block("x", -1, 0)));
  }

  @Test
  void shouldRefuseStateWhenSettingsLackItsLanes() {
    var state = new Sequencer(settings(2, 1, "x", "y")).state();

    assertThrows(
        IllegalArgumentException.class, () -> new Sequencer(settings(1, 1, "x", "y"), state));
    assertThrows(IllegalArgumentException.class, () -> new Sequencer(settings(2, 1, "x"), state));
  }

  /** What the changelog of a run holds that was begun before debts were kept. */
  @Test
  void shouldGoOnWithoutDebtsFromTheStateOfAnEarlierVersion() throws IOException {
    Schema v6 = released("v6/SequencerState.avsc");
    Schema cursor = v6.getField("cursors").schema().getElementType();
    Schema lane = v6.getField("lanes").schema().getElementType();
    GenericRecord earlier =
        new GenericRecordBuilder(v6)
            .set("nextStep", 3L)
            .set("completedStep", 2L)
            .set("planVersion", 0)
            .set("planFromStep", 1L)
            .set(
                "lanes",
                List.of(
                    new GenericRecordBuilder(lane)
                        .set("domain", "x")
                        .set("lane", 0)
                        .set("blocks", 9L)
                        .set("closed", false)
                        .build()))
            .set(
                "cursors",
                List.of(
                    new GenericRecordBuilder(cursor)
                        .set("domain", "x")
                        .set("round", 6L)
                        .set("lane", 0)
                        .set("epoch", 0)
                        .set("delivered", 4L)
                        .build()))
            .build();
    SequencerState state = new Sequencer(settings(1, 2, "x"), read(v6, earlier)).state();

    assertEquals(3, state.getNextStep());
    assertEquals(2, state.getCompletedStep());
    assertEquals(new LaneState("x", 0, 9L, false, List.of()), state.getLanes().get(0));
    assertEquals(new DomainCursor("x", 6L, 0, 0, false, false, 0L), state.getCursors().get(0));
  }

  /** What the changelog of a run holds that was begun when a plan was bytes without a schema. */
  @Test
  void shouldGoOnWithThePlanFromTheStateOfAnEarlierVersion() throws IOException {
    Schema v8 = released("v8/SequencerState.avsc");
    Schema update = released("v1/MixtureUpdate.avsc");
    Schema phase = update.getField("phases").schema().getElementType();
    Schema rate = phase.getField("learningRate").schema();
    GenericRecord plan =
        new GenericRecordBuilder(update)
            .set("version", 3)
            .set("expectedVersion", 2)
            .set("author", "ann")
            .set("reason", "trial")
            .set("proposedAt", 7L)
            .set(
                "phases",
                List.of(
                    new GenericRecordBuilder(phase)
                        .set("name", "a")
                        .set("steps", 9L)
                        .set("weights", Map.of("x", 3.0, "y", 1.0))
                        .set(
                            "learningRate",
                            new GenericRecordBuilder(rate)
                                .set(
                                    "kind",
                                    new EnumSymbol(rate.getField("kind").schema(), "COSINE"))
                                .set("peak", 1e-3)
                                .set("floor", 1e-4)
                                .set("warmupSteps", 0L)
                                .set("halfLifeSteps", 0.0)
                                .build())
                        .build()))
            .build();
    GenericRecord earlier =
        new GenericRecordBuilder(v8)
            .set("nextStep", 3L)
            .set("completedStep", 2L)
            .set("planVersion", 3)
            .set("plan", ByteBuffer.wrap(binary(update, plan)))
            .set("lanes", List.of())
            .set("cursors", List.of())
            .build();

    SequencerState state = new Sequencer(settings(1, 2, "x", "y"), read(v8, earlier)).state();

    assertEquals(3, state.getPlanVersion());
    assertEquals(
        plan(phase("a", 9, Map.of("x", 3.0, "y", 1.0))).toUpdate(2, "ann", "trial", 7),
        state.getUpdate());
    assertNull(state.getPlan());
    assertEquals(
        state, new Sequencer(settings(1, 2, "x", "y"), state).state(), "read again as written");
  }

  /** The form that plans had in states before they were typed is kept with what reads it. */
  @Test
  void shouldReadEarlierPlansByTheSchemaThatWasReleased() throws IOException {
    try (var kept = Sequencer.class.getResourceAsStream("MixtureUpdate.v1.avsc")) {
      assertEquals(released("v1/MixtureUpdate.avsc"), new Schema.Parser().parse(kept));
    }
  }

  private static Schema released(String file) throws IOException {
    return new Schema.Parser()
        .parse(Path.of("../schemas/src/test/resources/released", file).toFile());
  }

  private static byte[] binary(Schema schema, GenericRecord value) throws IOException {
    var bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(schema).write(value, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  private static SequencerState read(Schema schema, GenericRecord written) throws IOException {
    var read = new SequencerState();
    read.customDecode(
        DecoderFactory.get()
            .resolvingDecoder(
                schema,
                SequencerState.getClassSchema(),
                DecoderFactory.get().binaryDecoder(binary(schema, written), null)));
    return read;
  }

  /**
   * The same lanes and the same plans at the same steps, in a thousand random orders of arrival,
   * with the sequencer saved and restored at random: always the same batches.
   */
  @Test
  void shouldEmitSameBatchesWhenEventsInterleaveAtRandom() {
    long seed = 77;
    var random = new Random(seed);
    for (int world = 0; world < 10; world++) {
      int lanesEach = 1 + random.nextInt(3);
      int rows = 1 + random.nextInt(7);
      var settings = shuffled(1 + random.nextInt(20), lanesEach, rows, "w", "x", "y", "z");
      List<List<TokenIndex>> lanes = lanes(settings, random);
      PlanHistory plans = plans(random);
      List<TrainBatch> expected = null;
      for (int order = 0; order < 100; order++) {
        List<TrainBatch> batches = run(settings, lanes, plans, random);
        if (expected == null) {
          expected = batches;
        }
        assertEquals(expected, batches, "seed=" + seed + ", world=" + world + ", order=" + order);
      }
      assertEquals(60, expected.size());
      assertTrue(expected.get(59).getLast());
      assertHistoryWithinBound(expected, plans, lanes);
    }
  }

  private record PlanHistory(List<MixturePlan> plans, List<Integer> fromSteps) {}

  private static List<List<TokenIndex>> lanes(SequencerSettings settings, Random random) {
    var lanes = new ArrayList<List<TokenIndex>>();
    for (String domain : settings.domains()) {
      boolean empty = domain.equals("y") && random.nextBoolean();
      for (int lane = 0; lane < settings.lanes(); lane++) {
        int blocks = empty ? 0 : random.nextInt(12) + (lane == 0 ? 1 : 0);
        var events = new ArrayList<TokenIndex>();
        for (int block = 0; block < blocks; block++) {
          events.add(block(domain, lane, block));
        }
        events.add(closing(domain, lane, blocks));
        lanes.add(events);
      }
    }
    return lanes;
  }

  private static PlanHistory plans(Random random) {
    var plans = new ArrayList<MixturePlan>();
    var fromSteps = List.of(0, 7, 8, 31, 50);
    MixturePlan plan =
        plan(
            phase("a", 40, weights(random)),
            new Phase("b", 20, new TreeMap<>(weights(random)), random.nextInt(21), RATE));
    plans.add(plan);
    for (int from : fromSteps.subList(1, fromSteps.size())) {
      plan = plan.withWeights(from, weights(random));
      plans.add(plan);
    }
    return new PlanHistory(plans, fromSteps);
  }

  private static Map<String, Double> weights(Random random) {
    return Map.of(
        "w",
        random.nextDouble() + 0.01,
        "x",
        random.nextDouble(),
        "y",
        random.nextDouble(),
        "z",
        random.nextBoolean() ? 0.0 : random.nextDouble());
  }

  private static List<TrainBatch> run(
      SequencerSettings settings, List<List<TokenIndex>> lanes, PlanHistory plans, Random random) {
    var pending = new ArrayList<Deque<TokenIndex>>();
    lanes.forEach(lane -> pending.add(new ArrayDeque<>(lane)));
    var sequencer = new Sequencer(settings);
    var emitted = new ArrayList<TrainBatch>();
    int proposed = 0;
    long completed = -1;
    while (emitted.size() < 60) {
      // A plan is proposed when the step it shall decide is next; until then training stands still
      // short of it.
      boolean planDue =
          proposed < plans.plans().size()
              && sequencer.nextStep() == plans.fromSteps().get(proposed);
      long barrier =
          proposed < plans.plans().size() ? plans.fromSteps().get(proposed) : Long.MAX_VALUE;
      int choice = random.nextInt(4);
      if (planDue && choice == 0) {
        var update =
            plans.plans().get(proposed).toUpdate(proposed, "ann", "p" + proposed, proposed);
        MixtureDecision decision = sequencer.propose(update);
        assertTrue(decision.getAccepted(), decision.getProblem());
        assertEquals((long) plans.fromSteps().get(proposed), decision.getFromStep());
        proposed++;
      } else if (choice == 1 && completed + 1 < emitted.size()) {
        if (completed + 1 + settings.lead() < barrier) {
          sequencer.completed(++completed);
        }
      } else if (choice == 2 && !pending.isEmpty()) {
        int lane = random.nextInt(pending.size());
        sequencer.index(pending.get(lane).poll());
        if (pending.get(lane).isEmpty()) {
          pending.remove(lane);
        }
      } else if (random.nextInt(10) == 0) {
        sequencer = new Sequencer(settings, sequencer.state());
      }
      emitted.addAll(sequencer.emit(SequencerTest::hash));
    }
    return emitted;
  }

  /** Within n - 3/2 rows, as {@link DomainSampler} promises over any history. */
  private static void assertHistoryWithinBound(
      List<TrainBatch> batches, PlanHistory plans, List<List<TokenIndex>> lanes) {
    var filled =
        lanes.stream()
            .filter(lane -> lane.size() > 1)
            .map(lane -> lane.get(0).getDomain())
            .collect(Collectors.toSet());
    var ledger = new Ledger();
    for (TrainBatch batch : batches) {
      MixturePlan plan = plans.plans().get(batch.getPlanVersion() - 1);
      ledger.add(batch, plan.shares(batch.getStep(), filled::contains));
      assertTrue(ledger.farthest() <= filled.size() - 1.5, "step=" + batch.getStep());
    }
  }

  /** Rows asked by shares and delivered in batches, over a whole history. */
  private static final class Ledger {
    private final Map<String, Double> asked = new TreeMap<>();
    private final Map<String, Long> delivered = new TreeMap<>();

    void add(TrainBatch batch, Map<String, Double> shares) {
      int rows = batch.getRows().size();
      shares.forEach((domain, share) -> asked.merge(domain, share * rows, Double::sum));
      batch.getRows().forEach(row -> delivered.merge(row.getDomain(), 1L, Long::sum));
    }

    /** Returns the largest difference between asked and delivered, in rows. */
    double farthest() {
      return asked.entrySet().stream()
          .mapToDouble(
              each -> Math.abs(each.getValue() - delivered.getOrDefault(each.getKey(), 0L)))
          .max()
          .orElse(0);
    }
  }

  /**
   * A hundred changes at random steps of 10,000, of the phase in force and of those to come, phases
   * of random lengths, half of them with ramps, saved and restored on the way. Weights differ
   * tenfold, and one domain's may be 1e-8.
   */
  @Test
  void shouldStayWithinOneBlockAtEveryStepWhenPlansChangeAtRandom() {
    for (int seed = 0; seed < 12; seed++) {
      var random = new Random(seed);
      int domains = List.of(1, 5, 20).get(seed % 3);
      List<String> names =
          IntStream.range(0, domains).mapToObj(i -> "d" + (char) ('a' + i)).toList();
      int rows = 1 + random.nextInt(32);
      var settings = new SequencerSettings(names, 1, rows, 4);
      var sequencer = new Sequencer(settings);
      for (String name : names) {
        sequencer.index(block(name, 0, 0));
        sequencer.index(closing(name, 0, 1));
      }
      var plans = new ArrayList<MixturePlan>();
      plans.add(changed(phases(random, 10_000, names), 0, random));
      sequencer.propose(plans.get(0).toUpdate(0, "ann", "start", 0));
      List<Integer> changes = random.ints(1, 9_990).distinct().limit(100).sorted().boxed().toList();
      var ledger = new Ledger();
      long step = 0;
      while (step < 10_000) {
        for (TrainBatch batch : sequencer.emit(SequencerTest::hash)) {
          assertEquals(step++, batch.getStep());
          ledger.add(
              batch, plans.get(batch.getPlanVersion() - 1).shares(batch.getStep(), domain -> true));
          assertTrue(
              ledger.farthest() <= 1,
              "seed=" + seed + ", step=" + batch.getStep() + ", rows off=" + ledger.farthest());
          sequencer.completed(batch.getStep());
        }
        int made = plans.size() - 1;
        if (made < changes.size() && changes.get(made) <= step) {
          plans.add(changed(plans.get(made), step, random));
          MixtureDecision decision =
              sequencer.propose(plans.get(made + 1).toUpdate(made + 1, "ann", "c", made));
          assertTrue(decision.getAccepted(), decision.getProblem());
          sequencer = new Sequencer(settings, sequencer.state());
        }
      }
      assertEquals(101, plans.size());
    }
  }

  private static MixturePlan phases(Random random, int steps, List<String> names) {
    var phases = new ArrayList<Phase>();
    for (int start = 0; start < steps; ) {
      int length = Math.min(steps - start, 1 + random.nextInt(2_000));
      phases.add(phase("p" + start, length, Map.of(names.get(0), 1.0)));
      start += length;
    }
    var weights = new TreeMap<String, Double>();
    names.forEach(name -> weights.put(name, 1.0));
    return new MixturePlan(
        phases.stream().map(each -> phase(each.name(), each.steps(), weights)).toList());
  }

  /**
   * Returns a plan with other weights in the phase of a step and in every later one, which half of
   * them come to by a ramp.
   */
  private static MixturePlan changed(MixturePlan plan, long step, Random random) {
    var changed = new ArrayList<Phase>(plan.phases());
    for (int i = plan.indexAt(step); i < changed.size(); i++) {
      Phase phase = changed.get(i);
      var weights = new TreeMap<String, Double>();
      phase
          .weights()
          .keySet()
          .forEach(name -> weights.put(name, Math.pow(10, -random.nextDouble())));
      weights.put(weights.lastKey(), Math.pow(10, -8 * random.nextDouble()));
      long ramp = i == 0 || random.nextBoolean() ? 0 : random.nextLong(phase.steps() + 1);
      changed.set(i, new Phase(phase.name(), phase.steps(), weights, ramp, RATE));
    }
    return new MixturePlan(changed);
  }

  @Test
  void shouldReadEveryBlockOnceAnEpochWhenLanesAreRandom() {
    var random = new Random(5);
    for (int trial = 0; trial < 50; trial++) {
      var settings = shuffled(1 + random.nextInt(40), 4, 1, "x");
      var sequencer = new Sequencer(settings);
      int[] blocks = new int[4];
      for (int lane = 0; lane < 4; lane++) {
        blocks[lane] = random.nextInt(6) + (lane == 0 ? 1 : 0);
        for (int block = 0; block < blocks[lane]; block++) {
          sequencer.index(block("x", lane, block));
        }
        sequencer.index(closing("x", lane, blocks[lane]));
      }
      int total = Arrays.stream(blocks).sum();
      sequencer.propose(
          plan(phase("a", 3L * total, Map.of("x", 1.0))).toUpdate(0, "ann", "start", 0));
      var read = new ArrayList<String>();
      for (long step = 0; step < 3L * total; step++) {
        sequencer.emit(SequencerTest::hash).forEach(b -> read.add(read(List.of(b))));
        sequencer.completed(step);
      }

      for (int epoch = 0; epoch < 3; epoch++) {
        var places = new ArrayList<String>();
        for (int lane = 0; lane < 4; lane++) {
          for (int block = 0; block < blocks[lane]; block++) {
            places.add("x" + lane + ":" + block + "/" + epoch);
          }
        }
        var got = new ArrayList<>(read.subList(epoch * total, (epoch + 1) * total));
        Collections.sort(places);
        Collections.sort(got);
        assertEquals(places, got, "trial=" + trial + ", blocks=" + Arrays.toString(blocks));
      }
    }
  }

  private static SequencerSettings whenSilent(WhenSilent rule, int maxEpochs, String... domains) {
    return new SequencerSettings(List.of(domains), 1, 2, 100, rule, maxEpochs, 1, 0);
  }

  private static List<String> changes(Sequencer sequencer) {
    return sequencer.decisions().stream()
        .map(d -> d.getChange() + " " + d.getDomain() + " " + d.getFromStep())
        .toList();
  }

  private static MixturePlan half(long steps) {
    return plan(phase("a", steps, Map.of("x", 1.0, "y", 1.0)));
  }

  @Test
  void shouldWaitForEverForASilentDomainWhenToldTo() {
    var sequencer = new Sequencer(settings(1, 2, "x", "y"));
    sequencer.propose(half(9).toUpdate(0, "ann", "start", 0));
    sequencer.index(block("x", 0, 0));
    assertEquals(List.of(), sequencer.emit(SequencerTest::hash));
    sequencer.silent();

    assertEquals(List.of(), sequencer.emit(SequencerTest::hash));
    assertEquals(Optional.of("block 0 of y lane 0"), sequencer.waitingFor());
    assertEquals(List.of(), changes(sequencer));
  }

  @Test
  void shouldGiveAwayTheShareOfASilentDomainUntilItHasTheRowsOfAStep() {
    var sequencer = new Sequencer(whenSilent(WhenSilent.SHARE, 1, "x", "y"));
    sequencer.propose(half(99).toUpdate(0, "ann", "start", 0));
    for (long block = 0; block < 5; block++) {
      sequencer.index(block("x", 0, block));
    }
    assertEquals(List.of(), sequencer.emit(SequencerTest::hash));
    sequencer.silent();

    assertEquals("x0:0/0 x0:1/0 x0:2/0 x0:3/0", read(sequencer.emit(SequencerTest::hash)));
    assertEquals(List.of("SILENT y 0"), changes(sequencer));
    assertEquals(Optional.of("block 5 of x lane 0"), sequencer.waitingFor());
    sequencer.index(block("y", 0, 0));
    assertEquals("", read(sequencer.emit(SequencerTest::hash)), "y has one row, not two");
    sequencer.index(block("y", 0, 1));
    assertEquals("x0:4/0 y0:0/0", read(sequencer.emit(SequencerTest::hash)));
    assertEquals(List.of("BACK y 2"), changes(sequencer));
    sequencer.index(block("x", 0, 5));
    sequencer.index(block("x", 0, 6));
    assertEquals("x0:5/0 y0:1/0", read(sequencer.emit(SequencerTest::hash)));
    assertEquals(List.of("SILENT y 4"), changes(sequencer), "y is not waited for again");
    assertEquals(Optional.of("block 7 of x lane 0"), sequencer.waitingFor());
    sequencer.index(block("x", 0, 7));
    assertEquals("x0:6/0 x0:7/0", read(sequencer.emit(SequencerTest::hash)));
    sequencer.index(closing("y", 0, 2));
    sequencer.index(block("x", 0, 8));
    assertEquals(
        "x0:8/0 y0:0/1", read(sequencer.emit(SequencerTest::hash)), "an end is no silence");
    assertEquals(List.of("BACK y 5"), changes(sequencer));
  }

  @Test
  void shouldOweWhatWasOwedWhenASilentDomainIsBack() {
    var sequencer = new Sequencer(whenSilent(WhenSilent.SHARE, 1, "x", "y"));
    sequencer.propose(
        plan(phase("a", 99, Map.of("x", 3.0, "y", 1.0))).toUpdate(0, "ann", "start", 0));
    for (long block = 0; block < 8; block++) {
      sequencer.index(block("x", 0, block));
    }
    sequencer.index(block("y", 0, 0));
    assertEquals(
        "x0:0/0 x0:1/0 y0:0/0 x0:2/0 x0:3/0 x0:4/0", read(sequencer.emit(SequencerTest::hash)));
    sequencer.silent();
    assertEquals("x0:5/0 x0:6/0", read(sequencer.emit(SequencerTest::hash)));

    sequencer.index(block("y", 0, 1));
    sequencer.index(block("y", 0, 2));

    assertEquals(
        "y0:1/0 x0:7/0",
        read(sequencer.emit(SequencerTest::hash)),
        "half a block was owed when y fell silent, so y is first");
  }

  @Test
  void shouldSayThatEveryDomainIsSilent() {
    var sequencer = new Sequencer(whenSilent(WhenSilent.SHARE, 1, "x", "y"));
    sequencer.propose(half(9).toUpdate(0, "ann", "start", 0));
    for (int i = 0; i < 2; i++) {
      sequencer.emit(SequencerTest::hash);
      sequencer.silent();
    }
    sequencer.emit(SequencerTest::hash);
    assertEquals(
        Optional.of("tokens: every domain of phase a is empty or silent"), sequencer.waitingFor());
    assertEquals(List.of("SILENT x 0", "SILENT y 0"), changes(sequencer));
    sequencer.silent();
    sequencer.index(block("y", 0, 0));
    sequencer.index(block("y", 0, 1));
    assertEquals("y0:0/0 y0:1/0", read(sequencer.emit(SequencerTest::hash)));
  }

  @Test
  void shouldReadASilentDomainAgainAsOftenAsItMay() {
    var sequencer = new Sequencer(whenSilent(WhenSilent.REPEAT, 3, "x", "y"));
    sequencer.propose(half(99).toUpdate(0, "ann", "start", 0));
    sequencer.index(block("y", 0, 0));
    sequencer.index(block("y", 0, 1));
    for (long block = 0; block < 9; block++) {
      sequencer.index(block("x", 0, block));
    }
    assertEquals("x0:0/0 y0:0/0 x0:1/0 y0:1/0", read(sequencer.emit(SequencerTest::hash)));
    sequencer.silent();

    assertEquals(
        "x0:2/0 y0:0/1 x0:3/0 y0:1/1 x0:4/0 y0:0/2 x0:5/0 y0:1/2 x0:6/0 x0:7/0",
        read(sequencer.emit(SequencerTest::hash)));
    assertEquals(List.of("REPEAT y 2", "REPEAT y 4", "SILENT y 6"), changes(sequencer));
    assertEquals(Optional.of("block 9 of x lane 0"), sequencer.waitingFor());
    sequencer.silent();
    assertEquals(
        "x0:8/0 x0:0/1 x0:1/1 x0:2/1",
        read(sequencer.emit(SequencerTest::hash)).substring(0, 27),
        "what is left of an epoch is read before it is repeated");
  }

  /** Saved and restored after every event, it decides and emits the same. */
  @Test
  void shouldGoOnTheSameWhenRestoredAnywhereAmongSilences() {
    for (int seed = 0; seed < 60; seed++) {
      var rule = seed % 2 == 0 ? WhenSilent.SHARE : WhenSilent.REPEAT;
      SequencerSettings settings = whenSilent(rule, 3, "x", "y", "z");
      var straight = new Sequencer(settings);
      var restored = new Sequencer(settings);
      var random = new Random(seed);
      Map<String, Long> blocks = new HashMap<>();
      MixturePlan plan = plan(phase("a", 60, Map.of("x", 5.0, "y", 2.0, "z", 1.0)));
      straight.propose(plan.toUpdate(0, "ann", "start", 0));
      restored.propose(plan.toUpdate(0, "ann", "start", 0));
      long rows = 0;
      for (int event = 0; event < 120; event++) {
        if (random.nextInt(6) == 0) {
          straight.silent();
          restored.silent();
        } else {
          String domain = List.of("x", "x", "y", "z").get(random.nextInt(4));
          TokenIndex entry = block(domain, 0, blocks.merge(domain, 1L, Long::sum) - 1);
          straight.index(entry);
          restored.index(entry);
        }
        List<TrainBatch> batches = straight.emit(SequencerTest::hash);
        assertEquals(batches, restored.emit(SequencerTest::hash));
        assertEquals(straight.decisions(), restored.decisions());
        rows += batches.stream().mapToLong(batch -> batch.getRows().size()).sum();
        restored = new Sequencer(settings, restored.state());
        restored.emit(SequencerTest::hash);
      }
      assertTrue(rows > 20, "seed " + seed + " must train on something: " + rows);
    }
  }
}
