package dev.neostream.trainer.align;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Batches of items that are read several times: a pure function of the seed and the step's number.
 * Each epoch has every item once, in an order of its own; its last batch has what is left.
 */
final class ShuffledEpochs<T> {

  private final List<T> items;
  private final int batch;
  private final long seed;
  private int shuffled = -1;
  private List<T> order = List.of();

  /**
   * @param batch items a step, &gt;= 1
   */
  ShuffledEpochs(List<T> items, int batch, long seed) {
    this.items = items;
    this.batch = batch;
    this.seed = seed;
  }

  /** Number of steps in which each of so many items is there once. */
  static long stepsAnEpoch(int items, int batch) {
    return (items + batch - 1L) / batch;
  }

  /** Returns the epoch of a step, both from 0. */
  int epoch(long step) {
    return (int) (step / stepsAnEpoch(items.size(), batch));
  }

  /** Returns the items of a step, from 0. */
  List<T> at(long step) {
    List<T> epoch = order(epoch(step));
    int from = (int) (step % stepsAnEpoch(items.size(), batch)) * batch;
    return epoch.subList(from, Math.min(from + batch, epoch.size()));
  }

  /** The items of an epoch in its order; that of the last one asked for is kept. */
  private List<T> order(int epoch) {
    if (epoch != shuffled) {
      List<T> all = new ArrayList<>(items);
      // Both Random and shuffle are specified to the bit.
      Collections.shuffle(all, new Random(31 * seed + epoch));
      order = all;
      shuffled = epoch;
    }
    return order;
  }
}
