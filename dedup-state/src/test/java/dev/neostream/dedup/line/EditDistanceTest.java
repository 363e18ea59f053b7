package dev.neostream.dedup.line;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class EditDistanceTest {

  private final EditDistance distance = new EditDistance();

  @Test
  void shouldEqualTheFullTableForEveryBound() {
    var random = new Random(1);
    for (int round = 0; round < 3000; round++) {
      int[] a = text(random, random.nextInt(round % 10 == 0 ? 400 : 80));
      int[] b = round % 3 == 0 ? text(random, random.nextInt(80)) : edited(random, a);
      int expected = table(a, b);
      distance.pattern(a, 0, a.length);
      for (int bound : new int[] {0, 1, expected - 1, expected, expected + 1, a.length / 10, 500}) {
        if (bound >= 0) {
          assertEquals(
              expected <= bound, distance.atMost(bound, b, 0, b.length), expected + " " + bound);
        }
      }
    }
  }

  @Test
  void shouldForgetTheLastPattern() {
    int[] text = {'a', 'b', 'c'};
    distance.pattern(text, 0, 3);
    text[0] = 'x';
    distance.pattern(new int[] {'c'}, 0, 1);

    assertTrue(distance.atMost(0, new int[] {'c'}, 0, 1));
    assertFalse(distance.atMost(0, new int[] {'a'}, 0, 1));
  }

  private static int[] text(Random random, int length) {
    return random.ints(length, 'a', 'a' + 1 + random.nextInt(20)).toArray();
  }

  private static int[] edited(Random random, int[] text) {
    var edited = new StringBuilder();
    for (int c : text) {
      int edit = random.nextInt(40);
      if (edit != 0) {
        edited.append((char) (edit == 1 ? 'z' : c));
      }
      if (edit == 2) {
        edited.append('y');
      }
    }
    return edited.chars().toArray();
  }

  static int table(int[] a, int[] b) {
    int[] row = new int[b.length + 1];
    for (int j = 0; j <= b.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length; i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length; j++) {
        int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length];
  }
}
