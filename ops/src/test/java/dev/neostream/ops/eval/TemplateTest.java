package dev.neostream.ops.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {

  private static final JsonNode RECORD =
      json(
          """
          {"question": "Why?", "choices": {"text": ["this", "that"], "label": ["A", "B"]},
           "n": 7, "share": 0.5, "sure": true, "trap": "{question} }} {{", "Best Answer": "so",
           "none": null, "7": "seven"}
          """);

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "Question: {question}~Answer:|Question: Why?~Answer:",
        "{choices.text.1}{choices.label.0}|thatA",
        "{n}, {share}, {sure}|7, 0.5, true",
        "{{question}}|{question}",
        "{{{question}}}|{Why?}",
        "{{{{|{{",
        "a}}b|a}b",
        "{trap}|{question} }} {{",
        "{Best Answer} {7}|so seven",
        "\uD83D\uDE00{n}\u4E2D|\uD83D\uDE007\u4E2D",
      })
  void shouldPutFieldsInOnceAndNothingElse(String template, String expected) {
    assertEquals(expected, Template.parse(template).fill(RECORD));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a {question|a brace must be one of a pair, or written twice to stand for itself:"
            + " template=a {question, index=2",
        "a } b|a brace must be one of a pair, or written twice to stand for itself:"
            + " template=a } b, index=2",
        "{}|a field must be a name, or names with dots between: field=",
        "{a..b}|a field must be a name, or names with dots between: field=a..b",
        "{a{b}|a field must be a name, or names with dots between: field=a{b",
      })
  void shouldRefuseWhatIsNoTemplate(String template, String problem) {
    var refused = assertThrows(IllegalArgumentException.class, () -> Template.parse(template));

    assertEquals(problem, refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{qestion}|there must be a field qestion; did you mean question?",
        "{choices.words}|there must be a field choices.words; there are [text, label]",
        "{choices.text.2}|there must be a field choices.text.2; the array has 2 values",
        "{choices.text.-1}|there must be a field choices.text.-1; the array has 2 values",
        "{choices.text.99999999999}|there must be a field choices.text.99999999999;"
            + " the array has 2 values",
        "{n.x}|there must be a field n.x; there are []",
        "{none}|a field must be a text, a number or a boolean: field=none, type=NULL",
        "{choices}|a field must be a text, a number or a boolean: field=choices, type=OBJECT",
      })
  void shouldRefuseARecordThatLacksAField(String template, String problem) {
    Template parsed = Template.parse(template);

    var refused = assertThrows(IllegalArgumentException.class, () -> parsed.fill(RECORD));

    assertEquals(problem, refused.getMessage());
  }

  @Test
  void shouldTakeTextsFromAFieldOrFromTemplates() {
    assertEquals(List.of("this", "that"), TextList.of(json("\"choices.text\"")).fill(RECORD));
    assertEquals(List.of("A", "Why?"), TextList.of(json("[\"A\", \"{question}\"]")).fill(RECORD));
    for (String wrong : List.of("7", "{\"a\": \"b\"}", "[7]")) {
      assertThrows(IllegalArgumentException.class, () -> TextList.of(json(wrong)), wrong);
    }
    var notAnArray = TextList.of(json("\"question\""));
    assertThrows(IllegalArgumentException.class, () -> notAnArray.fill(RECORD));
  }
}
