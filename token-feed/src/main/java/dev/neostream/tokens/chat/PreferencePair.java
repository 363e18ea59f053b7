package dev.neostream.tokens.chat;

import dev.neostream.tokens.chat.Refusal.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * Two answers to the same question, of which one is preferred.
 *
 * @param prompt turns up to the question, the last one the user's
 * @param chosen the answer preferred
 * @param rejected the other one
 */
public record PreferencePair(List<Turn> prompt, String chosen, String rejected) {

  /**
   * @throws RefusedConversationException if the prompt does not end with a turn of the user, a turn
   *     or answer is blank or has half of a surrogate pair, or the answers are equal
   */
  public PreferencePair {
    prompt = List.copyOf(prompt);
    Conversation.requireTurns(prompt);
    if (prompt.isEmpty() || prompt.get(prompt.size() - 1).role() != Role.USER) {
      throw new RefusedConversationException(
          Reason.TURN_ORDER,
          "a pair's prompt must end with a turn of the user: turns=" + prompt.size());
    }
    requireText("chosen", chosen);
    requireText("rejected", rejected);
    if (chosen.equals(rejected)) {
      throw new RefusedConversationException(
          Reason.EQUAL_PAIR,
          "chosen and rejected must differ: both have %d characters".formatted(chosen.length()));
    }
  }

  /** Returns the prompt with the answer preferred. */
  public Conversation chosenConversation() {
    return with(chosen);
  }

  /** Returns the prompt with the other answer. */
  public Conversation rejectedConversation() {
    return with(rejected);
  }

  private Conversation with(String answer) {
    List<Turn> turns = new ArrayList<>(prompt);
    turns.add(new Turn(Role.ASSISTANT, answer));
    return new Conversation(turns);
  }

  private static void requireText(String field, String text) {
    if (text.isBlank()) {
      throw new RefusedConversationException(
          Reason.EMPTY_TURN, "%s: an answer must not be empty".formatted(field));
    }
    Conversation.requireCharacters(field, text);
  }
}
