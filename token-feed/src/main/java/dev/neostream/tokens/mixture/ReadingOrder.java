package dev.neostream.tokens.mixture;

import dev.neostream.tokens.mixture.DomainLanes.Cursor;
import java.util.Random;

/**
 * The order in which a domain's blocks are read: round by round, lanes in turn, shuffled inside
 * windows of some rounds. The order of a window is drawn from seed, domain, epoch and window alone,
 * so it is the same wherever reading starts.
 *
 * <p>A window is read only as its blocks come, and its first block may be the one that is written
 * last. Therefore windows grow from one round by doubling, so that training starts with the first
 * blocks. Not thread-safe.
 */
final class ReadingOrder {

  /**
   * Where a block is.
   *
   * @param round block number in the lane
   */
  record Place(long round, int lane) {}

  private final String domain;
  private final int lanes;
  private final int windowRounds;
  private final long seed;

  private long start;
  private int epoch = -1;
  private int[] window = new int[0];

  /**
   * @param windowRounds most rounds of a window; 1: no shuffle
   */
  ReadingOrder(String domain, int lanes, int windowRounds, long seed) {
    this.domain = domain;
    this.lanes = lanes;
    this.windowRounds = windowRounds;
    this.seed = seed;
  }

  /** Returns the place of the block that a cursor stands at. */
  Place of(Cursor at) {
    if (windowRounds == 1) {
      return new Place(at.round(), at.lane());
    }
    if (at.epoch() != epoch || at.round() < start || at.round() >= start + rounds(window)) {
      start = windowStart(at.round());
      epoch = at.epoch();
      window = draw();
    }
    int number = window[(int) (at.round() - start) * lanes + at.lane()];
    return new Place(start + number / lanes, number % lanes);
  }

  /** Returns the first round of the window that a round lies in. */
  long windowStart(long round) {
    long from = 0;
    long size = 1;
    while (size < windowRounds && round >= from + size) {
      from += size;
      size = Math.min(2 * size, windowRounds);
    }
    return round - (round - from) % size;
  }

  /** Fisher-Yates; the generator is specified to the bit. */
  private int[] draw() {
    long size = Math.min(start + 1, windowRounds);
    int[] order = new int[(int) size * lanes];
    Random random = new Random(mix(mix(mix(seed + domain.hashCode()) + epoch) + start));
    for (int i = 0; i < order.length; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private int rounds(int[] places) {
    return places.length / lanes;
  }

  /**
   * Spreads neighbouring numbers over all seeds (Stafford's variant 13, as in SplittableRandom).
   */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
