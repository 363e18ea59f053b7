package dev.neostream.dedup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CutTest {

  /** Cuts what stands between braces; | is a line end. */
  private static String cut(String marked) {
    String text = marked.replace('|', '\n');
    int count = (int) text.chars().filter(c -> c == '{').count();
    int[] from = new int[count];
    int[] to = new int[count];
    var plain = new StringBuilder();
    int opened = -1;
    for (char c : text.toCharArray()) {
      if (c == '{') {
        from[++opened] = plain.toString().getBytes(UTF_8).length;
      } else if (c == '}') {
        to[opened] = plain.toString().getBytes(UTF_8).length;
      } else {
        plain.append(c);
      }
    }
    var drop = new BitSet();
    drop.set(0, count);
    byte[] cut =
        Cut.without(
            plain.toString().getBytes(UTF_8), new Passages(from, to, new long[count]), drop);
    return new String(cut, UTF_8).replace('\n', '|');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      ignoreLeadingAndTrailingWhitespace = false,
      emptyValue = "",
      value = {
        "A|{B}|C;A|C",
        "A||{B}||C;A||C",
        "A|{B}||C;A||C",
        "A|||{B}||C;A|||C",
        "{A}||B|;B|",
        "|{A}||B|;|B|",
        "A||{B}|;A|",
        "A||{B};A",
        "A|{B}|{C}||{D}|E;A||E",
        "A||  {if x}|    y|;A||    y|",
      })
  void shouldRemoveLinesWithTheirEndsAndPileUpNoBlankLines(String marked, String expected) {
    assertEquals(expected, cut(marked));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "one tw{o thr}ee four;one two three four",
        "one{ two }three;one three",
        "one {two three} four;one four",
        "o{ne two thr}ee;one three",
        "x 3.{14 and don}'t y;x 3.14 don't y",
        "a{, b}{, c}, d;a, d",
        "中国{人民}大学;中国 大学",
        "他说{，对}。;他说。",
        "cafe{\u0301 ole} x;cafe\u0301 x",
        "end of {one.|Start of} two;end of|two",
        "end{.|- new item} goes on;end|- goes on",
      })
  void shouldNeitherGlueNorBreakWords(String marked, String expected) {
    assertEquals(expected, cut(marked));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "- one|- {two}|- three;- one|- three",
        "1. one|{2. two is} here|3. three;1. one|2. here|3. three",
        "  一、{甲}乙|  二、{丙};  一、乙",
        "## {Title}|text;text",
        "“{Said so}.”|text;text",
        "-----{-----}|text;-----|text",
      })
  void shouldKeepListsAndDropWhatHasNothingLeft(String marked, String expected) {
    assertEquals(expected, cut(marked));
  }

  @Test
  void shouldReturnTheSameArrayIfNothingGoes() {
    byte[] text = "some words".getBytes(UTF_8);
    var passages = new Passages(new int[] {1}, new int[] {3}, new long[1]);
    var drop = new BitSet();
    assertSame(text, Cut.without(text, passages, drop));

    drop.set(0);
    assertSame(text, Cut.without(text, passages, drop));
    assertEquals("", cut("{all}|{of it}|"));
  }

  /** Of text without words, markers and lines exactly the characters covered go. */
  @Test
  void shouldTakeExactlyWhatIsCovered() {
    var random = new Random(3);
    for (int round = 0; round < 2000; round++) {
      int length = 1 + random.nextInt(60);
      int[] characters =
          random.ints(length, 0, 5).map(i -> "文字的。\ud840\udc00".codePointAt(i)).toArray();
      byte[] utf8 = new String(characters, 0, length).getBytes(UTF_8);
      int[] starts = new int[length + 1];
      for (int i = 0; i < length; i++) {
        starts[i + 1] = starts[i] + (characters[i] > 0xffff ? 4 : 3);
      }
      int count = random.nextInt(6);
      int[] at = random.ints(count, 0, length).sorted().toArray();
      int[] from = new int[count];
      int[] to = new int[count];
      var drop = new BitSet();
      var gone = new BitSet();
      for (int i = 0; i < count; i++) {
        int end = Math.min(length, at[i] + 1 + random.nextInt(10));
        from[i] = starts[at[i]];
        to[i] = starts[end];
        if (random.nextBoolean()) {
          drop.set(i);
          gone.set(at[i], end);
        }
      }
      var expected = new StringBuilder();
      boolean word = false;
      boolean cut = false;
      for (int i = 0; i < length; i++) {
        if (gone.get(i)) {
          cut = true;
        } else {
          boolean letter = characters[i] != '。';
          expected.append(cut && word && letter ? " " : "").appendCodePoint(characters[i]);
          word = letter;
          cut = false;
        }
      }
      boolean empty = !gone.isEmpty() && expected.chars().allMatch(c -> c == '。');
      boolean hadWords = new String(utf8, UTF_8).chars().anyMatch(c -> c != '。');
      String text = empty && hadWords ? "" : expected.toString();
      byte[] result = Cut.without(utf8, new Passages(from, to, new long[count]), drop);
      assertArrayEquals(text.getBytes(UTF_8), result);
    }
  }

  @Test
  void shouldScopePassagesByHost() {
    var passages = new Passages(new int[2], new int[2], new long[] {1, 2});

    var here = passages.scopedBy("a.com");
    assertArrayEquals(here.hashes(), passages.scopedBy("a.com").hashes());
    assertFalse(here.hashes()[0] == here.hashes()[1]);
    assertFalse(here.hashes()[0] == passages.scopedBy("b.com").hashes()[0]);
  }
}
