package dev.neostream.clean.rule;

/**
 * Values a measure may have. Not a number lies in no range.
 *
 * @param min smallest, negative infinity for none
 * @param max largest, positive infinity for none
 * @param minExclusive whether {@code min} itself lies outside
 * @param maxExclusive whether {@code max} itself lies outside
 */
public record Range(double min, double max, boolean minExclusive, boolean maxExclusive) {

  /** A range with both ends included. */
  public Range(double min, double max) {
    this(min, max, false, false);
  }

  public Range {
    if (!(min <= max)) {
      throw new IllegalArgumentException("min must be <= max: min=" + min + ", max=" + max);
    }
  }

  public boolean contains(double value) {
    return (minExclusive ? value > min : value >= min)
        && (maxExclusive ? value < max : value <= max);
  }

  /** Returns the range as people write it: {@code >= 50 and < 100000}. */
  @Override
  public String toString() {
    String lower =
        min == Double.NEGATIVE_INFINITY ? "" : (minExclusive ? "> " : ">= ") + number(min);
    String upper =
        max == Double.POSITIVE_INFINITY ? "" : (maxExclusive ? "< " : "<= ") + number(max);
    return lower + (lower.isEmpty() || upper.isEmpty() ? "" : " and ") + upper;
  }

  /** Returns a value as text, whole numbers without a fraction. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
