package dev.neostream.tokens.chat;

import java.util.Locale;

/**
 * Why a record of a file is not used.
 *
 * @param reason what it is counted under
 * @param message the file, the record's place in it, the field, what must hold and what was found
 */
public record Refusal(Reason reason, String message) {

  /** What refusals are counted by. */
  public enum Reason {
    /** The line or array element is not a JSON object. */
    NOT_JSON,
    /** It has the fields of no known form, or of one that is not asked for. */
    UNKNOWN_FORM,
    /** A field is missing or of another type than its form says. */
    WRONG_FIELD,
    /** A role that no form has. */
    UNKNOWN_ROLE,
    /** A turn without text. */
    EMPTY_TURN,
    /** A text with half of a surrogate pair, which is no character. */
    LONE_SURROGATE,
    /** A system turn that is not the first. */
    LATE_SYSTEM,
    /** Nothing to learn. */
    NO_ASSISTANT_TURN,
    /** Two turns of one role in a row, or an answer before any question. */
    TURN_ORDER,
    /** A preference pair whose answers are equal. */
    EQUAL_PAIR,
    /** Longer than a block, which never cuts a conversation. */
    TOO_LONG;

    /** The reason as reports show it, such as {@code equal-pair}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
