package dev.neostream.tokens.chat;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.neostream.tokens.chat.Refusal.Reason;
import java.util.Arrays;
import java.util.List;

/**
 * A preference pair as token ids. Of each conversation the last answer alone is marked: earlier
 * ones are part of the prompt.
 *
 * @param promptTokens ids that both conversations begin with, up to where the answers stand
 */
public record RenderedPair(
    RenderedConversation chosen, RenderedConversation rejected, int promptTokens) {

  /** Number of ids of the longer conversation. */
  public int length() {
    return Math.max(chosen.ids().length, rejected.ids().length);
  }

  /**
   * Returns the pair with at most so many ids of each conversation: an answer that is longer breaks
   * off, without the mark of its end.
   *
   * @throws RefusedConversationException if nothing is left in which the answers differ
   */
  public RenderedPair cut(int length) {
    var cut = new RenderedPair(cut(chosen, length), cut(rejected, length), promptTokens);
    if (Arrays.equals(cut.chosen.ids(), cut.rejected.ids())) {
      throw new RefusedConversationException(
          Reason.TOO_LONG,
          "chosen and rejected must differ in what fits: ids=%d, of the prompt=%d, fit=%d"
              .formatted(length(), promptTokens, length));
    }
    return cut;
  }

  private static RenderedConversation cut(RenderedConversation conversation, int length) {
    int left = Math.min(length, conversation.ids().length);
    return new RenderedConversation(
        Arrays.copyOf(conversation.ids(), left), Arrays.copyOf(conversation.answers(), left));
  }

  /** Returns XXH3-64 of both conversations' ids: what a pair is known by, as it has no name. */
  public long hash() {
    HashStream64 hash = Hashing.xxh3_64().hashStream();
    return hash.putIntArray(chosen.ids()).putIntArray(rejected.ids()).getAsLong();
  }

  /** Returns XXH3-64 of all pairs in order: equal when training is on the same. */
  public static long hash(List<RenderedPair> pairs) {
    HashStream64 hash = Hashing.xxh3_64().hashStream();
    pairs.forEach(pair -> hash.putLong(pair.hash()));
    return hash.getAsLong();
  }

  /** Returns seeded XXH3-64 of the prompt's ids: equal for all pairs that answer one question. */
  public long promptHash(long seed) {
    int[] prompt = Arrays.copyOf(chosen.ids(), promptTokens);
    return Hashing.xxh3_64(seed).hashStream().putIntArray(prompt).getAsLong();
  }
}
