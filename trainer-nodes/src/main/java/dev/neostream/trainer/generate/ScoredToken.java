package dev.neostream.trainer.generate;

import java.util.Map;
import java.util.Optional;

/**
 * A token of a completion and how likely it was.
 *
 * @param token its piece, {@code </s>} and {@code <0x0A>} for those without a text of their own
 * @param offset where it begins in the completion's text, code points
 * @param score empty for a prompt's first token, which nothing predicts
 */
public record ScoredToken(String token, int offset, Optional<Score> score) {

  /**
   * How likely a token was.
   *
   * @param logProbability nats
   * @param top the same of the likeliest tokens and of this one, likeliest first
   */
  public record Score(double logProbability, Map<String, Double> top) {}
}
