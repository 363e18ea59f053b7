package dev.neostream.clean.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CountsTest {

  @Test
  void shouldAgreeWithHashMapWhileGrowing() {
    var random = new Random(5);
    var counts = new Counts(1);
    Map<Long, Integer> expected = new HashMap<>();

    for (int i = 0; i < 20_000; i++) {
      long key = random.nextInt(3_000) - 1_500L;
      assertEquals(expected.merge(key, 1, Integer::sum), counts.add(key));
    }

    assertEquals(expected.size(), counts.distinct());
    counts.clear();
    assertEquals(0, counts.distinct());
    assertEquals(1, counts.add(7));
  }
}
