package dev.neostream.clean.language;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptHistogramTest {

  private static ScriptHistogram histogram(String text) {
    var histogram = new ScriptHistogram();
    histogram.count(text.getBytes(StandardCharsets.UTF_8));
    return histogram;
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "``,0",
        "`one`,1",
        "` one  two_three-4x `,4",
        // What stands beside A, Z, a and z; the bar is a backtick.
        "`a@A[Z|a{z`,5",
        "`one\ntwo\n\nthree`,3",
        // A word goes on over letters beyond ASCII, before, between and behind.
        "`émigré café naïve été`,4",
        // A combining mark belongs to the letter before it.
        "`cafe\u0301s nai\u0308ve`,2",
        "`one\u3001two\u2014three`,3",
        "`Ωmega`,1",
      })
  void shouldCountRunsOfLatinLetters(String text, int words) {
    assertEquals(words, histogram(text.replace('|', '`')).words(Script.LATIN));
  }

  @Test
  void shouldStartAWordWhereTheScriptChanges() {
    ScriptHistogram histogram = histogram("使用StringUtils判断Ωмега");

    assertEquals(1, histogram.words(Script.LATIN));
    assertEquals(2, histogram.words(Script.HAN));
    assertEquals(1, histogram.words(Script.GREEK));
    assertEquals(1, histogram.words(Script.CYRILLIC));
    assertEquals(5, histogram.total());
  }

  @Test
  void shouldTakeForQuotedWhatStandsAmongTwiceAsManyOtherWords() {
    assertEquals(1, histogram("two words 使用").quoted());
    assertEquals(0, histogram("one 使用").quoted());
    // Each line for itself, the last one too.
    assertEquals(0, histogram("two words\n使用").quoted());
    assertEquals(1, histogram("使用\ntwo words 使用\n使用").quoted());
    assertEquals(2, histogram("two words 使用\n使用\nтри слова é 使用").quoted());
  }

  @Test
  void shouldForgetTheTextBefore() {
    var histogram = new ScriptHistogram();
    histogram.count("two words 使用".getBytes(StandardCharsets.UTF_8));
    histogram.count("one".getBytes(StandardCharsets.UTF_8));

    assertEquals(1, histogram.total());
    assertEquals(0, histogram.quoted());
  }
}
