package dev.neostream.dedup.substring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.dedup.Cut;
import dev.neostream.dedup.Passages;
import dev.neostream.dedup.Repeats;
import dev.neostream.dedup.SightingTable;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SubstringsTest {

  @Test
  void shouldHashEveryWindowTheLastOneIncluded() {
    assertEquals(0, new Substrings(5).of("四个字符".getBytes(UTF_8)).size());
    assertEquals(1, new Substrings(4).of("四个字符".getBytes(UTF_8)).size());
    assertThrows(IllegalArgumentException.class, () -> new Substrings(0));
    var random = new Random(1);
    for (int window : new int[] {1, 2, 7, 50}) {
      var substrings = new Substrings(window);
      var hashes = new HashMap<String, Long>();
      for (int round = 0; round < 50; round++) {
        int length = window + random.nextInt(100);
        int[] text =
            random
                .ints(length, 0, 4)
                .map(i -> "aé中\ud83d\ude00".codePoints().toArray()[i])
                .toArray();
        byte[] utf8 = new String(text, 0, length).getBytes(UTF_8);
        Passages passages = substrings.of(utf8);
        assertEquals(length - window + 1, passages.size());
        for (int i = 0; i < passages.size(); i++) {
          int from = passages.from()[i];
          String part = new String(utf8, from, passages.to()[i] - from, UTF_8);
          assertEquals(new String(text, i, window), part);
          Long before = hashes.put(part, passages.hashes()[i]);
          assertTrue(before == null || before == passages.hashes()[i], part);
        }
      }
      assertEquals(hashes.size(), new HashSet<>(hashes.values()).size());
    }
  }

  @Test
  void shouldCutTheEndOfACopyThatThePublishedCodeLeaves() {
    byte[] copy = "0123456789".repeat(2).concat("abcdefghijklmnopqrstuvwxyzABCD").getBytes(UTF_8);
    assertEquals(50, copy.length);

    assertEquals(0, new PublishedSubstrings().of(copy).size());
    assertEquals(1, new Substrings(50).of(copy).size());
  }

  @Test
  void shouldNotCutWordsAsThePublishedCodeDoes() {
    String shared = "national law is a body of rules that states recognise among them, inter";
    byte[] first = ("Inter" + shared + "nally first").getBytes(UTF_8);
    byte[] second =
        ("It is trans" + shared + "twined with what else was said there").getBytes(UTF_8);
    var published = new PublishedSubstrings();
    var table = new SightingTable();
    PublishedSubstrings.repeats(published.of(first), table);
    Passages windows = published.of(second);
    var drop = PublishedSubstrings.repeats(windows, table);
    var substrings = new Substrings(50);
    var repeats = new Repeats(new SightingTable(), 2);
    repeats.in(substrings.of(first));
    Passages ours = substrings.of(second);

    assertEquals(
        "It is transtwined with what else was said there",
        new String(PublishedSubstrings.without(second, windows, drop).orElseThrow(), UTF_8));
    assertEquals(
        "It is transnational intertwined with what else was said there",
        new String(Cut.without(second, ours, repeats.in(ours)), UTF_8));
  }

  @Test
  void shouldKeepARulerThatThePublishedCodeWearsDown() {
    byte[] text = ("Some heading of the text\n" + "-".repeat(180) + "\n").getBytes(UTF_8);
    Passages windows = new PublishedSubstrings().of(text);
    var drop = PublishedSubstrings.repeats(windows, new SightingTable());
    Passages ours = new Substrings(50).of(text);

    assertEquals(
        "Some heading of the text\n-\n",
        new String(PublishedSubstrings.without(text, windows, drop).orElseThrow(), UTF_8));
    assertEquals(
        "Some heading of the text\n" + "-".repeat(50) + "\n",
        new String(Cut.without(text, ours, new Repeats(new SightingTable(), 2).in(ours)), UTF_8));
    assertTrue(
        PublishedSubstrings.without("short".getBytes(UTF_8), windows, new BitSet()).isEmpty());
  }
}
