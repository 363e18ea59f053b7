package dev.neostream.trainer.collective;

import java.time.Duration;

/**
 * One rank's place in a ring. The launcher gives all ranks of one launch the same run and
 * generation, and every launch on one media driver a higher generation, so that nothing left over
 * from an earlier launch is ever taken for this one's.
 *
 * @param run number of the run's launch, random
 * @param generation number of the launch, ≥ 0
 * @param rank 0 .. ranks-1
 * @param ranks number of ranks, ≥ 1
 * @param deadline longest time without progress before the ring is given up, > 0
 */
public record RingMember(long run, int generation, int rank, int ranks, Duration deadline) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one is violated
   */
  public RingMember {
    if (generation < 0) {
      throw new IllegalArgumentException("generation must be >= 0: generation=" + generation);
    }
    if (ranks < 1 || rank < 0 || rank >= ranks) {
      throw new IllegalArgumentException(
          "rank must be 0 .. ranks-1: rank=%d, ranks=%d".formatted(rank, ranks));
    }
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("deadline must be > 0: deadline=" + deadline);
    }
  }

  /** Returns the rank that this one sends to. */
  public int next() {
    return (rank + 1) % ranks;
  }

  /** Returns the rank that this one receives from. */
  public int previous() {
    return (rank + ranks - 1) % ranks;
  }
}
