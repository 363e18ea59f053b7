package dev.neostream.ops.run;

/**
 * How often ranks that fail are started again: up to a number of times without a step of progress
 * in between. A run that goes on after each start is started again for ever.
 */
final class RestartPolicy {

  private final int maxRestarts;
  private int restarts;
  private long restartedAt = Long.MIN_VALUE;

  RestartPolicy(int maxRestarts) {
    this.maxRestarts = maxRestarts;
  }

  /**
   * Returns whether to start again.
   *
   * @param step last step done when the ranks failed, -1 before the first
   */
  boolean restarts(long step) {
    restarts = step > restartedAt ? 1 : restarts + 1;
    restartedAt = step;
    return restarts <= maxRestarts;
  }
}
