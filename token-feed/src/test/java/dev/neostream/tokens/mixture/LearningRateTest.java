package dev.neostream.tokens.mixture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.schemas.avro.LearningRateKind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LearningRateTest {

  @Test
  void shouldFollowHandComputedPointsWhenCosine() {
    LearningRate rate = LearningRate.cosine(1.0, 0.2, 4);

    assertEquals(0.2, rate.at(0, 12));
    assertEquals(0.6, rate.at(2, 12), 1e-15);
    assertEquals(1.0, rate.at(4, 12), 1e-15);
    assertEquals(0.6, rate.at(8, 12), 1e-15); // half way down
    assertEquals(0.2 + 0.4 * (1 + Math.sqrt(0.5)), rate.at(6, 12), 1e-15); // a quarter: cos 45°
    assertEquals(0.2 + 0.4 * (1 - Math.cos(Math.PI / 8)), rate.at(11, 12), 1e-15);
  }

  @Test
  void shouldStartAtPeakWhenCosineHasNoWarmup() {
    LearningRate rate = LearningRate.cosine(3e-3, 3e-4, 0);

    double first = rate.at(0, 100);

    assertEquals(3e-3, first, 1e-18);
  }

  @Test
  void shouldHalveEachHalfLifeWhenExponential() {
    LearningRate rate = LearningRate.exponential(2e-4, 2e-5, 10);

    assertEquals(2e-4, rate.at(0, 100));
    assertEquals(1e-4, rate.at(10, 100), 1e-19);
    assertEquals(5e-5, rate.at(20, 100), 1e-19);
    assertEquals(2e-4 * Math.sqrt(0.5), rate.at(5, 100), 1e-19);
    assertEquals(2e-5, rate.at(99, 100)); // floor
  }

  @Test
  void shouldRefuseWhenRatesAreNotSane() {
    assertThrows(IllegalArgumentException.class, () -> LearningRate.cosine(0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.cosine(Double.NaN, 0, 0));
    assertThrows(
        IllegalArgumentException.class, () -> LearningRate.cosine(Double.POSITIVE_INFINITY, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.cosine(1, 2, 0));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.cosine(1, -1, 0));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.cosine(1, Double.NaN, 0));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.cosine(1, 0, -1));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.exponential(1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.exponential(1, 0, Double.NaN));
    assertThrows(
        IllegalArgumentException.class,
        () -> new LearningRate(LearningRateKind.EXPONENTIAL, 1, 0, 5, 10, 0, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new LearningRate(LearningRateKind.COSINE, 1, 0, 5, 10, 0, 0));
  }

  @Test
  void shouldRefuseStepWhenOutsidePhase() {
    LearningRate rate = LearningRate.cosine(1, 0, 0);

    assertThrows(IllegalArgumentException.class, () -> rate.at(-1, 10));
    assertThrows(IllegalArgumentException.class, () -> rate.at(10, 10));
  }

  @Test
  void shouldWarmUpThenStayWhenConstant() {
    LearningRate rate = LearningRate.constant(1.0, 0.2, 4);

    assertEquals(0.2, rate.at(0, 12));
    assertEquals(0.6, rate.at(2, 12), 1e-15);
    assertEquals(1.0, rate.at(4, 12));
    assertEquals(1.0, rate.at(11, 12));
  }

  @Test
  void shouldFallByTheSameEachStepWhenLinear() {
    LearningRate rate = LearningRate.linear(1.0, 0.2);

    assertEquals(1.0, rate.at(0, 8));
    assertEquals(0.6, rate.at(4, 8), 1e-15);
    assertEquals(0.3, rate.at(7, 8), 1e-15);
  }

  @Test
  void shouldKeepEveryRateToTheLastBitWhenAPhaseIsCut() {
    for (LearningRate rate :
        List.of(
            LearningRate.cosine(3e-3, 3e-4, 7),
            LearningRate.constant(3e-3, 3e-4, 7),
            LearningRate.linear(3e-3, 3e-4),
            LearningRate.exponential(3e-3, 3e-4, 11))) {
      LearningRate head = rate.continuedAt(0, 50);
      LearningRate tail = rate.continuedAt(20, 50);
      LearningRate end = tail.continuedAt(9, 30);
      for (long step = 0; step < 50; step++) {
        double part =
            step < 20
                ? head.at(step, 20)
                : step < 29 ? tail.at(step - 20, 9) : end.at(step - 29, 21);
        assertEquals(rate.at(step, 50), part, rate + ", step=" + step);
      }
    }
  }

  @Test
  void shouldRefuseAnOffsetWithoutALength() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new LearningRate(LearningRateKind.COSINE, 1, 0, 0, 0, 5, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new LearningRate(LearningRateKind.COSINE, 1, 0, 0, 0, -1, 9));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Phase(
                "a",
                5,
                new TreeMap<>(Map.of("x", 1.0)),
                new LearningRate(LearningRateKind.COSINE, 1, 0, 0, 0, 5, 9)));
  }
}
