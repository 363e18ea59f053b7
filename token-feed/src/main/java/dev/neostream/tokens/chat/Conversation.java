package dev.neostream.tokens.chat;

import dev.neostream.tokens.chat.Refusal.Reason;
import java.util.List;

/**
 * Turns with at least one answer, in order. A system turn is the first one; no turn is blank. Which
 * roles may follow each other is the {@link ChatTemplate}'s to say.
 *
 * @param turns in the order they were said
 */
public record Conversation(List<Turn> turns) {

  /**
   * @throws RefusedConversationException if a turn is blank or has half of a surrogate pair, a
   *     system turn is not the first, or no turn is the assistant's
   */
  public Conversation {
    turns = List.copyOf(turns);
    requireTurns(turns);
    if (turns.stream().noneMatch(turn -> turn.role() == Role.ASSISTANT)) {
      throw new RefusedConversationException(
          Reason.NO_ASSISTANT_TURN,
          "a conversation must have a turn of the assistant: turns=" + turns.size());
    }
  }

  /** What must hold of turns with or without an answer. */
  static void requireTurns(List<Turn> turns) {
    for (int i = 0; i < turns.size(); i++) {
      Role role = turns.get(i).role();
      if (turns.get(i).text().isBlank()) {
        throw new RefusedConversationException(
            Reason.EMPTY_TURN, "a turn must not be empty: role=%s, turn=%d".formatted(role, i + 1));
      }
      requireCharacters("role=%s, turn=%d".formatted(role, i + 1), turns.get(i).text());
      if (role == Role.SYSTEM && i > 0) {
        throw new RefusedConversationException(
            Reason.LATE_SYSTEM, "a system turn must be the first: turn=" + (i + 1));
      }
    }
  }

  /** JSON can write half of a surrogate pair; UTF-8, and so a tokenizer, cannot. */
  static void requireCharacters(String where, String text) {
    boolean lone = text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE);
    if (lone) {
      throw new RefusedConversationException(
          Reason.LONE_SURROGATE, "a text must not hold half of a surrogate pair: " + where);
    }
  }
}
