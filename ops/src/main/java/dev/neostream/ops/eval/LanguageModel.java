package dev.neostream.ops.eval;

import java.io.IOException;
import java.util.List;

/** A model as evaluation sees it, wherever it runs. Not thread-safe. */
public interface LanguageModel extends AutoCloseable {

  /** Says which model this is, for the results. */
  ModelFacts facts();

  /** Returns the longest sequence that is scored, tokens. */
  int context();

  /** Returns the id that stands before a text's first: the end of the document before it. */
  int prefix();

  /**
   * Returns the ids of a text, none added.
   *
   * @throws IllegalArgumentException if it is not Unicode text
   */
  int[] encode(String text) throws IOException, InterruptedException;

  /**
   * Returns the log-probability, nats, of every id but the first given those before it: entry i is
   * of id i + 1.
   *
   * @param ids 1 to {@link #context} of them
   */
  double[] logProbabilities(int[] ids) throws IOException, InterruptedException;

  /**
   * Returns the likeliest continuation, always the same, up to a stop string, the end of the
   * document, or so many tokens.
   *
   * @param prompt at least one id, with {@code maxTokens} at most {@link #context} together
   */
  String generate(int[] prompt, int maxTokens, List<String> stops)
      throws IOException, InterruptedException;

  @Override
  void close();
}
