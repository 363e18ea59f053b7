package dev.neostream.tokens.mixture;

/**
 * Rows that a plan asks in one way, as {@link DomainSampler} looks ahead to them. Shares are whole
 * units of 2^-40 and sum to 2^40 in every row; domains are numbers from 0.
 */
sealed interface Stretch {

  /** What {@link #rowsAsking} returns if the stretch asks less. */
  long NEVER = Long.MAX_VALUE;

  /** Returns the number of domains. */
  int domains();

  /** Returns the number of rows. */
  long rows();

  /** Returns whether any row may ask something of a domain. */
  boolean asks(int domain);

  /**
   * Returns the first number of rows that together ask so much of a domain, or {@link #NEVER}.
   *
   * @param units {@code > 0} and at most 2^40: one row
   */
  long rowsAsking(int domain, long units);

  /** Returns what all rows ask of a domain; defined where that is less than 2^40. */
  long asked(int domain);

  /**
   * Rows that all ask the same.
   *
   * @param units share of each domain
   * @param rows how many, {@code > 0}
   */
  record Constant(long[] units, long rows) implements Stretch {

    @Override
    public int domains() {
      return units.length;
    }

    @Override
    public boolean asks(int domain) {
      return units[domain] > 0;
    }

    @Override
    public long rowsAsking(int domain, long asked) {
      if (units[domain] == 0) {
        return NEVER;
      }
      long needed = -Math.floorDiv(-asked, units[domain]);
      return needed <= rows ? needed : NEVER;
    }

    @Override
    public long asked(int domain) {
      return units[domain] * rows;
    }
  }

  /**
   * Steps whose shares go linearly from one mixture to another: step k of n asks (n - k) / n of the
   * first and k / n of the second, so that step 0 is the first itself and step n, which is not in
   * the ramp, the second.
   *
   * <p>So that rounded shares sum to 2^40 and none is negative, sums over the first domains are
   * rounded down, not shares: a share is off by less than one unit, and one that is 0 on both sides
   * is 0. What several steps ask is the sum of their rounded shares, exact and without a loop over
   * the steps ({@link #floorSum}): a ramp may have millions, and all of them are asked for at every
   * row of a domain that is seldom due.
   *
   * @param from shares of the first mixture
   * @param to shares of the second
   * @param done steps of the ramp that are over, {@code < steps}
   * @param steps n, at most {@link Phase#LONGEST_RAMP}: sums must fit 64 bits
   * @param rowsPerStep rows of a step
   */
  record Ramp(long[] from, long[] to, long done, long steps, int rowsPerStep) implements Stretch {

    @Override
    public int domains() {
      return from.length;
    }

    @Override
    public long rows() {
      return (steps - done) * rowsPerStep;
    }

    @Override
    public boolean asks(int domain) {
      return from[domain] > 0 || to[domain] > 0;
    }

    /** Returns the shares of a step of the ramp. */
    long[] units(long step) {
      long[] units = new long[from.length];
      long before = 0;
      long first = 0;
      long second = 0;
      for (int i = 0; i < units.length; i++) {
        first += from[i];
        second += to[i];
        long sum = first + Math.floorDiv((second - first) * step, steps);
        units[i] = sum - before;
        before = sum;
      }
      return units;
    }

    @Override
    public long rowsAsking(int domain, long asked) {
      long first = sum(from, domain);
      long second = sum(to, domain);
      // What the steps of a ramp ask before the one in which the row is.
      long enough = -Math.floorDiv(-asked, rowsPerStep);
      long over = upTo(domain, first, second, done);
      long low = done;
      long high = done + 1;
      while (high < steps && upTo(domain, first, second, high) - over < enough) {
        low = high;
        high = Math.min(steps, done + 2 * (high - done));
      }
      if (high == steps && upTo(domain, first, second, steps) - over < enough) {
        return NEVER;
      }
      while (high - low > 1) {
        long middle = (low + high) >>> 1;
        if (upTo(domain, first, second, middle) - over < enough) {
          low = middle;
        } else {
          high = middle;
        }
      }
      long missing = asked - rowsPerStep * (upTo(domain, first, second, low) - over);
      return (low - done) * rowsPerStep - Math.floorDiv(-missing, units(low)[domain]);
    }

    @Override
    public long asked(int domain) {
      long first = sum(from, domain);
      long second = sum(to, domain);
      return rowsPerStep * (upTo(domain, first, second, steps) - upTo(domain, first, second, done));
    }

    /** Returns the shares of a domain and all before it. */
    private static long sum(long[] units, int domain) {
      long sum = 0;
      for (int i = 0; i <= domain; i++) {
        sum += units[i];
      }
      return sum;
    }

    /**
     * Returns the sum of a domain's shares over the first steps of the ramp, a row each.
     *
     * @param first share of the domain and all before it in the first mixture
     * @param second the same in the second
     */
    private long upTo(int domain, long first, long second, long count) {
      long firstBefore = first - from[domain];
      long secondBefore = second - to[domain];
      return count * from[domain]
          + floorSum(count, steps, second - first)
          - floorSum(count, steps, secondBefore - firstBefore);
    }

    /**
     * Returns the sum of floor(a k / m) over 0 &lt;= k &lt; n, for n &lt;= m, in O(log m): Euclid's
     * algorithm on the lattice points under a line (Graham, Knuth and Patashnik, Concrete
     * Mathematics, section 3.5).
     */
    static long floorSum(long n, long m, long a) {
      long sum = Math.floorDiv(a, m) * (n * (n - 1) / 2);
      long count = n;
      long modulus = m;
      long slope = Math.floorMod(a, m);
      long shift = 0;
      while (true) {
        long top = slope * count + shift;
        if (top < modulus) {
          return sum;
        }
        // Counts the points by rows instead of columns; slope < modulus, so rows are fewer.
        count = top / modulus;
        shift = top % modulus;
        long next = modulus;
        modulus = slope;
        slope = next;
        sum += (slope / modulus) * (count * (count - 1) / 2) + (shift / modulus) * count;
        slope %= modulus;
        shift %= modulus;
      }
    }
  }
}
