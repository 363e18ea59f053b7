package dev.neostream.clean.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RuleSetTest {

  @Test
  void shouldLoadRulesInTheOrderOfTheFile() throws IOException {
    RuleSet rules =
        RuleSet.read(
            new ObjectMapper()
                .readTree(
                    """
                    {"version": "mine-3", "rules": {"en": {
                      "c4.sentence_count": {"min": 3},
                      "gopher.word_count": {"min": 5, "max": 7}}}}
                    """));

    assertEquals("mine-3", rules.version());
    assertEquals("c4.sentence_count", rules.rules().get("en").get(0).reason());
    assertEquals(new Range(5, 7), rules.rules().get("en").get(1).range());
    assertThrows(IllegalArgumentException.class, () -> rules.judge("zh", new Page("")));
  }

  @Test
  void shouldNameEveryProblemAtOnce() throws IOException {
    var json =
        new ObjectMapper()
            .readTree(
                """
                {"rules": {"en": {
                  "gopher.word_cuont": {"min": 3},
                  "gopher.word_count": {"min": 7, "max": 5},
                  "gopher.stop_words": {"minimum": 2},
                  "ccnet.length": {"min": "200"},
                  "c4.lorem_ipsum": {}}}}
                """);

    var failure = assertThrows(IllegalArgumentException.class, () -> RuleSet.read(json));

    for (String problem :
        new String[] {
          "version", "gopher.word_cuont", "max\":5", "minimum", "ccnet.length", "c4.lorem_ipsum"
        }) {
      assertTrue(failure.getMessage().contains(problem), problem + ": " + failure.getMessage());
    }
  }

  @Test
  void shouldIncludeBothEndsOfARange() {
    Range range = new Range(1, 2);

    assertTrue(range.contains(1));
    assertTrue(range.contains(2));
    assertFalse(range.contains(2.0001));
    assertFalse(range.contains(Double.NaN));
    assertEquals("<= 2", new Range(Double.NEGATIVE_INFINITY, 2).toString());
    assertEquals(">= 0.25", new Range(0.25, Double.POSITIVE_INFINITY).toString());
    assertThrows(IllegalArgumentException.class, () -> new Range(2, 1));
  }
}
