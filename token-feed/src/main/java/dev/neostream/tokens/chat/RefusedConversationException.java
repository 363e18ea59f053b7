package dev.neostream.tokens.chat;

/** A record or conversation cannot be used; the message says what must hold, not where. */
public final class RefusedConversationException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final Refusal.Reason reason;

  /**
   * @param message what must hold and what was found, not where
   */
  public RefusedConversationException(Refusal.Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** What it is counted under. */
  public Refusal.Reason reason() {
    return reason;
  }
}
