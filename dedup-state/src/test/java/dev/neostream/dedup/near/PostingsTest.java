package dev.neostream.dedup.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PostingsTest {

  private final Postings postings = new Postings();

  private Set<Integer> get(long key) {
    int[] found = new int[Postings.MOST];
    int end = postings.get(key, found, 0);
    return new TreeSet<>(Arrays.stream(found, 0, end).boxed().toList());
  }

  @Test
  void shouldFindWhatWasAddedAndNothingElse() {
    var random = new SplittableRandom(1);
    Map<Long, Set<Integer>> expected = new HashMap<>();
    for (int number = 0; number < 20_000; number++) {
      // Few keys, zero among them, that differ in their upper bits alone.
      long key = (long) random.nextInt(3_000) << 40;
      assertTrue(postings.add(key, number));
      expected.computeIfAbsent(key, k -> new TreeSet<>()).add(number);
    }

    expected.forEach((key, numbers) -> assertEquals(numbers, get(key)));
    assertEquals(Set.of(), get(1));
  }

  @Test
  void shouldHoldTheFirstOfAKeyOnly() {
    for (int number = 0; number < Postings.MOST; number++) {
      assertTrue(postings.add(5, number));
    }

    assertFalse(postings.add(5, Postings.MOST));
    assertEquals(Postings.MOST, get(5).size());
    assertFalse(get(5).contains(Postings.MOST));
  }
}
