package dev.neostream.ops.run;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has been started and must be closed: the last first, each whatever becomes of the others.
 */
public final class Parts implements AutoCloseable {

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Takes charge of a part and returns it. */
  public <T extends AutoCloseable> T keep(T part) {
    open.push(part);
    return part;
  }

  /**
   * Closes all parts.
   *
   * @throws IllegalStateException if any did not close well, once all have been asked to
   */
  @Override
  public void close() {
    RuntimeException problem = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        if (problem == null) {
          problem = new IllegalStateException("a part of the run did not stop well", e);
        } else {
          problem.addSuppressed(e);
        }
      }
    }
    if (problem != null) {
      throw problem;
    }
  }
}
