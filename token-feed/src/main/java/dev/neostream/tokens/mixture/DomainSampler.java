package dev.neostream.tokens.mixture;

import java.util.Arrays;

/**
 * Decides which domain gives the next row, so that at every row the rows delivered by a domain
 * differ from the rows asked of it by less than one.
 *
 * <p>The rule is Tijdeman's for the chairman assignment problem (Discrete Mathematics 32, 1980,
 * 323-330): among the n domains that are owed at least 1/(2n-2) of a row once this row is given,
 * take the one whose debt first reaches 1 - 1/(2n-2); ties go to the first in order. The difference
 * is then at most 1 - 1/(2n-2), which no rule can better. All blocks are of one size, so what holds
 * for rows holds for tokens.
 *
 * <p>A pure function of (row, weights, delivered). The account runs under constant weights: it
 * starts again with every plan version and with every phase. Shares are whole numbers of 2^-32, so
 * results are the same bits everywhere; a domain with a positive weight is asked for at least
 * 2^-32. Debts are taken modulo 2^64, which is exact as long as the account follows the rule.
 * Immutable.
 */
public final class DomainSampler {

  /** Units in the whole: shares are multiples of 1 / WHOLE. */
  static final long WHOLE = 1L << 32;

  private final long[] units;
  private final int domains;
  private final int largest;

  /**
   * Normalises weights.
   *
   * @param weights weight of each domain, not negative, at least one positive; in domain order
   */
  public DomainSampler(double[] weights) {
    double sum = 0;
    int first = 0;
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0)) {
        throw new IllegalArgumentException("weight must be >= 0: weight=" + weights[i]);
      }
      sum += weights[i];
      first = weights[i] > weights[first] ? i : first;
    }
    if (!(sum > 0 && Double.isFinite(sum))) {
      throw new IllegalArgumentException(
          "weights must have a finite sum > 0: weights=" + Arrays.toString(weights));
    }
    largest = first;
    units = new long[weights.length];
    int positive = 0;
    long rest = WHOLE;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        positive++;
        units[i] = Math.max(1, (long) (weights[i] / sum * WHOLE));
        rest -= units[i];
      }
    }
    units[largest] += rest;
    domains = positive;
  }

  /** Returns the shares asked, in units of 2^-32; their sum is 2^32. */
  long[] units() {
    return units.clone();
  }

  /**
   * Returns the domain of the next row.
   *
   * @param row number of the row in the account, from 0
   * @param delivered rows each domain has delivered in the account so far; sums to {@code row}
   */
  public int next(long row, long[] delivered) {
    if (domains == 1) {
      return largest;
    }
    long scale = 2L * domains - 2;
    int chosen = -1;
    long earliest = Long.MAX_VALUE;
    for (int i = 0; i < units.length; i++) {
      long owed = units[i] * (row + 1) - delivered[i] * WHOLE;
      if (units[i] == 0 || scale * owed < WHOLE) {
        continue;
      }
      long missing = (scale - 1) * WHOLE - scale * owed;
      long deadline = Math.max(0, -Math.floorDiv(-missing, scale * units[i]));
      if (deadline < earliest) {
        earliest = deadline;
        chosen = i;
      }
    }
    if (chosen < 0) {
      throw new IllegalArgumentException(
          "delivered must be what this sampler decided: row="
              + row
              + ", delivered="
              + Arrays.toString(delivered));
    }
    return chosen;
  }
}
