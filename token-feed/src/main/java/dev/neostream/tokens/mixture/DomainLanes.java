package dev.neostream.tokens.mixture;

import dev.neostream.tokens.mixture.ReadingOrder.Place;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What is sealed of one domain, and what is read of it next: the blocks in {@link ReadingOrder},
 * leaving out those that a closed lane does not hold and those that were withdrawn. When every lane
 * is closed and read through, reading starts again in the next epoch.
 */
final class DomainLanes {

  /**
   * A position in the reading order, before the shuffle.
   *
   * @param round round, so many blocks of every lane before it
   * @param lane lane, or the number of lanes when the round is over
   * @param epoch how many times the domain has been read through before
   */
  record Cursor(long round, int lane, int epoch) {
    static final Cursor START = new Cursor(0, 0, 0);

    Cursor next() {
      return new Cursor(round, lane + 1, epoch);
    }

    /** Returns the start of the next epoch. */
    Cursor again() {
      return new Cursor(0, 0, epoch + 1);
    }
  }

  private final String domain;
  private final long[] blocks;
  private final boolean[] closed;
  private final NavigableSet<Place> withdrawn =
      new TreeSet<>(Comparator.comparingInt(Place::lane).thenComparingLong(Place::round));
  private final ReadingOrder order;

  DomainLanes(String domain, int lanes, ReadingOrder order) {
    this.domain = domain;
    this.order = order;
    this.blocks = new long[lanes];
    this.closed = new boolean[lanes];
  }

  /** Adds a lane's next block; the lane is open again if it was closed. */
  void append(int lane, long block) {
    if (block != blocks[lane]) {
      throw new IllegalStateException(
          "blocks of a lane must be indexed in order, each once: "
              + place(lane)
              + ", expected="
              + blocks[lane]
              + ", block="
              + block);
    }
    blocks[lane]++;
    closed[lane] = false;
  }

  /** Closes a lane that holds exactly this many blocks. */
  void close(int lane, long count) {
    if (count != blocks[lane]) {
      throw new IllegalStateException(
          "a lane must hold as many blocks as its closing record says: "
              + place(lane)
              + ", indexed="
              + blocks[lane]
              + ", closing record="
              + count);
    }
    closed[lane] = true;
  }

  /** Leaves a block out from now on, whether it is known by now or not. */
  void withdraw(int lane, long block) {
    withdrawn.add(new Place(block, lane));
  }

  /** Sets what is known of a lane. */
  void restore(int lane, long count, boolean isClosed, List<Long> leftOut) {
    blocks[lane] = count;
    closed[lane] = isClosed;
    leftOut.forEach(block -> withdraw(lane, block));
  }

  /** Returns the blocks of a lane that are left out, ascending. */
  List<Long> withdrawn(int lane) {
    return withdrawn
        .subSet(new Place(0, lane), true, new Place(Long.MAX_VALUE, lane), true)
        .stream()
        .map(Place::round)
        .toList();
  }

  long blocks(int lane) {
    return blocks[lane];
  }

  boolean closed(int lane) {
    return closed[lane];
  }

  /** Returns whether every lane is closed without a block to read. */
  boolean isEmpty() {
    return allClosed() && withdrawn.stream().filter(this::holds).count() == sum();
  }

  /** Returns the first cursor from one on that stands at a block, or at one to wait for. */
  Cursor seek(Cursor from) {
    if (isEmpty()) {
      throw new IllegalStateException("an empty domain cannot be read: domain=" + domain);
    }
    Cursor at = from;
    while (true) {
      if (allClosed() && order.windowStart(at.round()) >= rounds()) {
        at = at.again();
      } else if (at.lane() == blocks.length) {
        at = new Cursor(at.round() + 1, 0, at.epoch());
      } else {
        Place place = order.of(at);
        if (!withdrawn.contains(place) && (holds(place) || !closed[place.lane()])) {
          return at;
        }
        at = at.next();
      }
    }
  }

  /** Returns the block that a cursor stands at. */
  Place place(Cursor at) {
    return order.of(at);
  }

  /** Returns whether the block at a cursor is sealed. */
  boolean holds(Cursor at) {
    return holds(order.of(at));
  }

  private boolean holds(Place place) {
    return place.round() < blocks[place.lane()];
  }

  /** Returns whether so many blocks can be read from a cursor on without waiting. */
  boolean holds(Cursor from, int count) {
    Cursor at = from;
    for (int i = 0; i < count; i++) {
      if (isEmpty()) {
        return false;
      }
      at = seek(at);
      if (!holds(at)) {
        return false;
      }
      at = at.next();
    }
    return true;
  }

  private boolean allClosed() {
    for (boolean each : closed) {
      if (!each) {
        return false;
      }
    }
    return true;
  }

  private long rounds() {
    long most = 0;
    for (long each : blocks) {
      most = Math.max(most, each);
    }
    return most;
  }

  private long sum() {
    long sum = 0;
    for (long each : blocks) {
      sum += each;
    }
    return sum;
  }

  private String place(int lane) {
    return "domain=" + domain + ", lane=" + lane;
  }
}
