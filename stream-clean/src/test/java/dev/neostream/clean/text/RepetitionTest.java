package dev.neostream.clean.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RepetitionTest {

  private final Signals signals = new Signals();

  @Test
  void shouldMatchHandComputedFractions() {
    // 8 words of 1 character; "a b" occurs 3 times, covers 6 of 8.
    Repetition repetition = repetition("a b c a b d a b");

    assertEquals(6 / 8.0, repetition.top(2));
    assertEquals(0, repetition.top(3));
    assertEquals(0, repetition.duplicate(5));
  }

  @Test
  void shouldCompareWordsInLowerCaseWithoutPunctuation() {
    // abcabd: "a b" covers 4 of 6; "--" is no word.
    assertEquals(4 / 6.0, repetition("(A b, c -- a \"B!\" d").top(2));
  }

  @Test
  void shouldTakeTheLongestOfEquallyFrequentGrams() {
    // "a b" and "long words" both occur twice.
    assertEquals(18 / 25.0, repetition("a b x long words y a b z long words").top(2));
  }

  @Test
  void shouldNotCountOverlapsTwice() {
    Repetition repetition = repetition("a a a a a a a a a a");

    assertEquals(1, repetition.top(2));
    assertEquals(0.9, repetition.duplicate(5));
  }

  @Test
  void shouldCountTextWrittenTwiceAsHalfDuplicate() {
    Repetition repetition =
        repetition("one two three four five six seven eight nine ten eleven twelve ".repeat(2));

    for (int n = 5; n <= 10; n++) {
      assertEquals(0.5, repetition.duplicate(n));
    }
  }

  @Test
  void shouldBeZeroForTextsShorterThanAnyGram() {
    for (String text : new String[] {"one", "", "?!"}) {
      for (int n = 2; n <= 4; n++) {
        assertEquals(0, repetition(text).top(n));
      }
      for (int n = 5; n <= 10; n++) {
        assertEquals(0, repetition(text).duplicate(n));
      }
    }
  }

  @Test
  void shouldAgreeWithDirectComputation() {
    var random = new Random(11);
    for (int round = 0; round < 400; round++) {
      String[] words = new String[random.nextInt(round % 10 == 0 ? 2000 : 60)];
      int vocabulary = 1 + random.nextInt(30);
      for (int i = 0; i < words.length; i++) {
        words[i] = "w".repeat(1 + random.nextInt(vocabulary));
      }

      Repetition repetition = repetition(String.join(" ", words));

      for (int n = 5; n <= 10; n++) {
        assertEquals(duplicate(words, n), repetition.duplicate(n), 1e-12, "n=" + n);
        assertTrue(repetition.duplicateBound() >= repetition.duplicate(n), "n=" + n);
      }
      for (int n = 2; n <= 4; n++) {
        assertEquals(top(words, n), repetition.top(n), 1e-12, "n=" + n);
        assertTrue(repetition.topBound(n) >= repetition.top(n), "n=" + n);
      }
    }
  }

  @Test
  void shouldBoundTextsWithoutRepetitionClosely() {
    var text = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      text.append(i).append(' ');
    }

    Repetition repetition = repetition(text.toString());

    assertTrue(repetition.topBound(2) < 0.02, "bound=" + repetition.topBound(2));
    assertTrue(repetition.duplicateBound() < 0.08, "bound=" + repetition.duplicateBound());
  }

  private Repetition repetition(String text) {
    signals.scan(text.getBytes(StandardCharsets.UTF_8));
    return signals.repetition();
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

  private static double top(String[] words, int n) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int i = 0; i + n <= words.length; i++) {
      counts.merge(List.of(Arrays.copyOfRange(words, i, i + n)), 1, Integer::sum);
    }
    List<String> best = null;
    for (int i = 0; i + n <= words.length; i++) {
      List<String> gram = List.of(Arrays.copyOfRange(words, i, i + n));
      if (best == null
          || counts.get(gram) > counts.get(best)
          || counts.get(gram).equals(counts.get(best)) && length(gram) > length(best)) {
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
