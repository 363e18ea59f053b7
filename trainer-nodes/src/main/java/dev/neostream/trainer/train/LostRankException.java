package dev.neostream.trainer.train;

/**
 * The ranks can no longer add up: one is lost, or not heard of within the deadline. This rank holds
 * what it held after its last update, so that it may go on with others in a new generation.
 */
public final class LostRankException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  /**
   * @param message which rank, and in which sum
   */
  public LostRankException(String message, Throwable cause) {
    super(message, cause);
  }
}
