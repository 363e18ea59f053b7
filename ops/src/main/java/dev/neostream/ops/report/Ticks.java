package dev.neostream.ops.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Marks of an axis: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param step distance of two of them
 * @param first the lowest, as a multiple of {@code step}
 * @param last the highest, as a multiple of {@code step}
 */
record Ticks(double step, long first, long last) {

  /**
   * Returns the marks around a range: the first is not above it, the last not below.
   *
   * @param about how many distances there may be within the range
   */
  static Ticks around(double least, double most, int about) {
    double step = step((most - least) / about);
    return new Ticks(
        step, (long) Math.floor(least / step + 1e-9), (long) Math.ceil(most / step - 1e-9));
  }

  /** Returns the marks within a range of whole numbers, which are whole too. */
  static Ticks within(double least, double most, int about) {
    double step = Math.max(1, step((most - least) / about));
    return new Ticks(
        step, (long) Math.ceil(least / step - 1e-9), (long) Math.floor(most / step + 1e-9));
  }

  /** Returns the smallest step that is not below {@code least}. */
  private static double step(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= least * (1 - 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  List<Double> values() {
    var values = new ArrayList<Double>();
    for (long i = first; i <= last; i++) {
      values.add(i * step);
    }
    return values;
  }

  /** Returns a mark with as many decimals as tell it from the next. */
  String label(double value) {
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}
