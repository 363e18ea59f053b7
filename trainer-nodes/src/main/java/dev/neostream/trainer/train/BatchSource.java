package dev.neostream.trainer.train;

import dev.neostream.schemas.avro.TrainBatch;
import java.util.List;
import java.util.Optional;

/** Port through which a rank receives what to train on. Used by one thread. */
public interface BatchSource {

  /**
   * One global step, as far as this rank is concerned.
   *
   * @param plan the step's record
   * @param rows T + 1 token ids each: of {@code plan.rows}, in order, those with index r, r + N, r
   *     + 2N ... for rank r of N
   */
  record Batch(TrainBatch plan, int[][] rows) {}

  /**
   * A sequence that is never trained on.
   *
   * @param domain mixture domain
   * @param tokens T + 1 token ids
   */
  record HeldOut(String domain, int[] tokens) {}

  /**
   * Returns the batch of a step, or empty if it is not there after a short wait of the source's
   * choice: well below the all-reduce's deadline, because the other ranks wait too.
   *
   * @param step asked again while empty, and when the ranks are others; then the next higher one.
   *     The first may be any
   * @param rank whose rows
   * @param ranks number of ranks
   */
  Optional<Batch> next(long step, int rank, int ranks);

  /**
   * Returns the held-out set that the evaluation after a step is made on: the same however often
   * that is run again; 0 if it was not made; empty if a first set is not there after a short wait.
   * Decided on record, so asked on rank 0 alone, after each step in order.
   */
  Optional<Integer> heldOutSet(long step);

  /** Returns the sequences of a held-out set, the same on every rank, in the same order. */
  List<HeldOut> heldOut(int set);
}
