package dev.neostream.trainer.align;

/**
 * The loss of direct preference optimisation (DPO; Rafailov et al. 2023, arXiv 2305.18290), which
 * MAP-Neo trains with (arXiv 2405.19327, section on alignment, iterative DPO). Pure.
 *
 * <pre>
 *   pi, ref    policy and frozen reference      y_w, y_l   answer chosen, answer rejected
 *   |y|        tokens of an answer              n          |y| if length-normalised, else 1
 *
 *   margin = beta (log pi(y_w)/ref(y_w) / n_w - log pi(y_l)/ref(y_l) / n_l)
 *   loss   = -log sigmoid(margin) - sftWeight log pi(y_w) / |y_w|
 * </pre>
 *
 * @param beta how strongly the policy is held to the reference, &gt; 0; MAP-Neo's is not known
 * @param lengthNormalised whether log-ratios are means a token instead of sums: without it, a long
 *     answer counts more by its length alone (SimPO, Meng et al. 2024, arXiv 2405.14734, section
 *     2.2, there without a reference)
 * @param sftWeight weight of the chosen answer's own loss, &gt;= 0, 0 for none: keeps its
 *     probability from falling along with the rejected one's (RPO, Pang et al. 2024, arXiv
 *     2404.19733, equation 1; they divide by the tokens of prompt and answer)
 */
public record PreferenceLoss(double beta, boolean lengthNormalised, double sftWeight) {

  /**
   * A pair's loss.
   *
   * @param loss nats
   * @param margin the chosen answer's implicit reward over the rejected one's
   * @param dChosen derivative of the loss by log pi(y_w), the sum over its tokens
   * @param dRejected derivative of the loss by log pi(y_l), likewise
   */
  public record Term(double loss, double margin, double dChosen, double dRejected) {}

  public PreferenceLoss {
    if (!(beta > 0 && Double.isFinite(beta))) {
      throw new IllegalArgumentException("beta must be finite and > 0: beta=" + beta);
    }
    if (!(sftWeight >= 0 && Double.isFinite(sftWeight))) {
      throw new IllegalArgumentException(
          "sftWeight must be finite and >= 0: sftWeight=" + sftWeight);
    }
  }

  /**
   * Returns the loss of a pair and its derivatives.
   *
   * @param chosenTokens |y_w|, &gt;= 1
   * @param rejectedTokens |y_l|, &gt;= 1
   */
  public Term of(PairScore policy, PairScore reference, int chosenTokens, int rejectedTokens) {
    double chosenScale = beta / (lengthNormalised ? chosenTokens : 1);
    double rejectedScale = beta / (lengthNormalised ? rejectedTokens : 1);
    // Implicit rewards: equation 5 without the term of the prompt, which the difference cancels.
    double chosenReward = chosenScale * (policy.chosen() - reference.chosen());
    double rejectedReward = rejectedScale * (policy.rejected() - reference.rejected());
    double margin = chosenReward - rejectedReward;
    // Equation 7; the gradient's weight, sigmoid(-margin), is that of the equation after it.
    double wrong = sigmoid(-margin);
    return new Term(
        softplus(-margin) - sftWeight * policy.chosen() / chosenTokens,
        margin,
        -chosenScale * wrong - sftWeight / chosenTokens,
        rejectedScale * wrong);
  }

  /** log(1 + e^x), also where e^x is not a double. */
  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }
}
