package dev.neostream.ops.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.ops.http.ApiError;
import dev.neostream.tokens.mixture.LearningRate;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Phase;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MixtureDeskTest {

  private static Phase phase(String name, double code) {
    return new Phase(
        name,
        10,
        new TreeMap<>(Map.of("code", code, "en.web", 1.0)),
        LearningRate.cosine(1e-3, 1e-4, 0));
  }

  private static MixturePlan plan(Phase... phases) {
    return new MixturePlan(List.of(phases));
  }

  @Test
  void shouldLeavePhasesThatAreOverAsTheyWere() {
    MixturePlan before = plan(phase("first", 1), phase("second", 1));
    MixturePlan now = plan(phase("first", 2), phase("second", 3));

    assertEquals(before, MixtureDesk.from(0, now, before));
    assertEquals(before, MixtureDesk.from(9, now, before));
    assertEquals(plan(phase("first", 2), phase("second", 1)), MixtureDesk.from(10, now, before));
    assertEquals(plan(phase("first", 2), phase("second", 1)), MixtureDesk.from(19, now, before));
  }

  @Test
  void shouldNotGoBackToAPlanThatEndsBeforeThePhaseOfTheStep() {
    MixturePlan now = plan(phase("first", 1), phase("second", 1));

    assertEquals(
        409,
        assertThrows(ApiError.class, () -> MixtureDesk.from(12, now, plan(phase("first", 1))))
            .status());
  }
}
