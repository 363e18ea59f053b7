package dev.neostream.trainer.scaling;

import java.util.List;

/**
 * A form of the loss L(N, D) of N parameters after D tokens, in nats; coefficients are positive
 * numbers, in the order of {@link #names}.
 */
public enum ScalingLaw {
  /**
   * L = A / N^alpha + B / D^beta + E - d ln D (MAP-Neo, arXiv 2405.19327, section 8). Falls below
   * every bound as D grows: it is meant for as many tokens as are trained on, not for the limit.
   */
  NEO("A", "alpha", "B", "beta", "E", "d") {
    @Override
    double[] terms(double n, double d, double alpha, double beta) {
      return new double[] {Math.pow(n, -alpha), Math.pow(d, -beta), 1, -Math.log(d)};
    }

    @Override
    double[] coefficients(double alpha, double beta, double[] w) {
      return new double[] {w[0], alpha, w[1], beta, w[2], w[3]};
    }

    @Override
    public double loss(double[] c, double n, double d) {
      return c[0] * Math.pow(n, -c[1]) + c[2] * Math.pow(d, -c[3]) + c[4] - c[5] * Math.log(d);
    }

    @Override
    double slope(double[] c, double n, double d) {
      return -c[1] * c[0] * Math.pow(n, -c[1]) + c[3] * c[2] * Math.pow(d, -c[3]) + c[5];
    }
  },

  /** L = A / N^alpha + B / D^beta + E (Hoffmann et al. 2022, arXiv 2203.15556, equation 2). */
  CHINCHILLA("A", "alpha", "B", "beta", "E") {
    @Override
    double[] terms(double n, double d, double alpha, double beta) {
      return new double[] {Math.pow(n, -alpha), Math.pow(d, -beta), 1};
    }

    @Override
    double[] coefficients(double alpha, double beta, double[] w) {
      return new double[] {w[0], alpha, w[1], beta, w[2]};
    }

    @Override
    public double loss(double[] c, double n, double d) {
      return c[0] * Math.pow(n, -c[1]) + c[2] * Math.pow(d, -c[3]) + c[4];
    }

    @Override
    double slope(double[] c, double n, double d) {
      return -c[1] * c[0] * Math.pow(n, -c[1]) + c[3] * c[2] * Math.pow(d, -c[3]);
    }
  },

  /**
   * L = ((Nc / N)^(alpha / beta) + Dc / D)^beta (Kaplan et al. 2020, arXiv 2001.08361, equation
   * 1.5).
   */
  OPENAI("Nc", "alpha", "Dc", "beta") {
    @Override
    double[] terms(double n, double d, double alpha, double beta) {
      return new double[] {Math.pow(n, -alpha / beta), 1 / d};
    }

    @Override
    double target(double loss, double beta) {
      return Math.pow(loss, 1 / beta);
    }

    @Override
    double[] coefficients(double alpha, double beta, double[] w) {
      return new double[] {Math.pow(w[0], beta / alpha), alpha, w[1], beta};
    }

    @Override
    public double loss(double[] c, double n, double d) {
      return Math.pow(Math.pow(c[0] / n, c[1] / c[3]) + c[2] / d, c[3]);
    }

    @Override
    double slope(double[] c, double n, double d) {
      // Of what is raised to beta, which is least where the loss is.
      return -c[1] / c[3] * Math.pow(c[0] / n, c[1] / c[3]) + c[2] / d;
    }
  },

  /**
   * L = d / (N^alpha D^beta) + A / N^alpha + B / D^beta + E (Qu et al. 2024, arXiv 2404.06393, the
   * symbolic music law without its term for repeated data).
   */
  SMS("A", "alpha", "B", "beta", "E", "d") {
    @Override
    double[] terms(double n, double d, double alpha, double beta) {
      double a = Math.pow(n, -alpha);
      double b = Math.pow(d, -beta);
      return new double[] {a, b, 1, a * b};
    }

    @Override
    double[] coefficients(double alpha, double beta, double[] w) {
      return new double[] {w[0], alpha, w[1], beta, w[2], w[3]};
    }

    @Override
    public double loss(double[] c, double n, double d) {
      double a = Math.pow(n, -c[1]);
      double b = Math.pow(d, -c[3]);
      return c[0] * a + c[2] * b + c[4] + c[5] * a * b;
    }

    @Override
    double slope(double[] c, double n, double d) {
      double a = Math.pow(n, -c[1]);
      double b = Math.pow(d, -c[3]);
      return -c[1] * c[0] * a + c[3] * c[2] * b + (c[3] - c[1]) * c[5] * a * b;
    }
  };

  private final List<String> names;

  ScalingLaw(String... names) {
    this.names = List.of(names);
  }

  /** Returns the names of the coefficients, as the papers call them. */
  public List<String> names() {
    return names;
  }

  /** Returns the loss that coefficients predict. */
  public abstract double loss(double[] coefficients, double n, double d);

  /**
   * Returns something of the sign of dL / d ln N where 6 N D stays what it is; it grows with N, so
   * the loss has one lowest place on a budget.
   */
  abstract double slope(double[] coefficients, double n, double d);

  /** Returns what {@link #target} is a sum of, given the exponents; weights are not negative. */
  abstract double[] terms(double n, double d, double alpha, double beta);

  /** Returns what is linear in the weights of {@link #terms}. */
  double target(double loss, double beta) {
    return loss;
  }

  /** Returns the coefficients for exponents and weights. */
  abstract double[] coefficients(double alpha, double beta, double[] weights);
}
