package dev.neostream.clean.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RepetitionTest {

  @Test
  void shouldMatchHandComputedFractions() {
    // 8 words of 1 character; "a b" occurs 3 times, covers 6 of 8.
    Repetition repetition = Repetition.of(Words.of("a b c a b d a b").units());

    assertEquals(6 / 8.0, repetition.top(2));
    assertEquals(0, repetition.top(3));
    assertEquals(0, repetition.duplicate(5));
  }

  @Test
  void shouldTakeTheLongestOfEquallyFrequentGrams() {
    // "a b" and "long words" both occur twice.
    Repetition repetition = Repetition.of(Words.of("a b x long words y a b z long words").units());

    assertEquals(18 / 25.0, repetition.top(2));
  }

  @Test
  void shouldNotCountOverlapsTwice() {
    Repetition repetition = Repetition.of(Words.of("a a a a a a a a a a").units());

    assertEquals(1, repetition.top(2));
    assertEquals(0.9, repetition.duplicate(5));
  }

  @Test
  void shouldCountTextWrittenTwiceAsHalfDuplicate() {
    String once = "one two three four five six seven eight nine ten eleven twelve ";

    Repetition repetition = Repetition.of(Words.of(once + once).units());

    for (int n = 5; n <= 10; n++) {
      assertEquals(0.5, repetition.duplicate(n));
    }
  }

  @Test
  void shouldBeZeroForTextsShorterThanAnyGram() {
    Repetition repetition = Repetition.of(Words.of("one").units());

    assertArrayEquals(new double[3], repetition.top());
    assertArrayEquals(new double[6], repetition.duplicate());
    assertArrayEquals(new double[3], Repetition.of(Words.of("").units()).top());
  }

  @Test
  void shouldAgreeWithDirectComputation() {
    var random = new Random(11);
    for (int round = 0; round < 200; round++) {
      String[] words = new String[random.nextInt(60)];
      for (int i = 0; i < words.length; i++) {
        words[i] = "w".repeat(1 + random.nextInt(4));
      }

      Repetition repetition = Repetition.of(Words.of(String.join(" ", words)).units());

      for (int n = 5; n <= 10; n++) {
        assertEquals(duplicate(words, n), repetition.duplicate(n), 1e-12, "n=" + n);
      }
      for (int n = 2; n <= 4; n++) {
        assertEquals(top(words, n), repetition.top(n), 1e-12, "n=" + n);
      }
    }
  }

  private static double duplicate(String[] words, int n) {
    Set<List<String>> seen = new HashSet<>();
    boolean[] covered = new boolean[words.length];
    for (int i = 0; i + n <= words.length; i++) {
      if (!seen.add(List.of(Arrays.copyOfRange(words, i, i + n)))) {
        Arrays.fill(covered, i, i + n, true);
      }
    }
    return share(words, covered);
  }

  /**
   * Several grams can be most frequent and longest: all of them cover alike or the first counts.
   */
  private static double top(String[] words, int n) {
    Map<List<String>, Integer> counts = new HashMap<>();
    List<String> best = null;
    for (int i = 0; i + n <= words.length; i++) {
      List<String> gram = List.of(Arrays.copyOfRange(words, i, i + n));
      int count = counts.merge(gram, 1, Integer::sum);
      if (best == null
          || count > counts.get(best)
          || count == counts.get(best) && length(gram) > length(best)) {
        best = gram;
      }
    }
    boolean[] covered = new boolean[words.length];
    for (int i = 0; best != null && counts.get(best) > 1 && i + n <= words.length; i++) {
      if (List.of(Arrays.copyOfRange(words, i, i + n)).equals(best)) {
        Arrays.fill(covered, i, i + n, true);
      }
    }
    return share(words, covered);
  }

  private static int length(List<String> gram) {
    return gram.stream().mapToInt(String::length).sum();
  }

  private static double share(String[] words, boolean[] covered) {
    int part = 0;
    int whole = 0;
    for (int i = 0; i < words.length; i++) {
      whole += words[i].length();
      part += covered[i] ? words[i].length() : 0;
    }
    return whole == 0 ? 0 : (double) part / whole;
  }
}
