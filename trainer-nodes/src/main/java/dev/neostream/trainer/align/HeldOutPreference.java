package dev.neostream.trainer.align;

import dev.neostream.tokens.chat.RenderedPair;
import dev.neostream.trainer.model.Decoder;
import java.util.List;
import java.util.Map;

/**
 * What a policy makes of pairs that it was not trained on; all NaN where there are none.
 *
 * @param pairs how many these are
 * @param loss mean loss, nats a pair
 * @param margin mean margin
 * @param accuracy share of pairs of positive margin, a margin of 0 counted as half: the reference
 *     itself has 0.5 by definition
 * @param ranking share of pairs whose chosen answer has the higher mean log-probability a token:
 *     what the model prefers without a reference
 * @param chosenLogRatio mean over the chosen answers' tokens of log pi - log ref, nats. It would
 *     estimate KL(pi || ref) if the answers were the policy's own; as they are not, it may be
 *     negative, and is where the policy moved to on what it should say
 * @param rejectedLogRatio the same of the rejected answers
 * @param chosenTokens mean length of the chosen answers
 * @param rejectedTokens mean length of the rejected ones
 */
public record HeldOutPreference(
    int pairs,
    double loss,
    double margin,
    double accuracy,
    double ranking,
    double chosenLogRatio,
    double rejectedLogRatio,
    double chosenTokens,
    double rejectedTokens) {

  /** Evaluates a decoder's current parameters. */
  static HeldOutPreference of(
      Decoder decoder,
      List<RenderedPair> pairs,
      Map<Long, PairScore> references,
      PreferenceLoss rule) {
    double loss = 0;
    double margin = 0;
    double correct = 0;
    double ranked = 0;
    double chosenRatio = 0;
    double rejectedRatio = 0;
    long chosenTokens = 0;
    long rejectedTokens = 0;
    for (RenderedPair pair : pairs) {
      PairScore policy = PairScore.of(decoder, pair);
      PairScore reference = references.get(pair.hash());
      int chosen = pair.chosen().answerTokens();
      int rejected = pair.rejected().answerTokens();
      PreferenceLoss.Term term = rule.of(policy, reference, chosen, rejected);
      loss += term.loss();
      margin += term.margin();
      correct += won(term.margin());
      ranked += won(policy.chosen() / chosen - policy.rejected() / rejected);
      chosenRatio += policy.chosen() - reference.chosen();
      rejectedRatio += policy.rejected() - reference.rejected();
      chosenTokens += chosen;
      rejectedTokens += rejected;
    }
    double n = pairs.size();
    return new HeldOutPreference(
        pairs.size(),
        loss / n,
        margin / n,
        correct / n,
        ranked / n,
        chosenRatio / chosenTokens,
        rejectedRatio / rejectedTokens,
        chosenTokens / n,
        rejectedTokens / n);
  }

  /** What a difference counts: a win 1, a draw a half. */
  static double won(double difference) {
    return (1 + Math.signum(difference)) / 2;
  }

  /** Standard error of a share of the pairs, taken as independent. */
  public double standardError(double share) {
    return Math.sqrt(share * (1 - share) / pairs);
  }
}
