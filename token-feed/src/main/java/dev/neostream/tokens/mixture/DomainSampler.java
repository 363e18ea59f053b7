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
 * positive weight is asked for at least 2^-40 of a row, but in a ramp from or to 0, whose rounded
 * shares may be 0 in some steps. Immutable.
 */
public final class DomainSampler {

  /** Units in a row: shares and debts are multiples of 1 / WHOLE. */
  static final long WHOLE = 1L << 40;

  private final long[] now;
  private final long rows;
  private final List<? extends Stretch> later;
  private final long scale;

  /** Asks the same of every row, for ever. */
  public DomainSampler(double[] weights) {
    this(new Stretch.Constant(units(weights), Long.MAX_VALUE), List.of());
  }

  /**
   * Asks what a plan does.
   *
   * @param now the rows that are to be decided
   * @param later the rows after them, of the same domains
   */
  DomainSampler(Stretch.Constant now, List<? extends Stretch> later) {
    this.now = now.units();
    this.rows = now.rows();
    this.later = List.copyOf(later);
    long domains = 0;
    for (int i = 0; i < now.domains(); i++) {
      int domain = i;
      if (now.asks(i) || later.stream().anyMatch(stretch -> stretch.asks(domain))) {
        domains++;
      }
    }
    // With one domain there is nothing to decide; 2 keeps the thresholds finite.
    scale = Math.max(2, 2 * domains - 2);
  }

  /**
   * Returns shares in units of 2^-40, which sum to 2^40.
   *
   * @param weights not negative, at least one positive; in domain order
   */
  static long[] units(double[] weights) {
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

  /**
   * Returns the domain of the next row, and brings debts up to it.
   *
   * @param row number of the row among those to be decided, from 0
   * @param debts rows asked of each domain and not delivered, in units of 2^-40; sum to 0
   */
  public int next(long row, long[] debts) {
    int eligible = -1;
    int largest = -1;
    long earliest = Long.MAX_VALUE;
    for (int i = 0; i < debts.length; i++) {
      if (now[i] == 0) {
        continue;
      }
      debts[i] += now[i];
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
    // Debts of at least WHOLE / scale miss less than a row.
    long units = -Math.floorDiv(-missing, scale);
    long left = rows - row - 1;
    if (now[domain] > 0) {
      long needed = -Math.floorDiv(-units, now[domain]);
      if (needed <= left) {
        return needed;
      }
      units -= now[domain] * left;
    }
    long before = left;
    for (Stretch stretch : later) {
      long needed = stretch.rowsAsking(domain, units);
      if (needed != Stretch.NEVER) {
        return before + needed;
      }
      units -= stretch.asked(domain);
      before += stretch.rows();
    }
    return Long.MAX_VALUE;
  }
}
