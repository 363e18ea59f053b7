package dev.neostream.clean.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PunktSentencesTest {

  private final PunktSentences punkt = new PunktSentences();

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "One. Two! Three? Four;One.|Two!|Three?|Four",
        "Mr. Brown met Dr. Green on Jan. 5. They spoke.;Mr. Brown met Dr. Green on Jan. 5.|They spoke.",
        "We left at 5 p.m. However, it rained.;We left at 5 p.m.|However, it rained.",
        "It grew by 3.5 in 1990. It fell in 1991. by half.;It grew by 3.5 in 1990.|It fell in 1991. by half.",
        "He said (loudly.) Then \"no.\"  And left.;He said (loudly.)|Then \"no.\"|And left.",
        "Wait... what? I was... Still here.;Wait... what?|I was...|Still here.",
        "See etc. for e.g. more.;See etc.|for e.g.|more.",
        "node.js and a.b stay. ;node.js and a.b stay.",
        "Who?! Me. ;Who?!|Me.",
        "A. Smith and I. He.;A. Smith and I.|He.",
        " Lead. Trail ; Lead.|Trail",
      })
  void cutsAsTheOriginal(String text, String sentences) {
    assertEquals(List.of(sentences.split("\\|")), sentences(text));
  }

  private List<String> sentences(String text) {
    char[] units = text.toCharArray();
    List<String> sentences = new ArrayList<>();
    int count = punkt.split(units, units.length);
    for (int i = 0; i < count; i++) {
      sentences.add(text.substring(punkt.start(i), punkt.end(i)));
    }
    return sentences;
  }
}
