package dev.neostream.tokens.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.neostream.tokens.chat.Refusal.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads conversations and preference pairs from JSON objects of the forms in use, told apart by
 * their fields:
 *
 * <pre>
 *   Alpaca     {"instruction": TEXT, "input": TEXT, "output": TEXT}
 *              optional "system": TEXT, "history": [[QUESTION, ANSWER], ...]
 *   ShareGPT   {"conversations": [{"from": ROLE, "value": TEXT}, ...]}  optional "system": TEXT
 *   OpenAI     {"messages": [{"role": ROLE, "content": TEXT}, ...]}
 *   pair       a prompt with "chosen": ANSWER and "rejected": ANSWER
 *
 *   ROLE       system | user, human | assistant, gpt
 *   prompt     "prompt": TEXT or turns, or the fields of a form above without an answer
 *   ANSWER     TEXT, a turn, or turns of which the last is the answer and the others the prompt
 * </pre>
 *
 * <p>Turns may be written in either way. An instruction and its input are one turn, a newline
 * between. Other fields are the owner's notes and not read.
 */
final class ChatRecords {

  private ChatRecords() {}

  /**
   * Returns the conversation of a record.
   *
   * @throws RefusedConversationException if it is of no form above, is a pair, or does not hold
   *     what its form and {@link Conversation} ask
   */
  static Conversation conversation(JsonNode record) {
    requireObject(record);
    if (isPair(record)) {
      throw new RefusedConversationException(
          Reason.UNKNOWN_FORM,
          "a conversation is asked for, with one answer: fields chosen, rejected make it a pair");
    }
    List<Turn> turns = turns(record);
    if (record.has("instruction")) {
      turns.add(new Turn(Role.ASSISTANT, text(record, "output")));
    }
    return new Conversation(turns);
  }

  /**
   * Returns the pair of a record.
   *
   * @throws RefusedConversationException if it is no pair, or does not hold what {@link
   *     PreferencePair} asks
   */
  static PreferencePair pair(JsonNode record) {
    requireObject(record);
    if (!isPair(record)) {
      throw new RefusedConversationException(
          Reason.UNKNOWN_FORM,
          "a preference pair must have the fields chosen and rejected: fields=" + names(record));
    }
    List<Turn> chosen = answer(record, "chosen");
    List<Turn> rejected = answer(record, "rejected");
    List<Turn> prompt = hasPrompt(record) ? prompt(record) : before(chosen);
    requirePrompt("chosen", chosen, prompt);
    requirePrompt("rejected", rejected, prompt);
    return new PreferencePair(prompt, last(chosen), last(rejected));
  }

  private static void requireObject(JsonNode record) {
    if (!record.isObject()) {
      throw new RefusedConversationException(
          Reason.NOT_JSON, "a record must be a JSON object: " + type(record));
    }
  }

  private static boolean isPair(JsonNode record) {
    return record.has("chosen") || record.has("rejected");
  }

  private static boolean hasPrompt(JsonNode record) {
    return record.has("prompt")
        || record.has("instruction")
        || record.has("conversations")
        || record.has("messages");
  }

  private static List<Turn> prompt(JsonNode record) {
    JsonNode prompt = record.path("prompt");
    if (prompt.isMissingNode()) {
      return turns(record);
    }
    return prompt.isTextual()
        ? List.of(new Turn(Role.USER, prompt.textValue()))
        : turns(prompt, "prompt");
  }

  /** The turns of a record, of Alpaca's form without the answer. */
  private static List<Turn> turns(JsonNode record) {
    List<Turn> turns = new ArrayList<>();
    String system = optional(record, "system");
    if (!system.isBlank()) {
      turns.add(new Turn(Role.SYSTEM, system));
    }
    if (record.has("messages")) {
      turns.addAll(turns(record.path("messages"), "messages"));
    } else if (record.has("conversations")) {
      turns.addAll(turns(record.path("conversations"), "conversations"));
    } else if (record.has("instruction")) {
      addHistory(turns, record.path("history"));
      String instruction = text(record, "instruction");
      String input = optional(record, "input");
      turns.add(new Turn(Role.USER, input.isBlank() ? instruction : instruction + "\n" + input));
    } else {
      throw new RefusedConversationException(
          Reason.UNKNOWN_FORM,
          "a record must have messages, conversations or instruction: fields=" + names(record));
    }
    return turns;
  }

  private static void addHistory(List<Turn> turns, JsonNode history) {
    if (history.isMissingNode() || history.isNull()) {
      return;
    }
    if (!history.isArray()) {
      throw wrong("history", "a list of [question, answer]", history);
    }
    for (JsonNode round : history) {
      if (!round.isArray()
          || round.size() != 2
          || !round.get(0).isTextual()
          || !round.get(1).isTextual()) {
        throw wrong("history", "a list of [question, answer]", round);
      }
      turns.add(new Turn(Role.USER, round.get(0).textValue()));
      turns.add(new Turn(Role.ASSISTANT, round.get(1).textValue()));
    }
  }

  private static List<Turn> answer(JsonNode record, String field) {
    JsonNode answer = record.path(field);
    if (answer.isTextual()) {
      return List.of(new Turn(Role.ASSISTANT, answer.textValue()));
    }
    List<Turn> turns = answer.isObject() ? List.of(turn(answer, field)) : turns(answer, field);
    if (turns.isEmpty() || turns.get(turns.size() - 1).role() != Role.ASSISTANT) {
      throw new RefusedConversationException(
          Reason.NO_ASSISTANT_TURN, field + " must end with a turn of the assistant");
    }
    return turns;
  }

  private static void requirePrompt(String field, List<Turn> answer, List<Turn> prompt) {
    if (answer.size() > 1 && !before(answer).equals(prompt)) {
      throw new RefusedConversationException(
          Reason.TURN_ORDER, field + ": the turns before an answer must be the pair's prompt");
    }
  }

  private static List<Turn> before(List<Turn> turns) {
    return turns.subList(0, turns.size() - 1);
  }

  private static String last(List<Turn> turns) {
    return turns.get(turns.size() - 1).text();
  }

  private static List<Turn> turns(JsonNode list, String field) {
    if (!list.isArray()) {
      throw wrong(field, "a list of turns", list);
    }
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      turns.add(turn(list.get(i), "%s[%d]".formatted(field, i)));
    }
    return turns;
  }

  private static Turn turn(JsonNode turn, String field) {
    boolean shareGpt = turn.has("from");
    JsonNode role = turn.path(shareGpt ? "from" : "role");
    JsonNode text = turn.path(shareGpt ? "value" : "content");
    if (!role.isTextual()) {
      throw wrong(field + (shareGpt ? ".from" : ".role"), "text", role);
    }
    if (!text.isTextual()) {
      throw wrong(field + (shareGpt ? ".value" : ".content"), "text", text);
    }
    return new Turn(role(role.textValue(), field), text.textValue());
  }

  private static Role role(String name, String field) {
    return switch (name) {
      case "system" -> Role.SYSTEM;
      case "user", "human" -> Role.USER;
      case "assistant", "gpt" -> Role.ASSISTANT;
      default ->
          throw new RefusedConversationException(
              Reason.UNKNOWN_ROLE,
              "%s: a role must be system, user, human, assistant or gpt: role=%s"
                  .formatted(field, name));
    };
  }

  private static String text(JsonNode record, String field) {
    JsonNode value = record.path(field);
    if (!value.isTextual()) {
      throw wrong(field, "text", value);
    }
    return value.textValue();
  }

  private static String optional(JsonNode record, String field) {
    return record.hasNonNull(field) ? text(record, field) : "";
  }

  private static RefusedConversationException wrong(String field, String what, JsonNode value) {
    return new RefusedConversationException(
        Reason.WRONG_FIELD, "%s must be %s: %s".formatted(field, what, type(value)));
  }

  private static String type(JsonNode value) {
    return value.isMissingNode() ? "it is missing" : "it is " + value.getNodeType();
  }

  private static List<String> names(JsonNode record) {
    List<String> names = new ArrayList<>();
    record.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
