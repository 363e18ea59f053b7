package dev.neostream.ops.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.tokens.mixture.LearningRate;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Phase;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MixtureForecastTest {

  private static final LearningRate RATE = LearningRate.cosine(1e-3, 1e-3, 0);

  private static Phase phase(String name, long ramp, Map<String, Double> weights) {
    return new Phase(name, 10, new TreeMap<>(weights), ramp, RATE);
  }

  /** 10 steps of 1 : 3, then 10 of code alone. */
  private static final MixturePlan PLAN =
      new MixturePlan(
          List.of(
              phase("first", 0, Map.of("code", 2.0, "en.web", 6.0)),
              phase("second", 0, Map.of("code", 1.0))));

  private static Map<String, MixtureForecast.Domain> at(long nextStep, Map<String, Long> tokens) {
    return MixtureForecast.of(PLAN, nextStep, 100, tokens, Map.of("code", 40L));
  }

  @Test
  void shouldAddUpAllPhasesFromTheFirstStep() {
    Map<String, MixtureForecast.Domain> forecast = at(0, Map.of("code", 500L, "en.web", 3_000L));

    assertEquals(new MixtureForecast.Domain(0.25, 500, 40, 1_250), forecast.get("code"));
    assertEquals(new MixtureForecast.Domain(0.75, 3_000, 0, 750), forecast.get("en.web"));
    assertEquals(2.58, forecast.get("code").epochs(), 1e-12);
    assertEquals(0.25, forecast.get("en.web").epochs(), 1e-12);
  }

  @Test
  void shouldCountOnlyTheStepsThatAreLeft() {
    Map<String, Long> tokens = Map.of("code", 500L, "en.web", 3_000L);

    assertEquals(1_000 + 25, at(9, tokens).get("code").ahead());
    assertEquals(75, at(9, tokens).get("en.web").ahead());
    assertEquals(1_000, at(10, tokens).get("code").ahead());
    assertEquals(1.0, at(10, tokens).get("code").weight());
    assertEquals(0, at(10, tokens).get("en.web").weight());
    assertEquals(100, at(19, tokens).get("code").ahead());
    assertEquals(0, at(20, tokens).get("code").ahead());
  }

  @Test
  void shouldGiveTheShareOfADomainWithoutTokensToTheOthers() {
    Map<String, MixtureForecast.Domain> forecast = at(0, Map.of("code", 500L, "zh.web", 7L));

    assertEquals(1.0, forecast.get("code").weight());
    assertEquals(2_000, forecast.get("code").ahead());
    assertEquals(new MixtureForecast.Domain(0, 0, 0, 0), forecast.get("en.web"));
    assertEquals(new MixtureForecast.Domain(0, 7, 0, 0), forecast.get("zh.web"));
  }

  @Test
  void shouldSayNothingOfEpochsOfNothing() {
    Map<String, MixtureForecast.Domain> forecast = at(0, Map.of());

    assertTrue(Double.isNaN(forecast.get("code").epochs()));
    assertEquals(0, forecast.get("code").ahead());
  }

  @Test
  void shouldWaitForDomainsWithoutTokensUnlessOthersGiveTheirShare() {
    Map<String, Double> weights = Map.of("code", 1.0, "en.web", 1.0, "zh.web", 0.0);

    assertEquals(List.of("code"), MixtureForecast.waitedFor(weights, Map.of("en.web", 9L), false));
    assertEquals(List.of(), MixtureForecast.waitedFor(weights, Map.of("en.web", 9L), true));
    assertEquals(
        List.of("code", "en.web"), MixtureForecast.waitedFor(weights, Map.of("zh.web", 9L), true));
    assertEquals(
        List.of(), MixtureForecast.waitedFor(weights, Map.of("en.web", 9L, "code", 1L), false));
  }

  @Test
  void shouldCountTheStepsOfARamp() {
    var plan =
        new MixturePlan(
            List.of(
                phase("first", 0, Map.of("code", 1.0)), phase("second", 4, Map.of("en.web", 1.0))));
    Map<String, Long> tokens = Map.of("code", 500L, "en.web", 3_000L);

    Map<String, MixtureForecast.Domain> forecast =
        MixtureForecast.of(plan, 11, 100, tokens, Map.of());

    // Steps 11 to 13 ask 3/4, 2/4, 1/4 of code.
    assertEquals(new MixtureForecast.Domain(0.75, 500, 0, 150), forecast.get("code"));
    assertEquals(new MixtureForecast.Domain(0.25, 3_000, 0, 750), forecast.get("en.web"));
  }
}
