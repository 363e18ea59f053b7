package dev.neostream.clean.rule;

import java.util.function.ToDoubleFunction;

/** A measure that is a part of a whole, from 0 to 1, so a threshold beyond can never decide. */
@FunctionalInterface
public interface Share extends Measure {

  /** Returns the measure {@code part / whole}, 0 for a part of nothing. */
  static Share of(ToDoubleFunction<Page> part, ToDoubleFunction<Page> whole) {
    ToDoubleFunction<Page> ratio = ratio(part, whole);
    return ratio::applyAsDouble;
  }

  /**
   * Returns a share that first tries a bound.
   *
   * @param value the exact value
   * @param bound a number at least as large, perhaps above 1
   */
  static Share bounded(ToDoubleFunction<Page> value, ToDoubleFunction<Page> bound) {
    Measure measure = Measure.bounded(value, bound);
    return new Share() {
      @Override
      public double applyAsDouble(Page page) {
        return measure.applyAsDouble(page);
      }

      @Override
      public boolean passes(Page page, Range range) {
        return measure.passes(page, range);
      }
    };
  }

  /** Returns the measure {@code count / per}, which may exceed 1, and 0 where {@code per} is 0. */
  static ToDoubleFunction<Page> ratio(ToDoubleFunction<Page> count, ToDoubleFunction<Page> per) {
    return page -> {
      double whole = per.applyAsDouble(page);
      return whole == 0 ? 0 : count.applyAsDouble(page) / whole;
    };
  }
}
