package dev.neostream.clean.rule;

/**
 * Values a measure may have, both ends included.
 *
 * @param min smallest, negative infinity for none
 * @param max largest, positive infinity for none
 */
public record Range(double min, double max) {

  public Range {
    if (!(min <= max)) {
      throw new IllegalArgumentException("min must be <= max: min=" + min + ", max=" + max);
    }
  }

  public boolean contains(double value) {
    return value >= min && value <= max;
  }

  /** Returns the range as people write it: {@code >= 50 and <= 100000}. */
  @Override
  public String toString() {
    String lower = min == Double.NEGATIVE_INFINITY ? "" : ">= " + number(min);
    String upper = max == Double.POSITIVE_INFINITY ? "" : "<= " + number(max);
    return lower + (lower.isEmpty() || upper.isEmpty() ? "" : " and ") + upper;
  }

  /** Returns a value as text, whole numbers without a fraction. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
