package dev.neostream.trainer.align;

import dev.neostream.tokens.chat.RenderedConversation;
import dev.neostream.trainer.model.Decoder;
import java.util.List;

/**
 * What a model loses on answers that it was not trained on, each conversation by itself.
 *
 * @param loss summed cross-entropy of the answers' tokens, nats
 * @param tokens how many these are
 */
public record AnswerLoss(double loss, long tokens) {

  /**
   * Evaluates a decoder's current parameters.
   *
   * @param conversations each at most {@code maxSequence + 1} ids long
   */
  static AnswerLoss of(Decoder decoder, List<RenderedConversation> conversations) {
    double loss = 0;
    long tokens = 0;
    for (RenderedConversation conversation : conversations) {
      float[] of = decoder.logProbabilities(new int[][] {conversation.ids()})[0];
      for (int i = 0; i < of.length; i++) {
        if (conversation.answers()[i + 1]) {
          loss -= of[i];
          tokens++;
        }
      }
    }
    return new AnswerLoss(loss, tokens);
  }

  /** Mean loss, nats a token; NaN where there are none. */
  public double mean() {
    return loss / tokens;
  }
}
