package dev.neostream.dedup.minhash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.dedup.Fingerprint;
import dev.neostream.dedup.shingle.ShingleKind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprinterTest {

  private static final String TEXT = "The quick brown fox jumps over the lazy dog.";

  private final Fingerprinter words = new Fingerprinter(ShingleKind.words5());
  private final Fingerprinter characters = new Fingerprinter(ShingleKind.characters13());

  @Test
  void shouldKeepItsValuesWhileTheVersionStays() {
    assertEquals("words-5/1", ShingleKind.words5().version());
    assertArrayEquals(
        new int[] {1166050510, 1770865607, 2056321623, -1382682633, -836963391},
        of(words, TEXT).shingles);
    assertEquals(-299625373, Arrays.hashCode(of(words, TEXT).bins));
    assertEquals("characters-13/1", ShingleKind.characters13().version());
    assertEquals(-114862901, Arrays.hashCode(of(characters, TEXT).shingles));
    assertEquals(-120186112, Arrays.hashCode(of(characters, TEXT).bins));
  }

  @Test
  void shouldHaveNothingToCompareInShortTexts() {
    for (String text : new String[] {"", "one two three four", "   ", "\ud83d\ude00".repeat(99)}) {
      Fingerprint empty = of(words, text);

      assertTrue(empty.isEmpty());
      assertEquals(0, empty.bins.length);
      assertEquals(0, new Bands(14, 6).keys(empty).length);
      assertTrue(Similarity.verify(empty, empty, 0).isEmpty());
      assertTrue(Similarity.verify(empty, of(words, TEXT), 0).isEmpty());
    }
  }

  @Test
  void shouldCountARepeatedWordOnce() {
    assertEquals(1, of(words, "word ".repeat(200_000)).shingles.length);
    assertEquals(0, of(words, "x".repeat(1_000_000)).shingles.length);
    assertEquals(1, of(characters, "x".repeat(1_000_000)).shingles.length);
  }

  @Test
  void shouldNotRememberTheTextBefore() {
    Fingerprint first = of(words, TEXT);
    of(words, numbers(0, 200_000));
    Fingerprint again = of(words, TEXT);

    assertArrayEquals(first.bins, again.bins);
    assertArrayEquals(first.shingles, again.shingles);
    assertEquals(0, again.level);
  }

  @Test
  void shouldSampleLongTextsAtTheLeastLevelThatFits() {
    Fingerprint whole = of(words, numbers(0, 60_000));
    Fingerprint sampled = of(words, numbers(0, 300_000));
    Fingerprint other = of(words, numbers(30_000, 330_000));

    assertEquals(0, whole.level);
    assertEquals(3, sampled.level);
    assertEquals(300_000 / 8.0, sampled.shingles.length, 4 * Math.sqrt(300_000 / 8.0));
    for (int i = 0; i < sampled.shingles.length; i++) {
      assertEquals(0, sampled.shingles[i] & 7);
      assertTrue(
          i == 0 || Integer.compareUnsigned(sampled.shingles[i - 1], sampled.shingles[i]) < 0);
    }
    var near = Similarity.verify(sampled, other, 0.75).orElseThrow();
    assertEquals(270.0 / 330, near.jaccard(), 0.01);
    assertEquals(false, near.exact());
    assertEquals(0.2, Similarity.verify(whole, sampled, 0.15).orElseThrow().jaccard(), 0.01);
  }

  /** Long sets, and short ones whose bins are mostly copies (of 20 shingles 108 or more). */
  @ParameterizedTest
  @ValueSource(ints = {20, 50, 100, 1000, 5000})
  void shouldAgreeInABinWithTheChanceOfTheirSimilarity(int union) {
    int trials = 1_000_000 / (union + 1000);
    var fingerprinter = SetPair.fingerprinter();
    for (int tenth = 5; tenth <= 9; tenth++) {
      double sum = 0;
      double squares = 0;
      for (int trial = 0; trial < trials; trial++) {
        Fingerprint[] pair =
            SetPair.random(union, union * tenth / 10, 31L * union + trial)
                .fingerprints(fingerprinter);
        double estimate = Similarity.estimate(pair[0], pair[1]);
        sum += estimate;
        squares += estimate * estimate;
      }
      double mean = sum / trials;
      double error = Math.sqrt((squares / trials - mean * mean) / trials);

      assertEquals(tenth / 10.0, mean, 4 * error, "union " + union);
    }
  }

  /**
   * Within three standard errors of the S-curve; for short texts, whose bins are mostly copies, and
   * so not independent, 0.01 are allowed beside.
   */
  @ParameterizedTest
  @CsvSource({
    "20, 4000, 0.01",
    "40, 4000, 0.01",
    "60, 4000, 0.01",
    "100, 4000, 0.01",
    "2000, 300, 0.004"
  })
  void shouldMakeCandidatesWithTheChanceOfTheFormula(int union, int trials, double allowance) {
    var bands = new Bands(14, 6);
    var fingerprinter = SetPair.fingerprinter();
    for (int twentieth = 10; twentieth <= 19; twentieth++) {
      int candidates = 0;
      for (int trial = 0; trial < trials; trial++) {
        SetPair pair = SetPair.random(union, union * twentieth / 20, 31L * union + trial);
        candidates += meet(bands, pair.fingerprints(fingerprinter)) ? 1 : 0;
      }
      double expected = bands.probability(twentieth / 20.0);
      double error = Math.sqrt(expected * (1 - expected) / trials);

      assertEquals(expected, (double) candidates / trials, 3 * error + allowance);
    }
  }

  @Test
  void shouldRefuseBandsBeyondTheSignature() {
    assertEquals(16, new Bands(16, 8).bands());
    assertThrows(IllegalArgumentException.class, () -> new Bands(0, 6));
    assertThrows(IllegalArgumentException.class, () -> new Bands(14, 0));
    var error = assertThrows(IllegalArgumentException.class, () -> new Bands(22, 6));

    assertTrue(error.getMessage().endsWith("but there are 22 bands of 6 rows"));
  }

  private static boolean meet(Bands bands, Fingerprint[] pair) {
    Set<Long> keys =
        Arrays.stream(bands.keys(pair[0])).boxed().collect(Collectors.toCollection(HashSet::new));
    return Arrays.stream(bands.keys(pair[1])).anyMatch(keys::contains);
  }

  /** Words of which each shingle is new. */
  private static String numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }

  private static Fingerprint of(Fingerprinter fingerprinter, String text) {
    return fingerprinter.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
