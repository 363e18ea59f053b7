package dev.neostream.tokens.bpe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordPatternTest {

  /**
   * Whatever an expression tells apart, and each kind of character in one, two, three, four bytes.
   */
  private static final int[] CHARACTERS =
      "''''sStTrRvVeEmMlLdDſxé中𠀀09Ⅷ²𝟘 \u00A0\u3000\u2028\t\n\r.,(\u0301、😀\u0000"
          .codePoints()
          .toArray();

  private static List<String> words(WordPattern pattern, String text) {
    byte[] utf8 = Utf8.bytes(text);
    List<String> words = new ArrayList<>();
    for (int from = 0; from < utf8.length; ) {
      int end = pattern.end(utf8, from, utf8.length);
      words.add(new String(utf8, from, end - from, StandardCharsets.UTF_8));
      from = end;
    }
    return words;
  }

  @Test
  void shouldCutWordsComputedByHand() {
    assertEquals(
        List.of(
            "It", "'s", " 2024", ",", " he", "'", "LL", "  ", " go", "(", "\n", "\t", "中文", " \n "),
        words(WordPattern.GPT2, "It's 2024, he'LL   go(\n\t中文 \n "));
    assertEquals(
        List.of(
            "It", "'s", " ", "202", "4", ",", " he", "'LL", "  ", " go", "(\n", "\t中文", " \n", " "),
        words(WordPattern.CL100K, "It's 2024, he'LL   go(\n\t中文 \n "));
    assertEquals(
        List.of(" ", "2", "0", "\n\n", "  ", " x"), words(WordPattern.QWEN2, " 20\n\n   x"));
  }

  @Test
  void shouldCutWhereTheExpressionDoes() {
    for (WordPattern pattern : WordPattern.values()) {
      var random = new Random(7);
      for (int i = 0; i < 40_000; i++) {
        var text = new StringBuilder();
        for (int n = random.nextInt(14); n > 0; n--) {
          String character = Character.toString(CHARACTERS[random.nextInt(CHARACTERS.length)]);
          text.append(character.repeat(random.nextInt(6) == 0 ? 1 + random.nextInt(4) : 1));
        }

        assertEquals(
            RandomByteLevel.words(pattern, text.toString()),
            words(pattern, text.toString()),
            () -> pattern + ", text=" + text);
      }
    }
  }

  @Test
  void shouldCutEveryCharacterThatJavaKnowsAsTheExpressionDoes() {
    for (WordPattern pattern : WordPattern.values()) {
      var text = new StringBuilder();
      for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
        if (Character.isDefined(c) && Character.getType(c) != Character.SURROGATE) {
          text.append("a").appendCodePoint(c).append("1 ").appendCodePoint(c).append(' ');
        }
      }

      assertEquals(
          RandomByteLevel.words(pattern, text.toString()), words(pattern, text.toString()));
    }
  }

  @Test
  void shouldCutMegabytesOfOneCharacterInLinearTime() {
    for (WordPattern pattern : WordPattern.values()) {
      for (String run : List.of(" ", "\n", "\t", "x", "中", ".", "'", "\n ", " \n\t", ".\n")) {
        String text = run.repeat((4 << 20) / run.length());
        List<String> words = words(pattern, text + "x");

        assertEquals(text.length() + 1, words.stream().mapToInt(String::length).sum());
      }
      List<String> digits = words(pattern, "7".repeat(3 << 20));
      assertEquals(pattern == WordPattern.GPT2 ? 1 : 3 << 20, digits.size() * perWord(pattern));
    }
  }

  private static int perWord(WordPattern pattern) {
    return pattern == WordPattern.CL100K ? 3 : 1;
  }

  @Test
  void shouldKnowAnExpressionByItsWholeText() {
    for (WordPattern pattern : WordPattern.values()) {
      assertEquals(Optional.of(pattern), WordPattern.of(pattern.regex()));
      assertEquals(Optional.empty(), WordPattern.of(pattern.regex() + " "));
      assertTrue(WordPattern.known().contains(pattern.regex()));
    }
    assertEquals(Optional.empty(), WordPattern.of("(a+)+b"));
  }

  @Test
  void shouldNameTheOffsetOfMalformedUtf8() {
    byte[] text = {'a', 'b', (byte) 0xE4, (byte) 0xB8, ' '};
    for (WordPattern pattern : WordPattern.values()) {
      var e = assertThrows(IllegalArgumentException.class, () -> pattern.end(text, 0, text.length));

      assertTrue(e.getMessage().contains("offset=2"), e.getMessage());
    }
  }
}
