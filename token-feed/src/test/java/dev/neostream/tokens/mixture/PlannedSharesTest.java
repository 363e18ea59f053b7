package dev.neostream.tokens.mixture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlannedSharesTest {

  private static final LearningRate RATE = LearningRate.cosine(1, 0, 0);
  private static final List<String> DOMAINS = List.of("x", "y", "z");

  private static Phase phase(String name, long steps, long ramp, Map<String, Double> weights) {
    return new Phase(name, steps, new TreeMap<>(weights), ramp, RATE);
  }

  private static MixturePlan random(SplittableRandom random, List<String> names) {
    var phases = new ArrayList<Phase>();
    for (int i = 0; i < 6; i++) {
      var weights = new TreeMap<String, Double>();
      names.forEach(name -> weights.put(name, Math.exp(-6 * random.nextDouble())));
      long steps = 1 + random.nextInt(120);
      long ramp = i == 0 ? 0 : random.nextInt(3) == 0 ? steps : random.nextLong(steps + 1);
      phases.add(phase("p" + i, steps, ramp, weights));
    }
    return new MixturePlan(phases);
  }

  /**
   * Tijdeman's bound, over a plan that is left alone: phases of any weights and lengths, most with
   * a ramp, where asked is the sum of the shares on the way.
   */
  @Test
  void shouldStayWithinOneRowAtEveryRowOfAPlanWithRamps() {
    long seed = 20261130;
    var random = new SplittableRandom(seed);
    for (int trial = 0; trial < 60; trial++) {
      int domains = 1 + trial % 20;
      List<String> names =
          IntStream.range(0, domains).mapToObj(i -> "d" + (char) ('a' + i)).toList();
      MixturePlan plan = random(random, names);
      int rows = 1 + random.nextInt(20);
      var shares = new PlannedShares(plan, names, rows);
      double bound = domains == 1 ? 0 : 1 - 1.0 / (2 * domains - 2);
      long[] debts = new long[domains];
      double[] asked = new double[domains];
      long[] delivered = new long[domains];
      for (long step = 0; step < plan.steps(); step++) {
        DomainSampler sampler = shares.sampler(step, new boolean[domains]);
        Map<String, Double> planned = plan.shares(step, domain -> true);
        String place = "seed=" + seed + ", trial=" + trial + ", step=" + step;
        assertEquals(1, planned.values().stream().mapToDouble(share -> share).sum(), 1e-12, place);
        for (int row = 0; row < rows; row++) {
          delivered[sampler.next(row, debts)]++;
          for (int i = 0; i < domains; i++) {
            asked[i] += planned.get(names.get(i));
            assertTrue(Math.abs(debts[i]) <= bound * DomainSampler.WHOLE + 1, place);
            // What is kept is what was asked, on the ramps too.
            assertEquals(asked[i] - delivered[i], debts[i] * 0x1p-40, 1e-6, place);
          }
        }
      }
    }
  }

  private static int[] rows(MixturePlan plan, boolean... without) {
    var shares = new PlannedShares(plan, DOMAINS, 8);
    long[] debts = new long[3];
    int[] rows = new int[3];
    for (long step = 0; step < plan.steps(); step++) {
      DomainSampler sampler = shares.sampler(step, without);
      for (int row = 0; row < 8; row++) {
        rows[sampler.next(row, debts)]++;
      }
    }
    return rows;
  }

  private static final MixturePlan RAMP =
      new MixturePlan(
          List.of(
              phase("a", 2, 0, Map.of("x", 1.0)), phase("b", 6, 4, Map.of("y", 2.0, "z", 2.0))));

  @Test
  void shouldDeliverWhatARampAsks() {
    // Of x: 8 8, then 8 6 4 2, then none; the rest is halved between y and z.
    assertArrayEquals(new int[] {36, 14, 14}, rows(RAMP, false, false, false));
  }

  @Test
  void shouldGiveTheShareOfADomainLeftOutToTheOthersOfItsSideOfTheRamp() {
    assertArrayEquals(new int[] {36, 28, 0}, rows(RAMP, false, false, true));
  }

  @Test
  void shouldAskTheOtherSideWhereOneSideOfARampIsLeftOutWhole() {
    var shares = new PlannedShares(RAMP, DOMAINS, 8);
    long[] debts = new long[3];

    DomainSampler inRamp = shares.sampler(3, new boolean[] {true, false, false});
    for (int row = 0; row < 8; row++) {
      inRamp.next(row, debts);
    }
    int first = shares.sampler(5, new boolean[] {false, true, true}).next(0, new long[3]);

    assertArrayEquals(new long[3], debts, "x asks nothing, y and z four rows each");
    assertEquals(0, first, "only x is left until the ramp ends");
  }

  @Test
  void shouldAskTheDomainsOfBothSidesInARamp() {
    var shares = new PlannedShares(RAMP, DOMAINS, 8);

    assertEquals("[true, false, false]", Arrays.toString(shares.asked(1)));
    assertEquals("[true, true, true]", Arrays.toString(shares.asked(2)));
    assertEquals("[true, true, true]", Arrays.toString(shares.asked(5)));
    assertEquals("[false, true, true]", Arrays.toString(shares.asked(6)));
  }
}
