package dev.neostream.ops;

/** Says in one line why something failed. */
public final class Reason {

  private Reason() {}

  /**
   * Returns what failed and, if that is not all of it, the first cause: with the name of its class
   * unless it is a sentence of this program's.
   */
  public static String of(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && !(root instanceof UserError)) {
      root = root.getCause();
    }
    String why = inOwnWords(root) ? root.getMessage() : root.toString();
    return root == failure ? why : failure.getMessage() + ": " + why;
  }

  private static boolean inOwnWords(Throwable failure) {
    return failure.getMessage() != null
        && (failure instanceof UserError
            || failure instanceof IllegalStateException
            || failure instanceof IllegalArgumentException);
  }
}
