package dev.neostream.trainer.train;

import java.nio.FloatBuffer;

/**
 * Port through which ranks add up vectors. Every rank calls {@link #sum} with vectors of equal
 * length in the same order; the result is bit-identical on every rank.
 */
public interface GradientSync extends AutoCloseable {

  /** This rank, 0 .. ranks-1. */
  int rank();

  /** Number of ranks. */
  int ranks();

  /**
   * Replaces {@code values} (position to limit, both left as they are) by the element-wise sum over
   * all ranks, in one fixed order of additions. Blocks until the sum is complete.
   *
   * @param values native-order fp32 values, preferably direct
   * @throws LostRankException if a rank is lost or makes no progress within the deadline; the
   *     contents of {@code values} are then undefined
   */
  void sum(FloatBuffer values);

  @Override
  void close();
}
