package dev.neostream.trainer.scaling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ScalingFitterTest {

  private static final double[] SIZES = {250e6, 460e6, 980e6, 7.8e9};

  private static List<LossPoint> points(ScalingFit truth, double[] sizes, double noise) {
    var random = new SplittableRandom(7);
    List<LossPoint> points = new ArrayList<>();
    for (double n : sizes) {
      for (int i = 1; i <= 20; i++) {
        double d = i * 50e9;
        points.add(new LossPoint(n, d, truth.loss(n, d) * Math.exp(noise * random.nextGaussian())));
      }
    }
    return points;
  }

  static Stream<Arguments> laws() {
    return Stream.of(
        Arguments.of(ScalingLaw.NEO, new double[] {406.4, 0.34, 410.7, 0.28, 1.9, 0.02}),
        Arguments.of(ScalingLaw.NEO, new double[] {20, 0.2, 5000, 0.4, 1.2, 0.01}),
        Arguments.of(ScalingLaw.CHINCHILLA, new double[] {406.4, 0.34, 410.7, 0.28, 1.69}),
        Arguments.of(ScalingLaw.CHINCHILLA, new double[] {1000, 0.5, 80, 0.2, 0.5}),
        Arguments.of(ScalingLaw.OPENAI, new double[] {8.8e13, 0.076, 5.4e13, 0.095}),
        Arguments.of(ScalingLaw.SMS, new double[] {406.4, 0.34, 410.7, 0.28, 1.69, 3e5}));
  }

  @ParameterizedTest
  @MethodSource("laws")
  void shouldFindPlantedCoefficients(ScalingLaw law, double[] planted) {
    ScalingFit truth = ScalingFit.of(law, planted);

    ScalingFit fit = ScalingFitter.fit(law, points(truth, SIZES, 0));

    double[] found = fit.values();
    for (int i = 0; i < planted.length; i++) {
      assertEquals(planted[i], found[i], 0.02 * planted[i], law.names().get(i) + " of " + fit);
    }
  }

  @Test
  void shouldComeCloseToPlantedLossesUnderNoiseAndOutliers() {
    ScalingFit truth =
        ScalingFit.of(ScalingLaw.CHINCHILLA, new double[] {406.4, 0.34, 410.7, 0.28, 1.69});
    List<LossPoint> points = points(truth, SIZES, 1e-4);
    // Runs that went wrong: squares would follow them.
    for (int i = 7; i < points.size(); i += 23) {
      LossPoint point = points.get(i);
      points.set(i, new LossPoint(point.n(), point.d(), 2 * point.loss()));
    }

    ScalingFit fit = ScalingFitter.fit(ScalingLaw.CHINCHILLA, points);

    assertEquals(truth.loss(7e10, 1.4e12), fit.loss(7e10, 1.4e12), 0.003);
  }

  @Test
  void shouldGiveTheSameBitsForTheSamePoints() {
    ScalingFit truth = ScalingFit.of(ScalingLaw.NEO, new double[] {400, 0.3, 400, 0.3, 1.5, 0.01});
    List<LossPoint> points = points(truth, SIZES, 1e-3);

    ScalingFit fit = ScalingFitter.fit(ScalingLaw.NEO, points);

    assertEquals(fit, ScalingFitter.fit(ScalingLaw.NEO, points));
    var intervals = ScalingFitter.intervals(fit, points, 40, 3);
    var again = ScalingFitter.intervals(fit, points, 40, 3);
    intervals.forEach((name, ends) -> assertArrayEquals(ends, again.get(name), name));
    assertTrue(intervals.values().stream().allMatch(ends -> ends[0] < ends[1]));
  }

  @Test
  void shouldLeaveOutATermThatThereIsNot() {
    ScalingFit truth =
        ScalingFit.of(ScalingLaw.CHINCHILLA, new double[] {406.4, 0.34, 410.7, 0.28, 1.69});

    ScalingFit fit = ScalingFitter.fit(ScalingLaw.NEO, points(truth, SIZES, 0));

    assertEquals(0, fit.coefficients().get("d"), 1e-4);
    assertEquals(0.34, fit.coefficients().get("alpha"), 0.007);
  }

  @Test
  void shouldRefusePointsThatTellTooLittle() {
    ScalingFit truth =
        ScalingFit.of(ScalingLaw.NEO, new double[] {406.4, 0.34, 410.7, 0.28, 1.9, 0.02});
    List<LossPoint> points = points(truth, SIZES, 0);

    assertRefused("5 points", points.subList(0, 5), "needs at least 6 different points: points=5");
    assertRefused("two sizes", points(truth, new double[] {1e8, 1e9}, 0), "sizes=2");
    assertRefused(
        "three lengths",
        points.stream().filter(point -> point.d() < 200e9).toList(),
        "at least 4 different numbers of tokens: numbers of tokens=3");
  }

  private static void assertRefused(String what, List<LossPoint> points, String message) {
    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> ScalingFitter.fit(ScalingLaw.NEO, points), what);
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @Test
  void shouldCountErrorsByHand() {
    // L = 1 / N + 1 / D + 1: 2.5 of 2 parameters and 1 token, 2 of 2 and 2.
    var fit = ScalingFit.of(ScalingLaw.CHINCHILLA, new double[] {1, 1, 1, 1, 1});
    List<LossPoint> points =
        List.of(
            new LossPoint(2, 1, 2.5),
            new LossPoint(2, 2, 2 / Math.exp(5e-4)),
            new LossPoint(1, 1, 6));

    // 0; 5e-4 squared, halved; ln 2 beyond delta.
    assertEquals((2.5e-7 / 2 + 1e-3 * (Math.log(2) - 5e-4)) / 3, fit.huber(points), 1e-12);
    assertEquals(
        1,
        fit.r2(
            points.subList(0, 1).stream()
                .flatMap(p -> Stream.of(p, new LossPoint(2, 2, 2)))
                .toList()));
    assertEquals(
        1 - (0.25 + 1) / 0.5,
        fit.r2(List.of(new LossPoint(2, 1, 2), new LossPoint(2, 2, 3))),
        1e-12);
  }

  @ParameterizedTest
  @MethodSource("laws")
  void shouldFindTheBestSizeOfABudget(ScalingLaw law, double[] coefficients) {
    ScalingFit fit = ScalingFit.of(law, coefficients);

    ScalingFit.Optimum best = fit.optimum(1e22);

    assertEquals(1e22, 6 * best.n() * best.d(), 1e12);
    for (double factor : new double[] {0.5, 0.9, 1.1, 2}) {
      double other = fit.loss(best.n() * factor, best.d() / factor);
      assertTrue(other > best.loss(), law + " at " + factor + " times N");
    }
  }

  @Test
  void shouldRefuseABudgetWithoutABestSize() {
    // Tokens help nothing: all of the budget would go into parameters.
    var fit = ScalingFit.of(ScalingLaw.CHINCHILLA, new double[] {400, 0.3, 0, 0.3, 1.5});

    var refused = assertThrows(IllegalArgumentException.class, () -> fit.optimum(1e20));

    assertTrue(refused.getMessage().contains("flops=1.0E20"), refused.getMessage());
  }

  @Test
  void shouldRefuseCoefficientsOfAnotherLaw() {
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ScalingFit(ScalingLaw.NEO, Map.of("A", 1.0, "alpha", 0.3)));

    assertEquals(
        "law neo needs coefficients [A, alpha, B, beta, E, d], each a number >= 0: B=null",
        refused.getMessage());
  }
}
