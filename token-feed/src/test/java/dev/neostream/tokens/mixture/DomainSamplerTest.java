package dev.neostream.tokens.mixture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.tokens.mixture.Stretch.Constant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DomainSamplerTest {

  private static int[] sequence(DomainSampler sampler, int domains, int rows) {
    long[] debts = new long[domains];
    int[] sequence = new int[rows];
    for (int row = 0; row < rows; row++) {
      sequence[row] = sampler.next(row, debts);
    }
    return sequence;
  }

  @Test
  void shouldGiveHandComputedOrderWhenTwoDomainsShareThreeToOne() {
    DomainSampler sampler = new DomainSampler(new double[] {3, 1});

    int[] sequence = sequence(sampler, 2, 8);

    // Owed 1/2 or more, deadline where the debt reaches 1/2: b owes 1/4, 1/2, and so on.
    assertArrayEquals(new int[] {0, 0, 1, 0, 0, 0, 1, 0}, sequence);
  }

  @Test
  void shouldTakeTurnsWhenWeightsAreEqual() {
    DomainSampler sampler = new DomainSampler(new double[] {5, 5, 5, 5});

    int[] sequence = sequence(sampler, 4, 8);

    assertArrayEquals(new int[] {0, 1, 2, 3, 0, 1, 2, 3}, sequence);
  }

  /** From near-equal to eight decades apart. */
  private static double[] weights(SplittableRandom random, int domains, int trial) {
    double[] weights = new double[domains];
    for (int i = 0; i < domains; i++) {
      weights[i] = Math.exp(-random.nextDouble() * (trial % 19));
    }
    return weights;
  }

  private static Constant constant(double[] weights, long rows) {
    return new Constant(DomainSampler.units(weights), rows);
  }

  private static double share(double[] weights, int domain) {
    return weights[domain] / Arrays.stream(weights).sum();
  }

  /** Tijdeman's bound, over a plan that is left alone: phases of any weights, of 1 to 400 rows. */
  @Test
  void shouldStayWithinOneRowAtEveryRowOfAPlanWhenPhasesAreRandom() {
    long seed = 20240529;
    var random = new SplittableRandom(seed);
    for (int trial = 0; trial < 60; trial++) {
      int domains = trial % 3 == 0 ? 20 : 1 + trial % 12;
      String place = "seed=" + seed + ", trial=" + trial;
      var weights = new ArrayList<double[]>();
      var plan = new ArrayList<Constant>();
      for (int rows = 0; rows < 10_000; rows += (int) plan.get(plan.size() - 1).rows()) {
        weights.add(weights(random, domains, trial));
        plan.add(constant(weights.get(plan.size()), 1 + random.nextInt(400)));
      }
      double bound = domains == 1 ? 0 : 1 - 1.0 / (2 * domains - 2);
      long[] debts = new long[domains];
      double[] asked = new double[domains];
      long[] delivered = new long[domains];

      for (int phase = 0; phase < plan.size(); phase++) {
        var sampler = new DomainSampler(plan.get(phase), plan.subList(phase + 1, plan.size()));
        assertEquals(DomainSampler.WHOLE, Arrays.stream(plan.get(phase).units()).sum(), place);
        for (long row = 0; row < plan.get(phase).rows(); row++) {
          delivered[sampler.next(row, debts)]++;
          for (int i = 0; i < domains; i++) {
            asked[i] += share(weights.get(phase), i);
            assertTrue(Math.abs(debts[i]) <= bound * DomainSampler.WHOLE + 1, place);
            // What is kept is what was asked: units are exact to n 2^-40 of a row.
            assertEquals(asked[i] - delivered[i], debts[i] * 0x1p-40, 1e-6, place);
          }
        }
      }
    }
  }

  @Test
  void shouldLookAheadToTheNextPhaseWhenADomainFallsDueThere() {
    double[] first = {6, 3, 1};
    double[] second = {1, 0.1, 20};
    var alone = new DomainSampler(first);
    var ahead = new DomainSampler(constant(first, 4), List.of(constant(second, 9)));

    // a falls due before c does while the first phase lasts; c in the first row of the second.
    assertArrayEquals(new int[] {0, 1, 0, 0}, sequence(alone, 3, 4));
    assertArrayEquals(new int[] {0, 1, 0, 2}, sequence(ahead, 3, 4));
  }

  /** Changes that nobody could know of, zeros and eight decades of weights among them. */
  @Test
  void shouldKeepTheBoundOfAnyHistoryWhenSharesChangeAtRandom() {
    long seed = 11;
    var random = new SplittableRandom(seed);
    for (int trial = 0; trial < 60; trial++) {
      int domains = 2 + trial % 19;
      long[] debts = new long[domains];
      for (int change = 0; change < 1_000; change++) {
        double[] weights = weights(random, domains, trial);
        for (int i = 0; i < domains; i++) {
          weights[i] = random.nextInt(3) == 0 ? 0 : weights[i];
        }
        weights[random.nextInt(domains)] = 1;
        var sampler = new DomainSampler(weights);
        long rows = 1 + random.nextInt(trial % 2 == 0 ? 2 : 50);
        for (long row = 0; row < rows; row++) {
          int domain = sampler.next(row, debts);
          assertTrue(weights[domain] > 0, "a domain that is not asked must get nothing");
          for (long debt : debts) {
            assertTrue(
                Math.abs(debt) <= (domains - 1.5) * DomainSampler.WHOLE,
                "seed=" + seed + ", trial=" + trial + ", change=" + change);
          }
        }
        assertEquals(0, Arrays.stream(debts).sum());
      }
    }
  }

  /**
   * The adversary of the Javadoc: whatever the rule, shares of two domains at a time drive debts
   * one row apart. This is why no bound of one row is promised over any history.
   */
  @Test
  void shouldBeDrivenNoFartherThanAnyRuleWhenSharesAreHostile() {
    int domains = 20;
    long[] debts = new long[domains];
    for (int round = 0; round < 2_000; round++) {
      int[] order =
          IntStream.range(0, domains)
              .boxed()
              .sorted(Comparator.comparing(i -> debts[i]))
              .mapToInt(i -> i)
              .toArray();
      for (int i = round % 2; i + 1 < domains; i += 2) {
        double apart = (debts[order[i + 1]] - debts[order[i]]) * 0x1p-40;
        if (apart < 1) {
          double[] weights = new double[domains];
          weights[order[i + 1]] = (1 - apart) / 2;
          weights[order[i]] = (1 + apart) / 2;
          new DomainSampler(weights).next(0, debts);
        }
      }
    }

    double worst = Arrays.stream(debts).max().orElseThrow() * 0x1p-40;

    assertEquals((domains - 1) / 2.0, worst, 0.05);
  }

  /** A change every 100 rows: without debts that carry over, the domain would get nothing. */
  @Test
  void shouldNotLoseADomainOfTinyWeightWhenSharesChangeAllTheTime() {
    long[] debts = new long[3];
    long delivered = 0;
    double asked = 0;
    var samplers =
        List.of(
            new DomainSampler(new double[] {0.7, 0.3, 1e-8}),
            new DomainSampler(new double[] {0.2, 0.8, 3e-8}));
    for (int change = 0; change < 2_000_000; change++) {
      DomainSampler sampler = samplers.get(change % 2);
      for (int row = 0; row < 100; row++) {
        delivered += sampler.next(row, debts) == 2 ? 1 : 0;
      }
      asked += 100 * (change % 2 == 0 ? 1e-8 : 3e-8);
      assertTrue(Math.abs(asked - delivered) <= 1, "change=" + change);
    }

    assertEquals(4, delivered);
  }

  @Test
  void shouldAskAtLeastOneUnitWhenWeightIsTiny() {
    long[] units = DomainSampler.units(new double[] {1, 1e-300});

    assertArrayEquals(new long[] {DomainSampler.WHOLE - 1, 1}, units);
  }

  @Test
  void shouldRefuseWhenWeightsAreNotSane() {
    assertThrows(IllegalArgumentException.class, () -> new DomainSampler(new double[] {0, 0}));
    assertThrows(IllegalArgumentException.class, () -> new DomainSampler(new double[] {}));
    assertThrows(IllegalArgumentException.class, () -> new DomainSampler(new double[] {1, -1}));
    assertThrows(
        IllegalArgumentException.class, () -> new DomainSampler(new double[] {1, Double.NaN}));
    assertThrows(
        IllegalArgumentException.class,
        () -> new DomainSampler(new double[] {1, Double.POSITIVE_INFINITY}));
  }
}
