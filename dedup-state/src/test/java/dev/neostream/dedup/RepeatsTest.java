package dev.neostream.dedup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.dedup.paragraph.Paragraphs;
import dev.neostream.dedup.substring.Substrings;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RepeatsTest {

  @Test
  void shouldCountLikeAMapWhateverTheHashes() {
    var random = new Random(1);
    var table = new SightingTable();
    Map<Long, Integer> expected = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      long hash = i % 1000 == 0 ? 0 : random.nextInt(40_000) * 0x9e3779b97f4a7c15L;
      assertEquals(expected.merge(hash, 1, Integer::sum), table.see(hash));
    }
    assertEquals(expected.size(), table.size());
    assertTrue(table.bytes() <= 14.8 * table.size(), table.bytes() + " for " + table.size());
  }

  @Test
  void shouldDropFromTheKthSightingOn() {
    String line = "A line of boilerplate to be counted";
    for (int k = 2; k < 5; k++) {
      var repeats = new Repeats(new SightingTable(), k);
      for (int sighting = 1; sighting < 7; sighting++) {
        byte[] text = ("Own " + sighting + "\n" + line).getBytes(UTF_8);
        assertEquals(sighting >= k, repeats.in(new Paragraphs().of(text)).get(0));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new Repeats(hash -> 1, 1));
  }

  @Test
  void shouldKeepARulerToTheLengthOfOneWindowWhereSeenFirst() {
    var repeats = new Repeats(new SightingTable(), 2);
    byte[] ruler = ("above\n" + "-".repeat(35) + "\nbelow").getBytes(UTF_8);

    assertEquals("above\n----------\nbelow", cut(repeats, 10, ruler));
    assertEquals("other\nwords", cut(repeats, 10, "other\n---------------\nwords".getBytes(UTF_8)));
  }

  private static String cut(Repeats repeats, int window, byte[] text) {
    Passages passages = new Substrings(window).of(text);
    return new String(Cut.without(text, passages, repeats.in(passages)), UTF_8);
  }

  /** Against the definition by strings: every passage dropped is one seen (k - 1) times before. */
  @Test
  void shouldEqualCountingStringsWithoutOverlap() {
    var random = new Random(7);
    for (int round = 0; round < 300; round++) {
      int k = 2 + random.nextInt(3);
      int window = 1 + random.nextInt(5);
      var repeats = new Repeats(new SightingTable(), k);
      Map<String, Integer> seen = new HashMap<>();
      for (int document = 0; document < 5; document++) {
        String text =
            random
                .ints(random.nextInt(60), 'a', 'd')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        var expected = new BitSet();
        Map<String, Integer> last = new HashMap<>();
        for (int i = 0; i + window <= text.length(); i++) {
          String part = text.substring(i, i + window);
          if (last.containsKey(part) && i < last.get(part) + window) {
            expected.set(i, expected.get(last.get(part)));
          } else {
            last.put(part, i);
            expected.set(i, seen.merge(part, 1, Integer::sum) >= k);
          }
        }
        assertEquals(expected, repeats.in(new Substrings(window).of(text.getBytes(UTF_8))));
      }
    }
  }

  @Test
  void shouldLoseNoUniqueParagraphAndKeepNoRepeatedOne() {
    var random = new Random(5);
    List<String> planted = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      planted.add("Planted paragraph number " + i + " of the corpus.");
    }
    var repeats = new Repeats(new SightingTable(), 2);
    var paragraphs = new Paragraphs();
    var seen = new HashSet<String>();
    for (int document = 0; document < 100; document++) {
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        lines.add(
            random.nextInt(3) > 0
                ? planted.get(random.nextInt(planted.size()))
                : "A unique paragraph, " + document + " and " + i + ", that must stay.");
        if (random.nextBoolean()) {
          lines.add("");
        }
      }
      byte[] text = String.join("\n", lines).getBytes(UTF_8);
      Passages passages = paragraphs.of(text);
      String cut = new String(Cut.without(text, passages, repeats.in(passages)), UTF_8);
      List<String> expected =
          lines.stream().filter(line -> !line.isEmpty() && seen.add(line)).toList();
      assertEquals(expected, cut.lines().filter(line -> !line.isEmpty()).toList());
      assertFalse(cut.contains("\n\n\n") || cut.startsWith("\n"));
    }
  }
}
