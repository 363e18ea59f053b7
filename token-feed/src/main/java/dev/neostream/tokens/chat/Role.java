package dev.neostream.tokens.chat;

/** Who speaks. */
public enum Role {
  /** How the assistant is to behave, said once at the start. */
  SYSTEM,
  /** Who asks. */
  USER,
  /** Who answers: the only role whose words are learned. */
  ASSISTANT
}
