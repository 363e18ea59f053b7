package dev.neostream.tokens.mixture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.avro.MixtureUpdate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MixturePlanTest {

  private static final LearningRate RATE = LearningRate.cosine(1e-3, 1e-4, 0);

  private static Phase phase(String name, long steps, Map<String, Double> weights) {
    return new Phase(name, steps, new TreeMap<>(weights), RATE);
  }

  private static MixturePlan plan(Phase... phases) {
    return new MixturePlan(List.of(phases));
  }

  @Test
  void shouldFindPhaseAndRateWhenStepIsAtBorder() {
    MixturePlan plan = plan(phase("a", 10, Map.of("x", 1.0)), phase("b", 5, Map.of("x", 1.0)));

    assertEquals(15, plan.steps());
    assertEquals("a", plan.phaseAt(9).name());
    assertEquals("b", plan.phaseAt(10).name());
    assertEquals(0, plan.phaseStart(9));
    assertEquals(10, plan.phaseStart(14));
    assertEquals(RATE.at(0, 5), plan.learningRate(10));
    assertThrows(IllegalArgumentException.class, () -> plan.phaseAt(15));
    assertThrows(IllegalArgumentException.class, () -> plan.phaseAt(-1));
  }

  @Test
  void shouldKeepOriginalProportionsWhenScaled() {
    MixturePlan plan = MixturePlan.neo(450_400);

    assertEquals(372_600, plan.phases().get(0).steps());
    assertEquals(77_800, plan.phases().get(1).steps());
    Map<String, Double> fundamental = plan.phases().get(0).weights();
    assertEquals(0.1477, fundamental.get("code"), 1e-12);
    assertEquals(1, fundamental.values().stream().mapToDouble(w -> w).sum(), 1e-12);
    assertEquals(74.5 / 8.5, fundamental.get("en.web") / fundamental.get("zh.web"), 1e-12);
    assertEquals(
        Map.of("code", 0.17, "en.web", 0.745, "zh.web", 0.085), plan.phases().get(1).weights());
    assertEquals(2e-5, plan.learningRate(0));
    assertEquals(2e-4, plan.learningRate(372_600));
    assertEquals(1e-4, plan.learningRate(372_600 + 38_900), 1e-12);
  }

  @Test
  void shouldHaveBothPhasesWhenRunIsTiny() {
    MixturePlan plan = MixturePlan.demo(2, 3e-3);

    assertEquals(1, plan.phases().get(0).steps());
    assertEquals(1, plan.phases().get(1).steps());
    assertThrows(IllegalArgumentException.class, () -> MixturePlan.neo(1));
  }

  @Test
  void shouldBeEqualWhenConvertedToUpdateAndBack() {
    MixturePlan plan = MixturePlan.demo(250, 3e-3);

    MixtureUpdate update = plan.toUpdate(3, "ann", "trial", 1_700_000_000_000L);

    assertEquals(4, update.getVersion());
    assertEquals(3, update.getExpectedVersion());
    assertEquals(plan, MixturePlan.from(update));
  }

  @Test
  void shouldRefuseWhenPhaseIsNotSane() {
    assertThrows(IllegalArgumentException.class, () -> phase("", 1, Map.of("x", 1.0)));
    assertThrows(IllegalArgumentException.class, () -> phase("a", 0, Map.of("x", 1.0)));
    assertThrows(IllegalArgumentException.class, () -> phase("a", 1, Map.of()));
    assertThrows(IllegalArgumentException.class, () -> phase("a", 1, Map.of("x", 0.0)));
    assertThrows(IllegalArgumentException.class, () -> phase("a", 1, Map.of("x", 1.0, "y", -0.1)));
    assertThrows(IllegalArgumentException.class, () -> phase("a", 1, Map.of("x", Double.NaN)));
    assertThrows(
        IllegalArgumentException.class,
        () -> phase("a", 1, Map.of("x", Double.MAX_VALUE, "y", Double.MAX_VALUE)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Phase("a", 5, new TreeMap<>(Map.of("x", 1.0)), LearningRate.cosine(1, 0, 6)));
    Phase twice = phase("a", 1, Map.of("x", 1.0));
    assertThrows(IllegalArgumentException.class, () -> plan(twice, twice));
    assertThrows(IllegalArgumentException.class, () -> plan());
    assertThrows(
        IllegalArgumentException.class,
        () -> plan(phase("a", Long.MAX_VALUE, Map.of("x", 1.0)), twice));
  }

  @Test
  void shouldChangeOnlyPhaseInForceWhenWeightsAreSet() {
    MixturePlan plan = plan(phase("a", 10, Map.of("x", 1.0)), phase("b", 5, Map.of("x", 1.0)));

    MixturePlan changed = plan.withWeights(3, Map.of("y", 2.0));

    assertEquals(Map.of("y", 2.0), changed.phases().get(0).weights());
    assertEquals(plan.phases().get(1), changed.phases().get(1));
  }

  @Test
  void shouldNameDomainWhenUnknown() {
    MixturePlan plan = plan(phase("a", 10, Map.of("x", 1.0, "z", 1.0)));

    Optional<String> problem = plan.problemWith(Set.of("x", "y"));

    assertTrue(problem.orElseThrow().contains("domain=z"));
    assertEquals(Optional.empty(), plan.problemWith(Set.of("x", "z")));
  }

  @Test
  void shouldRefuseReplacementWhenItWouldChangeThePast() {
    Phase a = phase("a", 10, Map.of("x", 1.0));
    Phase b = phase("b", 5, Map.of("x", 1.0));
    MixturePlan current = plan(a, b);
    MixturePlan otherA = plan(phase("a", 10, Map.of("y", 1.0)), b);

    assertEquals(Optional.empty(), otherA.problemReplacing(current, 9, false));
    assertTrue(otherA.problemReplacing(current, 10, false).orElseThrow().contains("phase=a"));
    assertEquals(
        Optional.empty(), plan(phase("a", 9, a.weights()), b).problemReplacing(current, 9, false));
    assertTrue(
        plan(phase("a", 8, a.weights()), b)
            .problemReplacing(current, 9, false)
            .orElseThrow()
            .contains("must not end in the past"));
    assertTrue(
        plan(phase("a", 9, a.weights()))
            .problemReplacing(current, 9, false)
            .orElseThrow()
            .contains("=9"));
    assertTrue(plan(a).problemReplacing(current, 12, false).isPresent());
    assertEquals(
        Optional.empty(),
        plan(a, b, phase("c", 3, b.weights())).problemReplacing(current, 14, false));
  }

  @Test
  void shouldFollowTheLastStepWhereThatIsAskedFor() {
    Phase a = phase("a", 10, Map.of("x", 1.0));
    Phase b = phase("b", 5, Map.of("x", 1.0));

    assertEquals(Optional.empty(), plan(a, b).problemReplacing(plan(a), 10, true));
    assertTrue(
        plan(phase("a", 20, a.weights()))
            .problemReplacing(plan(a), 10, true)
            .orElseThrow()
            .contains("a phase that is over must stay as it was: phase=a"));
    assertTrue(plan(a).problemReplacing(plan(a), 10, true).orElseThrow().contains("steps=10"));
  }

  @Test
  void shouldRefuseReplacementWhenLastStepIsEmitted() {
    Phase a = phase("a", 10, Map.of("x", 1.0));
    MixturePlan longer = plan(phase("a", 20, a.weights()));

    assertEquals(Optional.empty(), longer.problemReplacing(plan(a), 9, false));
    assertTrue(longer.problemReplacing(plan(a), 10, false).orElseThrow().contains("last step 9"));
  }

  private static Phase part(String name, double weight) {
    return new Phase(
        name, 10, new TreeMap<>(Map.of("code", weight)), LearningRate.cosine(1e-3, 1e-4, 0));
  }

  @Test
  void shouldLeavePhasesThatAreOverAsTheyWereWhenContinuedAsAnother() {
    var other = new MixturePlan(List.of(part("first", 1), part("second", 1)));
    var now = new MixturePlan(List.of(part("first", 2), part("second", 3)));
    var joined = new MixturePlan(List.of(part("first", 2), part("second", 1)));

    assertEquals(other, now.continuedAs(other, 0));
    assertEquals(other, now.continuedAs(other, 9));
    assertEquals(joined, now.continuedAs(other, 10));
    assertEquals(joined, now.continuedAs(other, 19));
    assertEquals(now, now.continuedAs(now, 12));
  }

  @Test
  void shouldNotContinueAsAPlanThatEndsBeforeThePhaseOfTheStep() {
    var now = new MixturePlan(List.of(part("first", 1), part("second", 1)));
    var shorter = new MixturePlan(List.of(part("first", 1)));

    var refused = assertThrows(IllegalArgumentException.class, () -> now.continuedAs(shorter, 12));

    assertEquals(
        "the plan before must have the phase of step 12: phase=second, has=[first]",
        refused.getMessage());
  }

  private static Phase ramp(String name, long steps, long ramp, Map<String, Double> weights) {
    return new Phase(name, steps, new TreeMap<>(weights), ramp, RATE);
  }

  @Test
  void shouldTellTheSharesOnARamp() {
    MixturePlan plan =
        plan(
            phase("a", 10, Map.of("x", 6.0, "y", 2.0)),
            ramp("b", 9, 4, Map.of("y", 1.0, "z", 3.0)));

    assertEquals(Map.of("x", 0.75, "y", 0.25), plan.shares(9, domain -> true));
    assertEquals(Map.of("x", 0.75, "y", 0.25, "z", 0.0), plan.shares(10, domain -> true));
    assertEquals(Map.of("x", 0.1875, "y", 0.25, "z", 0.5625), plan.shares(13, domain -> true));
    assertEquals(Map.of("y", 0.25, "z", 0.75), plan.shares(14, domain -> true));
    assertEquals(
        Map.of("x", 0.375, "y", 0.625, "z", 0.0), plan.shares(12, domain -> !domain.equals("z")));
    assertEquals(
        Map.of("x", 0.0, "y", 0.25, "z", 0.75),
        plan(phase("a", 1, Map.of("x", 1.0)), plan.phases().get(1))
            .shares(1, domain -> !domain.equals("x")),
        "nothing to ramp from");
    assertEquals(
        Map.of("x", 1.5 * 0.75, "y", 1.0, "z", 2.5 * 0.75),
        plan.asked(11, 15, domain -> true),
        "three of the ramp's steps and one after it");
    assertEquals(Map.of("x", 1.5, "y", 0.5), plan.asked(8, 10, domain -> true));
    assertTrue(plan.inRamp(10) && plan.inRamp(13));
    assertFalse(plan.inRamp(9) || plan.inRamp(14));
  }

  @Test
  void shouldKeepRampsInAProposal() {
    MixturePlan plan = plan(phase("a", 3, Map.of("x", 1.0)), ramp("b", 9, 4, Map.of("y", 1.0)));

    assertEquals(plan, MixturePlan.from(plan.toUpdate(0, "ann", "start", 0)));
  }

  @Test
  void shouldAskOtherWeightsAtOnceWhenTheyAreSetInARamp() {
    MixturePlan plan = plan(phase("a", 3, Map.of("x", 1.0)), ramp("b", 9, 4, Map.of("y", 1.0)));

    assertEquals(Map.of("z", 1.0), plan.withWeights(5, Map.of("z", 2.0)).shares(5, d -> true));
  }

  @Test
  void shouldRefuseRampsThatLeadFromNothingOrTooFar() {
    var first =
        assertThrows(IllegalArgumentException.class, () -> plan(ramp("a", 9, 4, Map.of("x", 1.0))));
    var longer =
        assertThrows(IllegalArgumentException.class, () -> ramp("a", 9, 10, Map.of("x", 1.0)));
    var longest =
        assertThrows(
            IllegalArgumentException.class,
            () -> ramp("a", 1L << 40, Phase.LONGEST_RAMP + 1, Map.of("x", 1.0)));

    assertEquals(
        "the first phase must have no ramp, since no weights are before it: phase=a, ramp=4",
        first.getMessage());
    assertEquals(
        "ramp must be from 0 to the phase's steps and at most 4194304: phase=a, ramp=10, steps=9",
        longer.getMessage());
    assertTrue(longest.getMessage().contains("ramp=4194305"), longest.getMessage());
    assertThrows(IllegalArgumentException.class, () -> ramp("a", 9, -1, Map.of("x", 1.0)));
  }
}
