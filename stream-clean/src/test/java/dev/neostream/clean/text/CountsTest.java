package dev.neostream.clean.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CountsTest {

  @Test
  void shouldAgreeWithHashMapFromTextToText() {
    var random = new Random(5);
    var counts = new Counts();
    for (int size : new int[] {20_000, 3, 0, 700, 20_000}) {
      Map<Long, Integer> expected = new HashMap<>();
      List<Long> order = new ArrayList<>();
      counts.clear(Math.min(size, 3_000));

      for (int i = 0; i < size; i++) {
        long key = random.nextInt(3_000) - 1_500L;
        if (expected.merge(key, 1, Integer::sum) == 1) {
          order.add(key);
        }
        int number = counts.add(key);

        assertEquals(order.indexOf(key), number);
        assertEquals(expected.get(key), counts.count(number));
      }

      assertEquals(expected.size(), counts.distinct());
      double entropy = 0;
      for (int count : expected.values()) {
        entropy -= (double) count / size * Math.log((double) count / size);
      }
      assertEquals(entropy, counts.entropy(), 1e-9);
    }
  }
}
