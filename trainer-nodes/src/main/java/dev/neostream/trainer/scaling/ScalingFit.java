package dev.neostream.trainer.scaling;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A law with coefficients.
 *
 * @param law the form
 * @param coefficients by name, in the order of {@link ScalingLaw#names}; none negative
 */
public record ScalingFit(ScalingLaw law, Map<String, Double> coefficients) {

  /** Where the Huber loss turns from square to linear, in log loss (MAP-Neo, section 8). */
  public static final double HUBER_DELTA = 1e-3;

  /** Operations that a token costs in training, for a parameter. */
  private static final double FLOPS = 6;

  public ScalingFit {
    var ordered = new LinkedHashMap<String, Double>();
    for (String name : law.names()) {
      Double value = coefficients.get(name);
      if (value == null || !(value >= 0) || value.isInfinite()) {
        throw new IllegalArgumentException(
            "law "
                + law.name().toLowerCase(Locale.ROOT)
                + " needs coefficients "
                + law.names()
                + ", each a number >= 0: "
                + name
                + "="
                + value);
      }
      ordered.put(name, value);
    }
    coefficients = Collections.unmodifiableMap(ordered);
  }

  static ScalingFit of(ScalingLaw law, double[] values) {
    var coefficients = new LinkedHashMap<String, Double>();
    for (int i = 0; i < values.length; i++) {
      coefficients.put(law.names().get(i), values[i]);
    }
    return new ScalingFit(law, coefficients);
  }

  double[] values() {
    return coefficients.values().stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Returns the loss of {@code n} parameters after {@code d} tokens, in nats. */
  public double loss(double n, double d) {
    return law.loss(values(), n, d);
  }

  /** Returns the share of the losses' variance that the law explains; 1 where it is exact. */
  public double r2(List<LossPoint> points) {
    double mean = points.stream().mapToDouble(LossPoint::loss).average().orElseThrow();
    double all = 0;
    double left = 0;
    for (LossPoint point : points) {
      all += Math.pow(point.loss() - mean, 2);
      left += Math.pow(point.loss() - loss(point.n(), point.d()), 2);
    }
    return 1 - left / all;
  }

  /** Returns the mean Huber loss of the log loss, see {@link #HUBER_DELTA}. */
  public double huber(List<LossPoint> points) {
    return points.stream().mapToDouble(point -> huber(logResidual(point))).average().orElseThrow();
  }

  /** Returns ln of the predicted loss over the real one. */
  public double logResidual(LossPoint point) {
    return Math.log(loss(point.n(), point.d()) / point.loss());
  }

  static double huber(double residual) {
    double size = Math.abs(residual);
    return size <= HUBER_DELTA ? size * size / 2 : HUBER_DELTA * (size - HUBER_DELTA / 2);
  }

  /**
   * What to train with a budget.
   *
   * @param n parameters
   * @param d tokens
   * @param loss predicted, nats
   */
  public record Optimum(double n, double d, double loss) {}

  /**
   * Returns the size and tokens of the lowest loss with 6 N D operations; for NEO that is where
   * {@code alpha A N^-alpha = beta B D^-beta + d}.
   *
   * @param flops budget, more than 6
   * @throws IllegalArgumentException if the loss has its lowest place at no size in between: the
   *     law does not say that both parameters and tokens help
   */
  public Optimum optimum(double flops) {
    double most = Math.log(flops / FLOPS);
    double[] c = values();
    if (!(most > 0) || slope(c, 0, most) >= 0 || slope(c, most, most) <= 0) {
      throw new IllegalArgumentException(
          "a budget must have a best size between 1 parameter and 1 token: flops="
              + flops
              + ", law="
              + law
              + ", coefficients="
              + coefficients);
    }
    double low = 0;
    double high = most;
    while (true) {
      double middle = (low + high) / 2;
      if (middle <= low || middle >= high) {
        double n = Math.exp(middle);
        double d = flops / FLOPS / n;
        return new Optimum(n, d, loss(n, d));
      }
      if (slope(c, middle, most) < 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
  }

  private double slope(double[] c, double logN, double most) {
    return law.slope(c, Math.exp(logN), Math.exp(most - logN));
  }
}
