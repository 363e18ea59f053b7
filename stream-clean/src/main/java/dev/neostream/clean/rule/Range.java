package dev.neostream.clean.rule;

/**
 * Values a measure may have.
 *
 * @param min smallest, negative infinity for none
 * @param minIncluded whether {@code min} itself is in the range
 * @param max largest, positive infinity for none
 * @param maxIncluded whether {@code max} itself is in the range
 */
public record Range(double min, boolean minIncluded, double max, boolean maxIncluded) {

  /** Every number; {@code NaN} is in no range. */
  public static final Range ALL = new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  public Range {
    if (!(min <= max) || min == max && !(minIncluded && maxIncluded)) {
      throw new IllegalArgumentException(
          "a range must hold a value: range=" + describe(min, minIncluded, max, maxIncluded));
    }
  }

  /** Returns the range with both ends included. */
  public Range(double min, double max) {
    this(min, true, max, true);
  }

  public boolean contains(double value) {
    return (minIncluded ? value >= min : value > min) && (maxIncluded ? value <= max : value < max);
  }

  /** Returns the range as people write it: {@code >= 50 and <= 100000}, {@code < 0.3}. */
  @Override
  public String toString() {
    return describe(min, minIncluded, max, maxIncluded);
  }

  private static String describe(double min, boolean minIncluded, double max, boolean maxIncluded) {
    String lower =
        min == Double.NEGATIVE_INFINITY ? "" : (minIncluded ? ">= " : "> ") + number(min);
    String upper =
        max == Double.POSITIVE_INFINITY ? "" : (maxIncluded ? "<= " : "< ") + number(max);
    return lower + (lower.isEmpty() || upper.isEmpty() ? "" : " and ") + upper;
  }

  /** Returns a value as text, whole numbers without a fraction. */
  public static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
