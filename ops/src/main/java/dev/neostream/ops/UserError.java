package dev.neostream.ops;

/**
 * A failure that the user can mend. The command line prints its message, one line, without a stack
 * trace, and exits with its code.
 */
public final class UserError extends RuntimeException {

  /** Exit code for a failure while running. */
  public static final int FAILED = 1;

  /** Exit code for wrong usage: arguments, missing inputs, a configuration that differs. */
  public static final int USAGE = 2;

  /** Exit code for asking something of a run that is not there or not running. */
  public static final int NOT_READY = 3;

  private final int exitCode;

  private UserError(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  public UserError(String message) {
    this(FAILED, message, null);
  }

  public UserError(String message, Throwable cause) {
    this(FAILED, message, cause);
  }

  public static UserError usage(String message) {
    return new UserError(USAGE, message, null);
  }

  public static UserError notReady(String message) {
    return new UserError(NOT_READY, message, null);
  }

  public int exitCode() {
    return exitCode;
  }
}
