package dev.neostream.dedup.filter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockedBloomFilterTest {

  private static final int KEYS = 300_000;
  private static final int LOOKUPS = 3_000_000;

  /** Asserts the rate of the formula for keys of any shape: the first are added, others asked. */
  private static void assertRate(double bitsPerKey, LongUnaryOperator keys) {
    var filter = BlockedBloomFilter.sized(KEYS, bitsPerKey);
    for (int i = 0; i < KEYS; i++) {
      filter.add(keys.applyAsLong(i));
    }
    int hits = 0;
    for (int i = 0; i < KEYS; i++) {
      assertTrue(filter.mightContain(keys.applyAsLong(i)), "a key added must be found");
    }
    for (int i = KEYS; i < KEYS + LOOKUPS; i++) {
      hits += filter.mightContain(keys.applyAsLong(i)) ? 1 : 0;
    }
    double expected = BlockedBloomFilter.falsePositiveRate(bitsPerKey) * LOOKUPS;
    // The spread of keys over blocks adds to that of the lookups: one per cent of the rate.
    assertEquals(expected, hits, 4 * Math.sqrt(expected) + 0.01 * expected);
    // A key that a false positive hid when it was added is not counted.
    double rate = BlockedBloomFilter.falsePositiveRate(bitsPerKey);
    assertTrue(filter.keys() <= KEYS && filter.keys() >= KEYS * (1 - rate), "" + filter.keys());
  }

  @ParameterizedTest
  @ValueSource(doubles = {6, 10, 16, 20})
  void shouldHaveTheRateOfTheFormula(double bitsPerKey) {
    var random = new SplittableRandom(1);
    long[] keys = random.longs(KEYS + LOOKUPS).toArray();

    assertRate(bitsPerKey, i -> keys[(int) i]);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 20, 57})
  void shouldHaveTheSameRateWhereKeysOfAShardAgreeInSevenBits(int shift) {
    var random = new SplittableRandom(2);
    long[] keys = random.longs(KEYS + LOOKUPS).map(key -> key & ~(127L << shift)).toArray();

    assertRate(16, i -> keys[(int) i]);
  }

  @Test
  void shouldEqualTheFormulaForHandPickedRates() {
    // Summed apart with Python's floating point.
    assertEquals(9.09e-4, BlockedBloomFilter.falsePositiveRate(16), 0.005e-4);
    assertEquals(2.60e-4, BlockedBloomFilter.falsePositiveRate(20), 0.005e-4);
    assertEquals(1, BlockedBloomFilter.falsePositiveRate(0.1), 1e-6);
  }

  @Test
  void shouldTellNewKeysFromKnownOnes() {
    var filter = BlockedBloomFilter.sized(1_000, 20);

    assertFalse(filter.mightContain(0));
    assertEquals(0, filter.falsePositiveRate());
    assertTrue(filter.add(0));
    assertFalse(filter.add(0));
    assertTrue(filter.mightContain(0));
    assertEquals(1, filter.keys());
    assertEquals(1_000, filter.capacity());
  }

  @Test
  void shouldReadWhatItWrote() {
    var filter = BlockedBloomFilter.sized(100, 20);
    for (long key = 0; key < 100; key++) {
      filter.add(key * 0x9e3779b97f4a7c15L);
    }

    var read = BlockedBloomFilter.of(filter.bytes().clone());

    assertArrayEquals(filter.bytes(), read.bytes());
    assertEquals(filter.keys(), read.keys());
    assertEquals(100, read.capacity());
    for (long key = 0; key < 100; key++) {
      assertTrue(read.mightContain(key * 0x9e3779b97f4a7c15L));
    }
    assertEquals(48 + 64 * 4, read.bytes().length);
    assertEquals("bloom/01", new String(read.bytes(), 0, 8));
  }

  private static void assertRefused(String message, byte[] bytes) {
    var refusal = assertThrows(IllegalArgumentException.class, () -> BlockedBloomFilter.of(bytes));
    assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
  }

  @Test
  void shouldRefuseOtherBytes() {
    byte[] bytes = BlockedBloomFilter.sized(100, 20).bytes();

    assertRefused("bytes=0", new byte[0]);
    assertRefused("bytes=303", Arrays.copyOf(bytes, bytes.length - 1));
    assertRefused("bytes=48", Arrays.copyOf(bytes, 48));
    byte[] newer = bytes.clone();
    newer[7] = '2';
    assertRefused("first 8 bytes=626c6f6f6d2f3032", newer);
    byte[] empty = bytes.clone();
    empty[8] = 0;
    assertRefused("capacity=0", empty);
    byte[] negative = bytes.clone();
    negative[23] = (byte) 0x80;
    assertRefused("keys=-9223372036854775808", negative);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e9})
  void shouldRefuseSizesItCannotHave(double bitsPerKey) {
    var refusal =
        assertThrows(
            IllegalArgumentException.class, () -> BlockedBloomFilter.sized(1_000, bitsPerKey));

    assertTrue(refusal.getMessage().contains("bitsPerKey=" + bitsPerKey), refusal.getMessage());
  }
}
