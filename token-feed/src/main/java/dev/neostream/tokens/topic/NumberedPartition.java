package dev.neostream.tokens.topic;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Finds records by number in a partition whose n-th record carries number n.
 *
 * <p>The offset of record n is at least n, and exceeds it by the transaction markers and aborted
 * records before it; that excess never shrinks. So from a record known to have number k and offset
 * o, {@code o + (n - k)} is never beyond record n: going there, looking at the record found and
 * going on by the difference arrives without overshooting, each time leaving at most the gaps in
 * between.
 *
 * <p>This class decides; the caller moves the consumer and hands over what it returned. Reading in
 * sequence never moves.
 */
final class NumberedPartition<T> {

  private record Entry<T>(long offset, long number, T value) {}

  private static final long UNKNOWN = -1;

  private final String name;
  private final ToLongFunction<T> number;
  private final Deque<Entry<T>> buffer = new ArrayDeque<>();

  /** Number of the record that the consumer returns next; at first it stands at the beginning. */
  private long next = 0;

  /** What the consumer was last moved for. */
  private long sought = 0;

  private long knownNumber = 0;
  private long knownOffset = 0;

  /**
   * A partition that the consumer reads from offset 0.
   *
   * @param name topic and partition, for messages
   * @param number returns the number that a record carries
   */
  NumberedPartition(String name, ToLongFunction<T> number) {
    this.name = name;
    this.number = number;
  }

  /**
   * Returns a record if it is buffered; it and those before it leave the buffer.
   *
   * @param passedOver told the records before it, in order
   */
  Optional<T> take(long wanted, Consumer<T> passedOver) {
    if (buffer.isEmpty() || wanted < buffer.peekFirst().number()) {
      return Optional.empty();
    }
    while (!buffer.isEmpty()) {
      Entry<T> entry = buffer.pollFirst();
      if (entry.number() == wanted) {
        return Optional.of(entry.value());
      }
      passedOver.accept(entry.value());
    }
    return Optional.empty();
  }

  /** Returns the offset to move to on the way to a record, or empty if reading on leads there. */
  OptionalLong move(long wanted) {
    if (wanted == next || (next == UNKNOWN && wanted == sought)) {
      return OptionalLong.empty();
    }
    if (wanted < knownNumber) {
      knownNumber = 0;
      knownOffset = 0;
    }
    buffer.clear();
    next = UNKNOWN;
    sought = wanted;
    return OptionalLong.of(knownOffset + (wanted - knownNumber));
  }

  /**
   * Takes over the record that the consumer returned.
   *
   * @throws IllegalStateException if numbers are not consecutive or a record lies before its offset
   */
  void add(long offset, T value) {
    long found = number.applyAsLong(value);
    boolean expected = next == UNKNOWN ? found <= sought : found == next;
    if (!expected || found > offset) {
      throw new IllegalStateException(
          "record n must be the n-th of its partition: partition="
              + name
              + ", offset="
              + offset
              + ", number="
              + found
              + ", expected="
              + (next == UNKNOWN ? "at most " + sought : next));
    }
    buffer.addLast(new Entry<>(offset, found, value));
    knownNumber = found;
    knownOffset = offset;
    next = found + 1;
  }

  int buffered() {
    return buffer.size();
  }
}
