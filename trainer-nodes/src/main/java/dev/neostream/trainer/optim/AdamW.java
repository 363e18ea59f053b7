package dev.neostream.trainer.optim;

/**
 * Settings of Adam with decoupled weight decay (Loshchilov and Hutter, Decoupled Weight Decay
 * Regularization, algorithm 2):
 *
 * <pre>
 *   p -= lr weightDecay p                      (matrices only, norm weights are not decayed)
 *   m = beta1 m + (1 - beta1) g
 *   v = beta2 v + (1 - beta2) g g
 *   p -= lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the denominator, &gt; 0
 * @param weightDecay decay per unit of learning rate, &gt;= 0
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay) {

  public AdamW {
    requireBeta("beta1", beta1);
    requireBeta("beta2", beta2);
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("epsilon must be > 0: epsilon=" + epsilon);
    }
    if (!(weightDecay >= 0)) {
      throw new IllegalArgumentException("weightDecay must be >= 0: weightDecay=" + weightDecay);
    }
  }

  /** MAP-Neo's published settings: betas 0.9 and 0.95, epsilon 1e-8, weight decay 0.1. */
  public static AdamW mapNeo() {
    return new AdamW(0.9, 0.95, 1e-8, 0.1);
  }

  private static void requireBeta(String name, double beta) {
    if (!(beta >= 0 && beta < 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1): " + name + "=" + beta);
    }
  }
}
