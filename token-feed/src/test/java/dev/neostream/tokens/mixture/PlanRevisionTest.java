package dev.neostream.tokens.mixture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlanRevisionTest {

  /** 100 steps of x : y = 3 : 1, then 60 of y that are ramped to over 20. */
  private static final MixturePlan PLAN =
      new MixturePlan(
          List.of(
              phase("a", 100, 0, Map.of("x", 3.0, "y", 1.0), LearningRate.cosine(1, 0.1, 10)),
              phase("b", 60, 20, Map.of("y", 1.0), LearningRate.exponential(1, 0.1, 30))));

  private static Phase phase(
      String name, long steps, long ramp, Map<String, Double> weights, LearningRate rate) {
    return new Phase(name, steps, new TreeMap<>(weights), ramp, rate);
  }

  private static WeightChange change(long at, long ramp, Map<String, Double> weights) {
    return new WeightChange(at, new TreeMap<>(weights), ramp);
  }

  private static SortedMap<String, Double> shares(MixturePlan plan, long step) {
    return plan.shares(step, domain -> true);
  }

  private static List<String> names(MixturePlan plan) {
    return plan.phases().stream().map(Phase::name).toList();
  }

  private static String refused(Runnable change) {
    return assertThrows(IllegalArgumentException.class, change::run).getMessage();
  }

  /** Cut anywhere, often, in a ramp too, the plan asks and teaches the same. */
  @Test
  void shouldStayTheSamePlanWhenItIsCut() {
    var random = new Random(8);
    for (int trial = 0; trial < 50; trial++) {
      MixturePlan cut = PLAN;
      for (int i = 0; i < 5; i++) {
        cut = PlanRevision.cut(cut, random.nextInt(160));
      }
      assertEquals(160, cut.steps());
      assertTrue(cut.phases().size() > 2, names(cut).toString());
      for (long step = 0; step < 160; step++) {
        String place = names(cut) + ", step=" + step;
        assertEquals(PLAN.learningRate(step), cut.learningRate(step), place);
        for (String domain : List.of("x", "y")) {
          assertEquals(
              shares(PLAN, step).getOrDefault(domain, 0.0),
              shares(cut, step).getOrDefault(domain, 0.0),
              1e-15,
              place);
        }
      }
    }
  }

  @Test
  void shouldNamePartsAfterThePhaseAndTheirFirstStep() {
    MixturePlan once = PlanRevision.cut(PLAN, 40);
    MixturePlan twice = PlanRevision.cut(once, 70);

    assertEquals(List.of("a", "a@40", "b"), names(once));
    assertEquals(List.of("a", "a@40", "a@70", "b"), names(twice));
    assertEquals(twice, PlanRevision.cut(twice, 40));
    assertEquals("step must be in [0, 160): step=160", refused(() -> PlanRevision.cut(PLAN, 160)));
  }

  @Test
  void shouldReachOtherWeightsByARampUntilThePhaseEnds() {
    MixturePlan changed = PlanRevision.withWeights(PLAN, change(40, 10, Map.of("z", 5.0)));

    assertEquals(Map.of("x", 0.75, "y", 0.25), shares(changed, 39));
    assertEquals(Map.of("x", 0.375, "y", 0.125, "z", 0.5), shares(changed, 45));
    assertEquals(Map.of("z", 1.0), shares(changed, 99));
    assertEquals(PLAN.phases().get(1), changed.phases().get(2));
    assertEquals(PLAN.learningRate(77), changed.learningRate(77));
    assertEquals(Optional.empty(), changed.problemReplacing(PLAN, 40, false));
    assertTrue(changed.problemReplacing(PLAN, 41, false).orElseThrow().contains("in the past"));
    assertEquals(
        "a change of weights and its ramp must end before the next, the phase or the plan does:"
            + " at=95, ramp=10, end=100",
        refused(() -> PlanRevision.withWeights(PLAN, change(95, 10, Map.of("z", 1.0)))));
    assertEquals(
        "a ramp must begin after step 0, since no weights are before it: ramp=10",
        refused(() -> PlanRevision.withWeights(PLAN, change(0, 10, Map.of("z", 1.0)))));
  }

  @Test
  void shouldFollowAProgramOverPhasesToTheEnd() {
    MixturePlan scheduled =
        PlanRevision.scheduled(
            PLAN,
            List.of(
                change(0, 0, Map.of("y", 1.0)),
                change(20, 0, Map.of("x", 1.0)),
                change(90, 40, Map.of("x", 2.0, "z", 2.0))));

    assertEquals(
        List.of("a", "a@20", "a@90", "b", "b@130"), names(PlanRevision.cut(scheduled, 130)));
    assertEquals(Map.of("y", 1.0), shares(scheduled, 19));
    assertEquals(Map.of("x", 1.0), shares(scheduled, 20));
    assertEquals(Map.of("x", 0.875, "z", 0.125), shares(scheduled, 100));
    assertEquals(Map.of("x", 0.75, "z", 0.25), shares(scheduled, 110));
    assertEquals(Map.of("x", 0.5, "z", 0.5), shares(scheduled, 130));
    assertEquals(Map.of("x", 0.5, "z", 0.5), shares(scheduled, 159));
    for (long step = 0; step < 160; step++) {
      assertEquals(PLAN.learningRate(step), scheduled.learningRate(step));
    }
  }

  @Test
  void shouldRefuseAProgramThatIsOutOfOrder() {
    assertEquals(
        "a schedule must have at least one change",
        refused(() -> PlanRevision.scheduled(PLAN, List.of())));
    for (List<WeightChange> changes :
        List.of(
            List.of(change(50, 0, Map.of("x", 1.0)), change(50, 0, Map.of("y", 1.0))),
            List.of(change(50, 11, Map.of("x", 1.0)), change(60, 0, Map.of("y", 1.0))),
            List.of(change(160, 0, Map.of("x", 1.0))),
            List.of(change(150, 11, Map.of("x", 1.0))))) {
      assertTrue(
          refused(() -> PlanRevision.scheduled(PLAN, changes)).contains("must end before the next"),
          changes.toString());
    }
  }

  @Test
  void shouldFallLinearlyOverTheLastSteps() {
    MixturePlan decaying = PlanRevision.decaying(PLAN, 80, 80, 0);

    assertEquals(160, decaying.steps());
    assertEquals(PLAN.learningRate(79), decaying.learningRate(79));
    double rate = PLAN.learningRate(80);
    for (long step = 80; step < 160; step++) {
      assertEquals(rate * (160 - step) / 80, decaying.learningRate(step), 1e-15);
      assertEquals(shares(PLAN, step), shares(decaying, step));
    }
  }

  @Test
  void shouldEndTheRunWithTheFall() {
    var lengths = new ArrayList<String>();
    for (long steps : List.of(10, 50, 200)) {
      MixturePlan decaying = PlanRevision.decaying(PLAN, 70, steps, 0.05);
      lengths.add(names(decaying) + " " + decaying.steps());
      double rate = PLAN.learningRate(70);
      double last = 0.05 + (rate - 0.05) / steps;
      assertEquals(last, decaying.learningRate(69 + steps), 1e-15);
      assertEquals(Optional.empty(), decaying.problemReplacing(PLAN, 70, false));
    }

    assertEquals(List.of("[a, a@70] 80", "[a, a@70, b] 120", "[a, a@70, b] 270"), lengths);
    assertTrue(refused(() -> PlanRevision.decaying(PLAN, 70, 10, 2)).contains("floor=2.0"));
    assertTrue(refused(() -> PlanRevision.decaying(PLAN, 70, 0, 0)).contains("steps=0"));
  }

  private static List<String> lengths(MixturePlan plan) {
    return plan.phases().stream().map(phase -> phase.name() + " " + phase.steps()).toList();
  }

  @Test
  void shouldGiveMoreStepsToThePhaseUnderWayAndMoveTheOnesAfterIt() {
    assertEquals(List.of("a 140", "b 60"), lengths(PlanRevision.until(PLAN, 0, 200)));
    assertEquals(List.of("a 40", "a@40 100", "b 60"), lengths(PlanRevision.until(PLAN, 40, 200)));
    assertEquals(List.of("a 100", "b 100"), lengths(PlanRevision.until(PLAN, 100, 200)));
    assertEquals(List.of("a 100", "b 30", "b@130 70"), lengths(PlanRevision.until(PLAN, 130, 200)));
    assertEquals(List.of("a 100", "b 60", "b@160 40"), lengths(PlanRevision.until(PLAN, 160, 200)));
    assertEquals(PLAN, PlanRevision.until(PLAN, 40, 160));
  }

  @Test
  void shouldTakeStepsFromThePhaseUnderWayThenFromTheNextAndLeaveTheLastOne() {
    assertEquals(List.of("a 40", "a@40 10", "b 60"), lengths(PlanRevision.until(PLAN, 40, 110)));
    assertEquals(List.of("a 40", "b 60"), lengths(PlanRevision.until(PLAN, 40, 100)));
    assertEquals(List.of("a 40", "b 1"), lengths(PlanRevision.until(PLAN, 40, 41)));
    assertEquals(List.of("b 7"), lengths(PlanRevision.until(PLAN, 0, 7)));
    assertEquals(
        "a plan must end beyond the steps that stay: steps=40, from=40, planned=160",
        refused(() -> PlanRevision.until(PLAN, 40, 40)));
    assertTrue(refused(() -> PlanRevision.until(PLAN, 161, 200)).contains("from=161"));
  }

  /** Whatever is changed, again and again: what is done stays, and no rate leaps or rises. */
  @Test
  void shouldKeepWhatIsDoneAndDecayOnFromThere() {
    var random = new Random(18);
    for (int trial = 0; trial < 300; trial++) {
      var history = new StringBuilder();
      MixturePlan plan = PLAN;
      long from = 0;
      for (int i = 0; i < 4; i++) {
        MixturePlan before = plan;
        from += random.nextInt((int) (plan.steps() - from) + 1);
        long steps = from + 1 + random.nextInt(300);
        history.append(" from ").append(from).append(" until ").append(steps);
        plan = PlanRevision.until(before, from, steps);
        assertEquals(steps, plan.steps(), history.toString());
        assertEquals(Optional.empty(), plan.problemReplacing(before, from, true));
        for (long step = 0; step < from; step++) {
          assertEquals(before.learningRate(step), plan.learningRate(step), history.toString());
        }
        for (long step = Math.max(from, 11); step < steps; step++) {
          if (step == plan.phaseStart(step) && !plan.phaseAt(step).name().contains("@")) {
            continue; // the next phase has a peak of its own
          }
          double rise = plan.learningRate(step) - plan.learningRate(step - 1);
          assertTrue(rise <= 1e-15, history + ", rise of " + rise + " at step " + step);
        }
      }
    }
  }

  @Test
  void shouldDecayOverTheNewLength() {
    MixturePlan linear =
        new MixturePlan(List.of(phase("c", 100, 0, Map.of("x", 1.0), LearningRate.linear(1, 0))));

    MixturePlan longer = PlanRevision.until(linear, 50, 150);
    MixturePlan shorter = PlanRevision.until(linear, 50, 75);
    MixturePlan after = PlanRevision.until(linear, 100, 120);

    assertEquals(0.51, longer.learningRate(49), 1e-15);
    assertEquals(0.5, longer.learningRate(50), 1e-15);
    assertEquals(0.25, longer.learningRate(100), 1e-15);
    assertEquals(0.005, longer.learningRate(149), 1e-15);
    assertEquals(0.5, shorter.learningRate(50), 1e-15);
    assertEquals(0.02, shorter.learningRate(74), 1e-15);
    assertEquals(0.01, after.learningRate(99), 1e-15);
    assertEquals(after.learningRate(99), after.learningRate(119), "the rate that it reached");
  }

  @Test
  void shouldKeepWarmUpHalfLifeAndPlateau() {
    MixturePlan warming = PlanRevision.until(PLAN, 5, 260);
    MixturePlan halving = PlanRevision.until(PLAN, 130, 220);

    assertEquals(PLAN.learningRate(9), warming.learningRate(9));
    assertEquals(1.0, warming.learningRate(10), "warm-up takes as long");
    assertEquals(0.1 + 0.9 / 2, warming.learningRate(105), 1e-15);
    assertEquals(0.5, halving.learningRate(130), 1e-15);
    assertEquals(0.25, halving.learningRate(160), 1e-15);
    assertEquals(0.1, halving.learningRate(219), "not below its floor");
    MixturePlan stable =
        new MixturePlan(
            List.of(phase("s", 20, 0, Map.of("x", 1.0), LearningRate.constant(1, 0, 10))));
    assertEquals(1.0, PlanRevision.until(stable, 20, 40).learningRate(39));
    assertEquals(0.7, PlanRevision.until(stable, 5, 40).learningRate(7), 1e-15);
  }

  @Test
  void shouldTakeAChangeBackFromThePartThatItBegins() {
    MixturePlan changed = PlanRevision.withWeights(PLAN, change(40, 10, Map.of("z", 5.0)));

    assertEquals(PLAN, changed.continuedAs(PLAN, 39));
    MixturePlan back = changed.continuedAs(PLAN, 45);
    assertEquals(PlanRevision.cut(PLAN, 40), back);
    assertEquals(Optional.empty(), back.problemReplacing(changed, 45, false));
    assertEquals(changed.continuedAs(PLAN, 120), changed, "what was changed is over");
  }
}
