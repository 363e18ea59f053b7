package dev.neostream.dedup.minhash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistinctSortTest {

  private static final int[] SIZES = {0, 1, 2, 127, 128, 1000, 40_000, 3000, 129, 5};

  private final DistinctSort distinct = new DistinctSort();
  private final Random random = new Random(5);

  /** Of 32 bits all hashes differ, of 5 most are repeated; all bits are upper ones. */
  @ParameterizedTest
  @ValueSource(ints = {32, 20, 14, 5, 0})
  void shouldSortRandomHashes(int bits) {
    assertSorts(i -> bits == 0 ? 0 : random.nextInt() >>> 32 - bits << 32 - bits);
  }

  /** What the digits do not see: all hashes agree in the upper 20 bits or few are apart. */
  @ParameterizedTest
  @ValueSource(ints = {1 << 12, 1 << 14, 1 << 20})
  void shouldSortHashesThatWereCrafted(int range) {
    assertSorts(i -> -i & range - 1);
    assertSorts(i -> Integer.MIN_VALUE | i * 17 & range - 1);
    assertSorts(i -> random.nextInt() & range - 1);
  }

  private void assertSorts(IntUnaryOperator hash) {
    for (int size : SIZES) {
      int[] hashes = IntStream.range(0, size).map(hash).toArray();
      int[] expected =
          Arrays.stream(hashes)
              .distinct()
              .boxed()
              .sorted(Integer::compareUnsigned)
              .mapToInt(i -> i)
              .toArray();

      int kept = distinct.sort(hashes, size);

      assertArrayEquals(expected, Arrays.copyOf(hashes, kept));
    }
  }
}
