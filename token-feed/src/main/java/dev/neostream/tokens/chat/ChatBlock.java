package dev.neostream.tokens.chat;

/**
 * Whole conversations in a row of fixed length: what a model is trained on.
 *
 * @param ids T + 1 token ids, padded at the end
 * @param weights T weights, that of {@code ids[i + 1]} at i: 1 on answers, 0 elsewhere
 */
public record ChatBlock(int[] ids, float[] weights) {

  /** Number of predicted tokens of weight 1. */
  public int answerTokens() {
    int tokens = 0;
    for (float weight : weights) {
      tokens += weight > 0 ? 1 : 0;
    }
    return tokens;
  }
}
