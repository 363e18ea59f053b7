package dev.neostream.tokens.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumberedPartitionTest {

  /** A partition with gaps: the n-th element is the offset of record n. */
  private static final class Log {
    private final List<Long> offsets = new ArrayList<>();
    private long position = 0;
    private int fetches = 0;

    private Log(Random random, int records) {
      long offset = 0;
      for (int n = 0; n < records; n++) {
        offset += random.nextInt(20) == 0 ? random.nextInt(60) : 0;
        offsets.add(offset++);
      }
    }

    private void fetchInto(NumberedPartition<Long> partition, int most) {
      fetches++;
      int left = most;
      for (int n = 0; n < offsets.size() && left > 0; n++) {
        if (offsets.get(n) >= position) {
          partition.add(offsets.get(n), (long) n);
          left--;
        }
      }
      position = left == most ? position : offsets.get((int) lastNumber(most, left)) + 1;
    }

    private long lastNumber(int most, int left) {
      long first = offsets.stream().filter(offset -> offset < position).count();
      return first + (most - left) - 1;
    }

    private long read(NumberedPartition<Long> partition, long wanted, int most) {
      int before = fetches;
      Optional<Long> found = partition.take(wanted, NumberedPartitionTest::drop);
      while (found.isEmpty()) {
        assertTrue(fetches - before < 30, "record must be found in 30 fetches: wanted=" + wanted);
        partition.move(wanted).ifPresent(offset -> position = offset);
        fetchInto(partition, most);
        found = partition.take(wanted, NumberedPartitionTest::drop);
      }
      return found.get();
    }
  }

  private static NumberedPartition<Long> partition() {
    return new NumberedPartition<>("tokens.x-0", number -> number);
  }

  private static void drop(long passedOver) {}

  @Test
  void shouldTellWhatIsPassedOver() {
    NumberedPartition<Long> partition = partition();
    for (long n = 0; n < 4; n++) {
      partition.add(n, n);
    }
    var passedOver = new ArrayList<Long>();

    assertEquals(Optional.of(2L), partition.take(2, passedOver::add));
    assertEquals(List.of(0L, 1L), passedOver);
    assertEquals(Optional.empty(), partition.take(1, passedOver::add));
    assertEquals(Optional.of(3L), partition.take(3, passedOver::add));
    assertEquals(List.of(0L, 1L), passedOver);
  }

  @Test
  void shouldNeverMoveWhenReadInSequence() {
    NumberedPartition<Long> partition = partition();
    partition.add(2, 0L);
    partition.add(3, 1L);

    assertEquals(Optional.of(0L), partition.take(0, NumberedPartitionTest::drop));
    assertEquals(Optional.of(1L), partition.take(1, NumberedPartitionTest::drop));
    assertEquals(Optional.empty(), partition.take(2, NumberedPartitionTest::drop));
    assertEquals(OptionalLong.empty(), partition.move(2));
  }

  @Test
  void shouldGoOnByTheDifferenceWhenRecordFoundIsTooEarly() {
    NumberedPartition<Long> partition = partition();

    // Record 10 stands at offset 10 + 7: five gaps before record 8, two before record 9.
    assertEquals(OptionalLong.of(10), partition.move(10));
    assertEquals(OptionalLong.empty(), partition.move(10));
    partition.add(10, 5L);
    assertEquals(OptionalLong.of(15), partition.move(10));
    partition.add(16, 9L);
    assertEquals(OptionalLong.empty(), partition.move(10));
    partition.add(17, 10L);

    assertEquals(Optional.of(10L), partition.take(10, NumberedPartitionTest::drop));
  }

  @Test
  void shouldFindEveryRecordWhenJumpsAreRandom() {
    long seed = 11;
    var random = new Random(seed);
    for (int trial = 0; trial < 50; trial++) {
      var log = new Log(random, 400);
      NumberedPartition<Long> partition = partition();
      for (int i = 0; i < 100; i++) {
        long wanted = random.nextInt(400);

        long found = log.read(partition, wanted, 1 + random.nextInt(20));

        assertEquals(wanted, found, "seed=" + seed + ", trial=" + trial);
      }
    }
  }

  @Test
  void shouldFetchEachRecordOnceWhenReadInSequence() {
    var log = new Log(new Random(3), 400);
    NumberedPartition<Long> partition = partition();

    for (long n = 0; n < 400; n++) {
      assertEquals(n, log.read(partition, n, 20));
    }

    assertEquals(20, log.fetches);
  }

  @Test
  void shouldRefuseWhenRecordsAreNotNumberedInOrder() {
    NumberedPartition<Long> gap = partition();
    gap.add(0, 0L);
    assertThrows(IllegalStateException.class, () -> gap.add(1, 2L));

    NumberedPartition<Long> twice = partition();
    twice.add(0, 0L);
    assertThrows(IllegalStateException.class, () -> twice.add(1, 0L));

    NumberedPartition<Long> beyond = partition();
    beyond.move(5);
    assertThrows(IllegalStateException.class, () -> beyond.add(7, 6L));

    NumberedPartition<Long> early = partition();
    early.move(5);
    assertThrows(IllegalStateException.class, () -> early.add(4, 5L));
  }
}
