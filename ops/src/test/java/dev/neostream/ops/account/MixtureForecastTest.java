package dev.neostream.ops.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.avro.LearningRate;
import dev.neostream.schemas.avro.LearningRateKind;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.Phase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MixtureForecastTest {

  private static final LearningRate RATE =
      new LearningRate(LearningRateKind.COSINE, 1e-3, 1e-3, 0L, 0.0);

  /** 10 steps of 1 : 3, then 10 of code alone. */
  private static final MixtureUpdate PLAN =
      new MixtureUpdate(
          1,
          0,
          "me",
          "why",
          0L,
          List.of(
              new Phase("first", 10L, Map.of("code", 2.0, "en.web", 6.0), RATE),
              new Phase("second", 10L, Map.of("code", 1.0), RATE)));

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
}
