package dev.neostream.clean.rule;

import java.util.function.ToDoubleFunction;

/**
 * A number a rule looks at. Whether it passes is often known before its value is: a count can stop
 * at its threshold, and a cheap bound can lie inside the range. {@link #passes} says so, and {@link
 * #applyAsDouble} stays exact for rejections and explanations.
 */
@FunctionalInterface
public interface Measure extends ToDoubleFunction<Page> {

  /** Returns {@code range.contains(applyAsDouble(page))}, perhaps without computing the value. */
  default boolean passes(Page page, Range range) {
    return range.contains(applyAsDouble(page));
  }

  /**
   * Returns a measure that first tries a bound.
   *
   * @param value the exact value, a number on every page
   * @param bound a number at least as large
   */
  static Measure bounded(ToDoubleFunction<Page> value, ToDoubleFunction<Page> bound) {
    return new Measure() {
      @Override
      public double applyAsDouble(Page page) {
        return value.applyAsDouble(page);
      }

      @Override
      public boolean passes(Page page, Range range) {
        return range.min() == Double.NEGATIVE_INFINITY && range.contains(bound.applyAsDouble(page))
            || range.contains(applyAsDouble(page));
      }
    };
  }
}
