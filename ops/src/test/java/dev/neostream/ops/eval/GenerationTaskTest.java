package dev.neostream.ops.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as right; expected values are those of lm-evaluation-harness 0.4.13's filters. */
class GenerationTaskTest {

  private static GenerationTask task(String extract, GenerationTask.Pick pick) {
    Template nothing = Template.parse("");
    return new GenerationTask(
        "t",
        1,
        List.of(),
        nothing,
        nothing,
        nothing,
        nothing,
        " ",
        new FewShot(0, null, null),
        List.of(),
        16,
        Expression.parse(extract),
        pick,
        List.of(),
        false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "So 1,000 + 8.~#### 1,008|true",
        " #### 1008|true",
        " #### 1008.|true", // a full stop that ends it is ignored
        " #### 1008~#### 7|true", // the first counts
        " #### 7~#### 1008|false",
        "the answer is 1008|false", // not said as it must be
        " #### $1008|false",
        "''|false",
        " #### -1008|false",
      })
  void shouldFindTheNumberThatGsm8kAsksFor(String written, boolean right) {
    var gsm8k = (GenerationTask) TaskFile.read("gsm8k").task();

    assertEquals(
        right,
        gsm8k.isRight(written.replace('~', '\n'), "She <<2*504=1008>>has 1,008.\n#### 1,008"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "(-?[$0-9.,]{2,})|(-?[0-9]+);LAST;a 12 b 5;5", // the group that is not empty
        "(-?[$0-9.,]{2,})|(-?[0-9]+);FIRST;a 12 b 5;12",
        "[a-z]+;LAST;1 one 2 two;two", // without groups the match
        "is( [a-z]+);FIRST;it is so;so", // without space around
        "(x)?y;FIRST;y;''", // one group that took no part is empty
        "(x)?(z)?y;FIRST;y;[invalid]", // of several, none
        "n;FIRST;-;[invalid]",
        "'';FIRST;as it is;as it is",
      })
  void shouldExtractAsTheRegexFilterDoes(
      String extract, GenerationTask.Pick pick, String written, String expected) {
    assertEquals(true, task(extract, pick).isRight(written, expected));
  }
}
