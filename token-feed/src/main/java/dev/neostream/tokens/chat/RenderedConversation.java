package dev.neostream.tokens.chat;

/**
 * A conversation as token ids.
 *
 * @param ids all of it, markup included
 * @param answers whether the id at the same place is to be learned; never the first
 */
public record RenderedConversation(int[] ids, boolean[] answers) {

  public RenderedConversation {
    if (ids.length != answers.length) {
      throw new IllegalArgumentException(
          "every id must be marked: ids=" + ids.length + ", marks=" + answers.length);
    }
  }

  /** Number of ids to be learned. */
  public int answerTokens() {
    int tokens = 0;
    for (boolean answer : answers) {
      tokens += answer ? 1 : 0;
    }
    return tokens;
  }
}
