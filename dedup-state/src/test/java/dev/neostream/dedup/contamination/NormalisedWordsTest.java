package dev.neostream.dedup.contamination;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NormalisedWordsTest {

  private final NormalisedWords words = new NormalisedWords();

  private String of(String text) {
    words.read(text.getBytes(StandardCharsets.UTF_8));
    return words.size == 0 ? "" : words.text(0, words.size - 1);
  }

  @Test
  void shouldLeaveOutWhatLightEditsChange() {
    assertEquals("janets ducks lay 16 eggs", of("Janet\u2019s ducks\nlay  16 eggs."));
    assertEquals("janets ducks lay 16 eggs", of("\"JANET'S\" ducks -- lay (16) eggs!"));
    assertEquals(
        "janets ducks lay 16 eggs", of("\uFF2A\uFF41net\u2018s ducks lay \uFF11\uFF16\u3000eggs"));
    assertEquals("20 ft", of("20ft"));
    assertEquals(of("20 ft"), of("20-FT"));
  }

  @Test
  void shouldJoinDigitsInGroupsOfThree() {
    assertEquals("80000 dollars", of("80,000 dollars"));
    assertEquals("80000 dollars", of("80 000 dollars"));
    assertEquals("80000 dollars", of("80\u00a0000 dollars"));
    assertEquals("80000 dollars", of("\uFF18\uFF10\uFF0C\uFF10\uFF10\uFF10 dollars"));
    assertEquals("1234567", of("1,234,567"));
    assertEquals("1234 567", of("1234,567"));
    assertEquals("1 2345", of("1,2345"));
    assertEquals("1 23", of("1,23"));
    assertEquals("1 234", of("1, 234"));
    assertEquals("1", of("1,"));
    assertEquals("2 50", of("2.50"));
  }

  @Test
  void shouldTakeCharactersOfScriptsWithoutSpacesForWords() {
    assertEquals("20 世 纪 60 年 代 abc", of("20世纪60年代，ABC"));
    assertEquals("ラ ー メ ン", of("ラーメン"));
    assertEquals(4, words.unspaced);
    assertEquals("\uD842\uDFB7 野 家", of("\uD842\uDFB7野家"));
  }

  @Test
  void shouldNameTheBytesOfEveryWord() {
    byte[] text = "«Été» n’est 1 000 中.".getBytes(StandardCharsets.UTF_8);
    words.read(text);
    var bytes = new StringBuilder();
    for (int i = 0; i < words.size; i++) {
      bytes.append(
          new String(text, words.from[i], words.to[i] - words.from[i], StandardCharsets.UTF_8));
      bytes.append('|');
    }

    assertEquals("Été|n’est|1 000|中|", bytes.toString());
  }

  @Test
  void shouldHaveNoWordsWithoutLettersAndDigits() {
    assertEquals("", of(""));
    assertEquals("", of("'' ... \u0301 — '"));
  }
}
