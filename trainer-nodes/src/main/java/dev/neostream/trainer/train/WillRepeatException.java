package dev.neostream.trainer.train;

/**
 * A failure that the next start from the same checkpoint would bring about again, so that starting
 * again is in vain: what is at fault is the data, the configuration or the checkpoint.
 */
public final class WillRepeatException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  /**
   * @param message what must hold, what does not, and where
   */
  public WillRepeatException(String message) {
    super(message);
  }
}
