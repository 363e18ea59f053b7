package dev.neostream.trainer.generate;

import java.util.List;
import java.util.OptionalInt;

/**
 * A text to be continued.
 *
 * @param prompt at least one id
 * @param maxTokens most tokens to generate
 * @param sampling how they are drawn
 * @param stop texts that end the completion and are not part of it, none empty
 * @param echo whether the prompt is part of the completion
 * @param logProbabilities how many of the likeliest ids to name for every token; empty scores none
 */
public record CompletionRequest(
    int[] prompt,
    int maxTokens,
    Sampling sampling,
    List<String> stop,
    boolean echo,
    OptionalInt logProbabilities) {

  public CompletionRequest {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("a prompt must hold at least one id");
    }
    if (maxTokens < 0) {
      throw new IllegalArgumentException("maxTokens must be >= 0: maxTokens=" + maxTokens);
    }
    if (stop.contains("")) {
      throw new IllegalArgumentException("a stop string must not be empty: stop=" + stop);
    }
    if (logProbabilities.orElse(0) < 0) {
      throw new IllegalArgumentException(
          "logProbabilities must be >= 0: logProbabilities=" + logProbabilities.getAsInt());
    }
    stop = List.copyOf(stop);
  }
}
