package dev.neostream.tokens.mixture;

import java.util.Arrays;
import java.util.List;

/**
 * Decides which domain gives the next row, so that rows delivered stay close to rows asked over the
 * whole history of a run. All blocks are of one size, so what holds for rows holds for tokens.
 *
 * <p>A domain's debt is the sum of its shares over all rows so far, less the rows it delivered.
 * Debts are the caller's and carry over every change of the shares; nothing is forgotten. The rule
 * is Tijdeman's for the chairman assignment problem (Discrete Mathematics 32, 1980, 323-330), with
 * n domains asked: among those that are owed at least 1/(2n-2) of a row once this row is asked,
 * take the one whose debt first reaches 1 - 1/(2n-2) under the shares that are planned; ties go to
 * the larger debt, then to the first in order. If none is owed so much, the largest debt is taken.
 * A domain without a share of this row is never taken.
 *
 * <p>What holds after every row:
 *
 * <ul>
 *   <li>From debts of zero, while every domain has a share in every stretch and the plan is left
 *       alone, no debt exceeds 1 - 1/(2n-2) either way, across phase borders too. This is
 *       Tijdeman's theorem, which is stated for shares that differ from row to row and are known
 *       beforehand; no rule can better it.
 *   <li>Over any history of any shares, no debt exceeds n - 3/2 either way. With F(k) = k(n-k)(1 -
 *       1/(2n-2)), k debts never sum to more than F(k): that can fail only for a set with a domain
 *       j that has a share but not the domain c that was taken, and then the debt of j exceeds that
 *       of c by at most 2 - 1/(n-1), since either c had the largest debt (the excess is at most 1)
 *       or j stays below 1 - 1/(2n-2) and c above 1/(2n-2) - 1. So twice the sum is at most F(k+1)
 *       + F(k-1) + 2 - 1/(n-1) = 2 F(k).
 * </ul>
 *
 * <p>One row over any history cannot be had from four domains on: a change is not known beforehand,
 * and whatever the rule, shares that go to two domains at a time, (1 - d) / 2 to the one ahead by
 * d, drive their debts one row apart; so neighbours end a row apart each and the largest debt tends
 * to (n-1)/2.
 *
 * <p>Shares are whole numbers of 2^-40, so results are the same bits everywhere; a domain with a
 * positive weight is asked for at least 2^-40 of a row. Immutable.
 */
public final class DomainSampler {

  /** Units in a row: shares and debts are multiples of 1 / WHOLE. */
  static final long WHOLE = 1L << 40;

  /**
   * Rows that are asked alike.
   *
   * @param weights weight of each domain, not negative, at least one positive; in domain order
   * @param rows how many, {@code > 0}
   */
  record Stretch(double[] weights, long rows) {}

  private final long[][] units;
  private final long[] rows;
  private final long scale;

  /** Asks the same of every row, for ever. */
  public DomainSampler(double[] weights) {
    this(List.of(new Stretch(weights, Long.MAX_VALUE)));
  }

  /**
   * Normalises weights.
   *
   * @param stretches what is planned, from the next row on; of one number of domains, at least one
   *     stretch
   */
  DomainSampler(List<Stretch> stretches) {
    units = stretches.stream().map(stretch -> units(stretch.weights())).toArray(long[][]::new);
    rows = stretches.stream().mapToLong(Stretch::rows).toArray();
    long domains = 0;
    for (int i = 0; i < units[0].length; i++) {
      for (long[] each : units) {
        if (each[i] > 0) {
          domains++;
          break;
        }
      }
    }
    // With one domain there is nothing to decide; 2 keeps the thresholds finite.
    scale = Math.max(2, 2 * domains - 2);
  }

  private static long[] units(double[] weights) {
    double sum = 0;
    int largest = 0;
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0)) {
        throw new IllegalArgumentException("weight must be >= 0: weight=" + weights[i]);
      }
      sum += weights[i];
      largest = weights[i] > weights[largest] ? i : largest;
    }
    if (!(sum > 0 && Double.isFinite(sum))) {
      throw new IllegalArgumentException(
          "weights must have a finite sum > 0: weights=" + Arrays.toString(weights));
    }
    long[] units = new long[weights.length];
    long rest = WHOLE;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        units[i] = Math.max(1, (long) (weights[i] / sum * WHOLE));
        rest -= units[i];
      }
    }
    units[largest] += rest;
    return units;
  }

  /** Returns the shares asked of the first stretch, in units of 2^-40; their sum is 2^40. */
  long[] units() {
    return units[0].clone();
  }

  /**
   * Returns the domain of the next row, and brings debts up to it.
   *
   * @param row number of the row in the first stretch, from 0
   * @param debts rows asked of each domain and not delivered, in units of 2^-40; sum to 0
   */
  public int next(long row, long[] debts) {
    int eligible = -1;
    int largest = -1;
    long earliest = Long.MAX_VALUE;
    for (int i = 0; i < debts.length; i++) {
      if (units[0][i] == 0) {
        continue;
      }
      debts[i] += units[0][i];
      if (largest < 0 || debts[i] > debts[largest]) {
        largest = i;
      }
      if (scale * debts[i] < WHOLE) {
        continue;
      }
      long deadline = deadline(i, row, (scale - 1) * WHOLE - scale * debts[i]);
      if (eligible < 0
          || deadline < earliest
          || (deadline == earliest && debts[i] > debts[eligible])) {
        earliest = deadline;
        eligible = i;
      }
    }
    int chosen = eligible < 0 ? largest : eligible;
    debts[chosen] -= WHOLE;
    return chosen;
  }

  /**
   * Returns after how many more rows a domain will have been asked for what is missing, which is
   * scaled as debts are here; {@code Long.MAX_VALUE}: not by the end of the plan.
   */
  private long deadline(int domain, long row, long missing) {
    if (missing <= 0) {
      return 0;
    }
    long before = 0;
    for (int stretch = 0; stretch < units.length; stretch++) {
      long left = stretch == 0 ? rows[0] - row - 1 : rows[stretch];
      long rate = scale * units[stretch][domain];
      if (rate > 0) {
        long needed = -Math.floorDiv(-missing, rate);
        if (needed <= left) {
          return before + needed;
        }
        missing -= rate * left;
      }
      before += left;
    }
    return Long.MAX_VALUE;
  }
}
