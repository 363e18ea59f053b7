package dev.neostream.trainer.scaling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.QRDecomposition;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.RealVector;
import org.hipparchus.optim.InitialGuess;
import org.hipparchus.optim.MaxEval;
import org.hipparchus.optim.SimpleValueChecker;
import org.hipparchus.optim.nonlinear.scalar.GoalType;
import org.hipparchus.optim.nonlinear.scalar.ObjectiveFunction;
import org.hipparchus.optim.nonlinear.scalar.noderiv.NelderMeadSimplex;
import org.hipparchus.optim.nonlinear.scalar.noderiv.SimplexOptimizer;
import org.hipparchus.optim.nonlinear.vector.leastsquares.LeastSquaresBuilder;
import org.hipparchus.optim.nonlinear.vector.leastsquares.LevenbergMarquardtOptimizer;
import org.hipparchus.optim.nonlinear.vector.leastsquares.MultivariateJacobianFunction;
import org.hipparchus.util.Pair;

/**
 * Fits a law to losses: the least Huber loss of the log loss, as in Hoffmann et al. 2022, section
 * 3.3, and MAP-Neo.
 *
 * <p>Given the two exponents a law is a sum of terms with weights that are not negative, so the
 * weights have one best value, and the search is one of two numbers: over a grid, then downhill
 * from its best places. From the best of these, all coefficients together. The same points give the
 * same coefficients, to the last bit.
 */
public final class ScalingFitter {

  private static final double LEAST_EXPONENT = 0.02;
  private static final double MOST_EXPONENT = 2.5;
  private static final int GRID = 32;
  private static final int STARTS = 12;
  private static final int MOST_STEPS = 20_000;
  // Below this share of the largest loss a weight is none.
  private static final double NOTHING = 1e-12;
  private static final double STEP = 1e-6;
  private static final int MOST_ROUNDS = 500;
  private static final double ENOUGH = 1e-14;
  private static final int LEAST_SIZES = 3;

  private final ScalingLaw law;
  private final List<LossPoint> points;

  private ScalingFitter(ScalingLaw law, List<LossPoint> points) {
    this.law = law;
    this.points = List.copyOf(points);
  }

  /**
   * Returns the best fit.
   *
   * @throws IllegalArgumentException if the points cannot tell the coefficients apart: there must
   *     be as many as coefficients, of 3 sizes, after 3 numbers of tokens at least (4 for NEO)
   */
  public static ScalingFit fit(ScalingLaw law, List<LossPoint> points) {
    require("points", points.size(), law.names().size(), law);
    require("sizes", sizes(points), LEAST_SIZES, law);
    require("numbers of tokens", lengths(points), leastLengths(law), law);
    var fitter = new ScalingFitter(law, points);
    return ScalingFit.of(law, fitter.polished(fitter.start()));
  }

  private static void require(String what, long found, int least, ScalingLaw law) {
    if (found < least) {
      throw new IllegalArgumentException(
          "law "
              + law.name().toLowerCase(Locale.ROOT)
              + " needs at least "
              + least
              + " different "
              + what
              + ": "
              + what
              + "="
              + found);
    }
  }

  private static long sizes(List<LossPoint> points) {
    return points.stream().mapToDouble(LossPoint::n).distinct().count();
  }

  private static long lengths(List<LossPoint> points) {
    return points.stream().mapToDouble(LossPoint::d).distinct().count();
  }

  private static int leastLengths(ScalingLaw law) {
    return law == ScalingLaw.NEO ? LEAST_SIZES + 1 : LEAST_SIZES;
  }

  /**
   * Returns the interval of each coefficient in which the middle 95 % of fits to points drawn with
   * replacement lie.
   *
   * @param fit best fit to the points
   * @param draws number of such fits
   */
  public static Map<String, double[]> intervals(
      ScalingFit fit, List<LossPoint> points, int draws, long seed) {
    var random = new SplittableRandom(seed);
    ScalingLaw law = fit.law();
    double[][] drawn = new double[law.names().size()][draws];
    for (int draw = 0; draw < draws; draw++) {
      List<LossPoint> sample = new ArrayList<>();
      do {
        sample.clear();
        for (int i = 0; i < points.size(); i++) {
          sample.add(points.get(random.nextInt(points.size())));
        }
      } while (sizes(sample) < Math.min(LEAST_SIZES, sizes(points))
          || lengths(sample) < leastLengths(law));
      double[] values = new ScalingFitter(law, sample).polished(fit.values());
      for (int i = 0; i < values.length; i++) {
        drawn[i][draw] = values[i];
      }
    }
    var intervals = new LinkedHashMap<String, double[]>();
    for (int i = 0; i < drawn.length; i++) {
      Arrays.sort(drawn[i]);
      int outside = (int) (draws * 0.025);
      intervals.put(
          law.names().get(i), new double[] {drawn[i][outside], drawn[i][draws - 1 - outside]});
    }
    return intervals;
  }

  /** Returns the best coefficients by squares, from many starts. */
  private double[] start() {
    record Place(double[] logExponents, double squares) {}
    List<Place> grid = new ArrayList<>();
    for (int i = 0; i < GRID; i++) {
      for (int j = 0; j < GRID; j++) {
        double[] at = {logExponent(i), logExponent(j)};
        grid.add(new Place(at, squares(at)));
      }
    }
    return grid.stream()
        .sorted(Comparator.comparingDouble(Place::squares))
        .limit(STARTS)
        .map(place -> downhill(place.logExponents))
        .min(Comparator.comparingDouble(this::squares))
        .map(this::coefficients)
        .orElseThrow();
  }

  private static double logExponent(int i) {
    double low = Math.log(LEAST_EXPONENT);
    return low + i * (Math.log(MOST_EXPONENT) - low) / (GRID - 1);
  }

  private double[] downhill(double[] from) {
    return new SimplexOptimizer(new SimpleValueChecker(1e-15, 1e-30))
        .optimize(
            new MaxEval(MOST_STEPS),
            new ObjectiveFunction(this::squares),
            GoalType.MINIMIZE,
            new InitialGuess(from),
            new NelderMeadSimplex(2, 0.1))
        .getPoint();
  }

  private double[] coefficients(double[] logExponents) {
    double alpha = Math.exp(logExponents[0]);
    double beta = Math.exp(logExponents[1]);
    return law.coefficients(alpha, beta, weights(alpha, beta));
  }

  /** Returns the squares of relative errors under the best weights for the exponents. */
  private double squares(double[] logExponents) {
    double[] coefficients = coefficients(logExponents);
    double sum = 0;
    for (LossPoint point : points) {
      double error = law.loss(coefficients, point.n(), point.d()) / point.loss() - 1;
      sum += error * error;
    }
    return Double.isFinite(sum) ? sum : Double.MAX_VALUE;
  }

  /**
   * Returns the weights of least squares that are not negative: the best of those in which some are
   * 0 and the others solve the equations. There are 16 ways at most.
   */
  private double[] weights(double alpha, double beta) {
    int terms = law.terms(1, Math.E, alpha, beta).length;
    double[][] rows = new double[points.size()][];
    double[] targets = new double[points.size()];
    for (int i = 0; i < rows.length; i++) {
      LossPoint point = points.get(i);
      double target = law.target(point.loss(), beta);
      rows[i] = law.terms(point.n(), point.d(), alpha, beta);
      for (int j = 0; j < terms; j++) {
        rows[i][j] /= target;
      }
      targets[i] = 1;
    }
    double[] best = new double[terms];
    double least = Double.MAX_VALUE;
    for (int set = 1; set < 1 << terms; set++) {
      double[] weights = solve(rows, targets, set);
      double squares = 0;
      for (int i = 0; i < rows.length && weights != null; i++) {
        double error = -targets[i];
        for (int j = 0; j < terms; j++) {
          error += weights[j] * rows[i][j];
        }
        squares += error * error;
      }
      if (weights != null && squares < least) {
        least = squares;
        best = weights;
      }
    }
    return best;
  }

  /** Returns the weights of a set of terms, or null where one is negative or cannot be told. */
  private static double[] solve(double[][] rows, double[] targets, int set) {
    int terms = rows[0].length;
    int[] columns = new int[Integer.bitCount(set)];
    for (int j = 0, k = 0; j < terms; j++) {
      if ((set >> j & 1) != 0) {
        columns[k++] = j;
      }
    }
    if (columns.length > rows.length) {
      return null;
    }
    double[] scale = new double[columns.length];
    double[][] part = new double[rows.length][columns.length];
    for (int k = 0; k < columns.length; k++) {
      for (double[] row : rows) {
        scale[k] = Math.max(scale[k], Math.abs(row[columns[k]]));
      }
      if (scale[k] == 0 || !Double.isFinite(scale[k])) {
        return null;
      }
      for (int i = 0; i < rows.length; i++) {
        part[i][k] = rows[i][columns[k]] / scale[k];
      }
    }
    var solver = new QRDecomposition(new Array2DRowRealMatrix(part, false), 1e-14).getSolver();
    if (!solver.isNonSingular()) {
      return null;
    }
    RealVector solution = solver.solve(new ArrayRealVector(targets, false));
    double[] weights = new double[terms];
    for (int k = 0; k < columns.length; k++) {
      weights[columns[k]] = solution.getEntry(k) / scale[k];
      if (!(weights[columns[k]] >= 0)) {
        return null;
      }
    }
    return weights;
  }

  /**
   * Returns coefficients of less Huber loss: squares of log residuals by Levenberg-Marquardt on the
   * coefficients' logarithms, weighed so that they touch the Huber loss where it is, again and
   * again. No step makes it worse.
   */
  private double[] polished(double[] from) {
    double most = points.stream().mapToDouble(LossPoint::loss).max().orElseThrow();
    double[] logs = new double[from.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = Math.log(Math.max(from[i], NOTHING * most));
    }
    double huber = huber(residuals(logs));
    for (int round = 0; round < MOST_ROUNDS; round++) {
      double[] next = leastSquares(logs, weights(residuals(logs)));
      double less = huber(residuals(next));
      if (!(less < huber)) {
        break;
      }
      logs = next;
      if (huber - less <= ENOUGH * huber) {
        break;
      }
      huber = less;
    }
    return exponentials(logs);
  }

  private static double huber(double[] residuals) {
    return Arrays.stream(residuals).map(ScalingFit::huber).sum();
  }

  /** Returns the roots of the weights under which squares touch the Huber loss. */
  private static double[] weights(double[] residuals) {
    return Arrays.stream(residuals)
        .map(r -> Math.sqrt(Math.min(1, ScalingFit.HUBER_DELTA / Math.abs(r))))
        .toArray();
  }

  private double[] leastSquares(double[] logs, double[] weights) {
    return new LevenbergMarquardtOptimizer()
        .withCostRelativeTolerance(ENOUGH)
        .withParameterRelativeTolerance(ENOUGH)
        .withOrthoTolerance(ENOUGH)
        .optimize(
            new LeastSquaresBuilder()
                .start(logs)
                .model(weighed(weights))
                .target(new double[points.size()])
                .maxEvaluations(MOST_STEPS)
                .maxIterations(MOST_STEPS)
                .lazyEvaluation(false)
                .build())
        .getPoint()
        .toArray();
  }

  /** The weighed residuals, and how they change. */
  private MultivariateJacobianFunction weighed(double[] weights) {
    return at -> {
      double[] logs = at.toArray();
      double[] value = residuals(logs);
      RealMatrix slopes = new Array2DRowRealMatrix(value.length, logs.length);
      for (int j = 0; j < logs.length; j++) {
        double here = logs[j];
        logs[j] = here + STEP;
        double[] above = residuals(logs);
        logs[j] = here - STEP;
        double[] below = residuals(logs);
        logs[j] = here;
        for (int i = 0; i < value.length; i++) {
          slopes.setEntry(i, j, weights[i] * (above[i] - below[i]) / (2 * STEP));
        }
      }
      for (int i = 0; i < value.length; i++) {
        value[i] *= weights[i];
      }
      return new Pair<>(new ArrayRealVector(value, false), slopes);
    };
  }

  /** Returns ln of the predicted loss over the real one, for each point. */
  private double[] residuals(double[] logs) {
    double[] coefficients = exponentials(logs);
    double[] residuals = new double[points.size()];
    for (int i = 0; i < residuals.length; i++) {
      LossPoint point = points.get(i);
      double predicted = law.loss(coefficients, point.n(), point.d());
      // Where a law predicts no loss at all it is as wrong as it can be.
      residuals[i] = Math.log(Math.max(predicted, Double.MIN_NORMAL) / point.loss());
    }
    return residuals;
  }

  private static double[] exponentials(double[] logs) {
    return Arrays.stream(logs).map(Math::exp).toArray();
  }
}
