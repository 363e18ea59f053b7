package dev.neostream.clean.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StatisticsTest {

  @Test
  void shouldCountCodePointsNotUtf16Units() {
    Characters characters = Characters.of("a1 {，😀}");

    assertEquals(7, characters.count());
    assertEquals(1, characters.whitespace());
    assertEquals(1, characters.letters());
    assertEquals(1, characters.digits());
    assertEquals(3, characters.punctuation());
    assertEquals(2, characters.curlyBrackets());
    assertEquals(1, Lines.of("😀").longest());
    assertEquals(1, Words.of("😀").characters());
  }

  @Test
  void shouldComputeEntropyInNats() {
    assertEquals(Math.log(2), Characters.of("abab").entropy(), 1e-12);
    assertEquals(0, Characters.of("aaaa").entropy(), 1e-12);
    assertEquals(0, Characters.of("").entropy());
    assertEquals(Math.log(3), Words.of("x yy zzz").entropy(), 1e-12);
  }

  @Test
  void shouldMeasureDistinctHanBySegmentsWhateverTheLength() {
    String segment = "甲乙丙丁".repeat(250);

    assertEquals(1, Characters.of("no Han at all").distinctHanShare());
    assertEquals(0.5, Characters.of("甲乙甲乙").distinctHanShare());
    assertEquals(0.004, Characters.of(segment).distinctHanShare(), 1e-12);
    assertEquals(0.004, Characters.of(segment.repeat(7) + "戊").distinctHanShare(), 1e-12);
  }

  @Test
  void shouldCountWordsAsTheEnglishFamiliesDefineThem() {
    Words words = Words.of("The NASA report, I think... 42 #1 (with) THE be/of\u00a0x\u2026");

    assertEquals(11, words.count());
    assertEquals(9, words.alphabetic());
    assertEquals(2, words.upperCase());
    assertEquals(3, words.symbols());
    assertEquals(2, words.requiredStopWords());
    assertEquals(11, words.distinct());
    assertEquals(43, words.characters());
  }

  @Test
  void shouldCountLines() {
    Lines lines = Lines.of("\u2022 one\n- two\n-3\n\nfour...\n  five\u2026  \nsix。。\n");

    assertEquals(7, lines.count());
    assertEquals(6, lines.nonBlank());
    assertEquals(2, lines.bullets());
    assertEquals(3, lines.ellipses());
    assertEquals(9, lines.longest());
    assertEquals(new Lines(0, 0, 0, 0, 0, 0), Lines.of(""));
  }

  @Test
  void shouldCountSentencesByTerminalMarks() {
    assertEquals(0, Sentences.count("java.lang.String 3.14"));
    assertEquals(1, Sentences.count("Really?!"));
    assertEquals(2, Sentences.count("He said \"no.\" Then he left..."));
    assertEquals(3, Sentences.count("第一句。第二句！第三句？！"));
    assertEquals(0, Sentences.count("... !!! ???"));
  }

  @Test
  void shouldTakeWordsInChineseTextAsOneUnit() {
    Units units = Units.chinese("使用StringUtils 2次。");

    assertEquals(6, units.count());
    assertEquals(11, units.lengths()[2]);
  }
}
