package dev.neostream.trainer.align;

import dev.neostream.tokens.chat.RenderedConversation;
import dev.neostream.tokens.chat.RenderedPair;
import dev.neostream.trainer.model.Decoder;
import java.util.Arrays;

/**
 * How likely a model finds the two answers of a pair: log pi(y | x), nats, summed over the answer's
 * tokens.
 *
 * @param chosen of the answer preferred
 * @param rejected of the other one
 */
public record PairScore(double chosen, double rejected) {

  /**
   * Scores a pair by a decoder's current parameters. A pair is always scored alone and in the same
   * shape, so equal parameters give equal bits.
   *
   * @throws IllegalArgumentException if a conversation is longer than {@code maxSequence + 1} ids
   */
  public static PairScore of(Decoder decoder, RenderedPair pair) {
    float[][] logProbabilities = decoder.logProbabilities(rows(pair));
    return new PairScore(
        sum(logProbabilities[0], pair.chosen()), sum(logProbabilities[1], pair.rejected()));
  }

  /**
   * The two conversations as rows of one length. What fills the shorter one up has no influence: it
   * comes after all that is read, and has no weight.
   */
  static int[][] rows(RenderedPair pair) {
    int length = Math.max(pair.chosen().ids().length, pair.rejected().ids().length);
    return new int[][] {
      Arrays.copyOf(pair.chosen().ids(), length), Arrays.copyOf(pair.rejected().ids(), length)
    };
  }

  private static double sum(float[] logProbabilities, RenderedConversation conversation) {
    double sum = 0;
    for (int i = 1; i < conversation.ids().length; i++) {
      sum += conversation.answers()[i] ? logProbabilities[i - 1] : 0;
    }
    return sum;
  }
}
