package dev.neostream.tokens.mixture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DomainSamplerTest {

  private static int[] sequence(DomainSampler sampler, int domains, int rows) {
    long[] delivered = new long[domains];
    int[] sequence = new int[rows];
    for (int row = 0; row < rows; row++) {
      sequence[row] = sampler.next(row, delivered);
      delivered[sequence[row]]++;
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

  @Test
  void shouldStayWithinOneRowAtEveryPrefixWhenWeightsAreRandom() {
    long seed = 20240529;
    var random = new SplittableRandom(seed);
    for (int trial = 0; trial < 60; trial++) {
      int domains = 1 + trial % 12;
      double[] weights = new double[domains];
      for (int i = 0; i < domains; i++) {
        // From near-equal to extremely skewed, zeros included.
        weights[i] = random.nextInt(6) == 0 ? 0 : Math.exp(random.nextDouble() * (trial % 20));
      }
      weights[random.nextInt(domains)] = 1 + random.nextDouble();
      String place = "seed=" + seed + ", trial=" + trial + ", weights=" + Arrays.toString(weights);
      double sum = Arrays.stream(weights).sum();
      long positive = Arrays.stream(weights).filter(w -> w > 0).count();
      var sampler = new DomainSampler(weights);
      long[] units = sampler.units();
      assertEquals(DomainSampler.WHOLE, Arrays.stream(units).sum(), place);
      long[] delivered = new long[domains];

      for (int row = 0; row < 10_000; row++) {
        delivered[sampler.next(row, delivered)]++;
        for (int i = 0; i < domains; i++) {
          long debt = Math.abs(units[i] * (row + 1) - delivered[i] * DomainSampler.WHOLE);
          // Tijdeman's bound, exactly; and less than a row of the weights as they were given.
          if (positive > 1) {
            assertTrue(
                (2 * positive - 2) * (DomainSampler.WHOLE - debt) >= DomainSampler.WHOLE, place);
          }
          assertTrue(Math.abs(weights[i] / sum * (row + 1) - delivered[i]) < 1, place);
        }
      }

      for (int i = 0; i < domains; i++) {
        assertTrue(weights[i] > 0 || delivered[i] == 0, place);
      }
    }
  }

  @Test
  void shouldStayExactWhenRowNumbersAreHuge() {
    var sampler = new DomainSampler(new double[] {0.5, 0.3, 0.2});
    long[] units = sampler.units();
    long start = 1L << 40; // a multiple of 2^32, so that exact shares are whole rows
    long[] delivered = Arrays.stream(units).map(u -> u * (start >> 32)).toArray();
    long[] fresh = new long[3];

    for (int row = 0; row < 1_000; row++) {
      int late = sampler.next(start + row, delivered);

      assertEquals(sampler.next(row, fresh), late, "row " + row);
      delivered[late]++;
      fresh[late]++;
    }
    BigInteger product = BigInteger.valueOf(units[0]).multiply(BigInteger.valueOf(start));
    assertTrue(product.bitLength() > 63, "the test must pass the 64-bit range");
  }

  @Test
  void shouldAskAtLeastOneUnitWhenWeightIsTiny() {
    var sampler = new DomainSampler(new double[] {1, 1e-300});

    assertArrayEquals(new long[] {DomainSampler.WHOLE - 1, 1}, sampler.units());
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

  @Test
  void shouldRefuseWhenDeliveredIsForeign() {
    var sampler = new DomainSampler(new double[] {1, 1});

    assertThrows(IllegalArgumentException.class, () -> sampler.next(0, new long[] {5, 5}));
  }
}
