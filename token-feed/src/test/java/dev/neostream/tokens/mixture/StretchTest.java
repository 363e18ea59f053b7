package dev.neostream.tokens.mixture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.tokens.mixture.Stretch.Constant;
import dev.neostream.tokens.mixture.Stretch.Ramp;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StretchTest {

  private static final long WHOLE = DomainSampler.WHOLE;

  @Test
  void shouldGoFromOneMixtureToTheOtherInEqualSteps() {
    var ramp = new Ramp(new long[] {WHOLE, 0}, new long[] {0, WHOLE}, 0, 4, 1);

    assertArrayEquals(new long[] {WHOLE, 0}, ramp.units(0));
    assertArrayEquals(new long[] {3 * WHOLE / 4, WHOLE / 4}, ramp.units(1));
    assertArrayEquals(new long[] {WHOLE / 2, WHOLE / 2}, ramp.units(2));
    assertArrayEquals(new long[] {WHOLE / 4, 3 * WHOLE / 4}, ramp.units(3));
    assertArrayEquals(new long[] {0, WHOLE}, ramp.units(4));
  }

  /** Some domains 0 on one side or on both, some of a single unit. */
  private static Ramp ramp(SplittableRandom random) {
    int domains = 2 + random.nextInt(8);
    double[] from = new double[domains];
    double[] to = new double[domains];
    for (int i = 0; i < domains; i++) {
      from[i] = random.nextInt(4) == 0 ? 0 : Math.exp(-20 * random.nextDouble());
      to[i] = random.nextInt(4) == 0 ? 0 : Math.exp(-20 * random.nextDouble());
    }
    from[random.nextInt(domains)] = 1;
    from[random.nextInt(domains)] = 1e-300;
    to[random.nextInt(domains)] = 1;
    long steps = 1 + random.nextInt(300);
    return new Ramp(
        DomainSampler.units(from),
        DomainSampler.units(to),
        random.nextLong(steps),
        steps,
        1 + random.nextInt(40));
  }

  @Test
  void shouldAskWholeRowsOfTheRightDomainsWithinAUnitOfTheLine() {
    var random = new SplittableRandom(3);
    for (int trial = 0; trial < 300; trial++) {
      Ramp ramp = ramp(random);
      for (long step = 0; step <= ramp.steps(); step++) {
        long[] units = ramp.units(step);
        assertEquals(WHOLE, Arrays.stream(units).sum());
        for (int i = 0; i < units.length; i++) {
          double line =
              ramp.from()[i] + (ramp.to()[i] - ramp.from()[i]) * ((double) step / ramp.steps());
          assertTrue(units[i] >= 0, "trial=" + trial + ", step=" + step);
          assertEquals(line, units[i], 1.001, "trial=" + trial + ", step=" + step);
          assertTrue(ramp.asks(i) || units[i] == 0, "a domain that is not asked gets nothing");
        }
      }
      assertArrayEquals(ramp.from(), ramp.units(0));
      assertArrayEquals(ramp.to(), ramp.units(ramp.steps()));
    }
  }

  /** What a ramp says of its sums, row by row. */
  @Test
  void shouldFindTheRowThatALoopOverTheRowsFinds() {
    var random = new SplittableRandom(4);
    int found = 0;
    int never = 0;
    for (int trial = 0; trial < 400; trial++) {
      Ramp ramp = ramp(random);
      int domain = random.nextInt(ramp.domains());
      long units = 1 + (long) (WHOLE * Math.exp(-25 * random.nextDouble()));
      long asked = 0;
      long first = Stretch.NEVER;
      for (long row = 0; row < ramp.rows(); row++) {
        asked += ramp.units(ramp.done() + row / ramp.rowsPerStep())[domain];
        if (asked >= units && first == Stretch.NEVER) {
          first = row + 1;
        }
      }
      assertEquals(first, ramp.rowsAsking(domain, units), "trial=" + trial);
      assertEquals(asked, ramp.asked(domain), "trial=" + trial);
      found += first == Stretch.NEVER ? 0 : 1;
      never += first == Stretch.NEVER ? 1 : 0;
    }
    assertTrue(found > 50 && never > 50, "found=" + found + ", never=" + never);
  }

  @Test
  void shouldSumFloorsAsALoopDoes() {
    var random = new SplittableRandom(5);
    for (int trial = 0; trial < 2_000; trial++) {
      long steps = trial < 2 ? Phase.LONGEST_RAMP - trial : 1 + random.nextInt(500);
      long slope = random.nextLong(-WHOLE, WHOLE + 1) >> random.nextInt(40);
      slope = trial == 0 ? WHOLE - 1 : trial == 1 ? -WHOLE : slope;
      long count = trial < 2 ? steps : random.nextLong(steps + 1);
      long sum = 0;
      for (long k = 0; k < count; k++) {
        sum += Math.floorDiv(slope * k, steps);
      }
      assertEquals(sum, Ramp.floorSum(count, steps, slope), "steps=" + steps + ", slope=" + slope);
    }
  }

  @Test
  void shouldCountRowsOfAConstantShare() {
    var constant = new Constant(new long[] {WHOLE - 3, 3, 0}, 10);

    assertEquals(1, constant.rowsAsking(1, 3));
    assertEquals(2, constant.rowsAsking(1, 4));
    assertEquals(10, constant.rowsAsking(1, 30));
    assertEquals(Stretch.NEVER, constant.rowsAsking(1, 31));
    assertEquals(Stretch.NEVER, constant.rowsAsking(2, 1));
    assertEquals(30, constant.asked(1));
  }
}
