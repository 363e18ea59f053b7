package dev.neostream.clean.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Rejection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For every rule a short text with the value counted by hand. */
class RulesTest {

  private static final String ENGLISH =
      "The old harbour lies to the north of our town, and few people have walked there with"
          + " children since a storm took most houses. Boats still arrive every second morning,"
          + " bringing salt, bread, newspapers, wool, sometimes letters from islands beyond; nobody"
          + " remembers who first settled here, though carved stones near the chapel suggest"
          + " fishermen did, long before any road crossed these hills.";

  private static final String CHINESE =
      "判断给定的文本是否为空白。空白的定义与统一码标准一致，包括全角空格以及旧版本没有识别的若干字符，"
          + "因此调用者不必再自行比较。如果需要原来的行为，请参阅软件包说明里的例子，并注意性能上的差别。";

  private static final String TWICE = "1 2 3 4 5 6 7 8 9 a b c d e f ".repeat(2);

  private static final RuleSet RULES = RuleSet.recommended();

  record Case(String kind, String reason, double value, String text) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case("en", "gopher.word_count", 3, " one  two\n- "),
        new Case("en", "gopher.mean_word_length", 3, "one a three"),
        new Case("en", "gopher.symbol_to_word", 0.75, "#tag wait... what.. ok"),
        new Case("en", "gopher.bullet_lines", 0.5, "- one\n\n-two\n"),
        new Case("en", "gopher.ellipsis_lines", 0.5, "more\u2026 \nand.\n"),
        new Case("en", "gopher.alphabetic_words", 0.5, "a1 42 ?! b"),
        new Case("en", "gopher.stop_words", 2, "The the theme, of THE."),
        new Case("en", "ccnet.length", 6, " abc\n\td\u00a0ef "),
        new Case("en", "c4.curly_brackets", 0.3, "{ab} a{b c"),
        new Case("en", "c4.lorem_ipsum", 2, "LOREM ipsum, lorem ipsum; lorem"),
        new Case("en", "c4.sentence_count", 2, "See java.util. It is 3.14!"),
        new Case("en", "pretrainer.upper_case_words", 0.25, "I read NASA news"),
        new Case("en", "pretrainer.distinct_words", 0.75, "a b a A"),
        new Case("en", "refinedweb.word_entropy", Math.log(4), "a b c d"),
        new Case("en", "refinedweb.top_2_gram", 2 / 3.0, "a b x a b y"),
        new Case("en", "refinedweb.top_3_gram", 0.75, "a b c x a b c y"),
        new Case("en", "refinedweb.top_4_gram", 0.8, "a b c d x a b c d y"),
        new Case("en", "refinedweb.duplicate_5_grams", 0.5, TWICE),
        new Case("en", "refinedweb.duplicate_6_grams", 0.5, TWICE),
        new Case("en", "refinedweb.duplicate_7_grams", 0.5, TWICE),
        new Case("en", "refinedweb.duplicate_8_grams", 0.5, TWICE),
        new Case("en", "refinedweb.duplicate_9_grams", 0.5, TWICE),
        new Case("en", "refinedweb.duplicate_10_grams", 0.5, TWICE),
        new Case("zh", "zh.length", 5, "空白 的定义\n"),
        new Case("zh", "zh.mean_run_length", 2, "空白 的 定义吗"),
        new Case("zh", "zh.punctuation", 0.4, "空白，是."),
        new Case("zh", "zh.distinct_characters", 0.25, "哈哈哈哈 haha，"),
        new Case("zh", "zh.entropy", Math.log(2), "山水山水"),
        new Case("zh", "zh.digits", 0.5, "第12条。 "),
        new Case("zh", "zh.ellipsis_lines", 0.5, "更多……\n没有。\n"),
        new Case("zh", "zh.bullet_lines", 0.5, "●一\n二"),
        new Case("zh", "zh_repetition.top_2_gram", 2 / 3.0, "甲乙丙 甲乙丁"),
        new Case("zh", "zh_repetition.top_3_gram", 0.75, "甲乙丙一甲乙丙二"),
        new Case("zh", "zh_repetition.top_4_gram", 0.8, "甲乙丙丁一甲乙丙丁二"),
        new Case("zh", "zh_repetition.duplicate_5_grams", 0.5, TWICE),
        new Case("zh", "zh_repetition.duplicate_6_grams", 0.5, TWICE),
        new Case("zh", "zh_repetition.duplicate_7_grams", 0.5, TWICE),
        new Case("zh", "zh_repetition.duplicate_8_grams", 0.5, TWICE),
        new Case("zh", "zh_repetition.duplicate_9_grams", 0.5, TWICE),
        new Case("zh", "zh_repetition.duplicate_10_grams", 0.5, TWICE),
        new Case("code", "stack.longest_line", 3, "a\nabc\n"),
        new Case("code", "stack.mean_line_length", 2, "abc\n\nabc"),
        new Case("code", "stack.alphanumeric", 0.5, "a1()"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldMeasureAsDefined(Case expected) {
    Rule rule =
        RULES.rules().get(expected.kind).stream()
            .filter(r -> r.reason().equals(expected.reason))
            .findFirst()
            .orElseThrow();

    assertEquals(expected.value, rule.measure().applyAsDouble(new Page(expected.text)), 1e-12);
  }

  @Test
  void shouldCoverEveryRecommendedRule() {
    Set<String> covered = cases().map(Case::reason).collect(Collectors.toCollection(TreeSet::new));
    Set<String> recommended =
        RULES.rules().values().stream()
            .flatMap(list -> list.stream().map(Rule::reason))
            .collect(Collectors.toCollection(TreeSet::new));

    assertEquals(recommended, covered);
  }

  @Test
  void shouldMeasureEmptyPagesWithoutNaN() {
    for (var rules : RULES.rules().values()) {
      for (Rule rule : rules) {
        assertTrue(Double.isFinite(rule.measure().applyAsDouble(new Page(""))), rule.reason());
      }
    }
  }

  @Test
  void shouldKeepOrdinaryPages() {
    assertInstanceOf(Verdict.Keep.class, RULES.judge("en", new Page(ENGLISH)));
    assertInstanceOf(Verdict.Keep.class, RULES.judge("zh", new Page(CHINESE)));
    assertInstanceOf(Verdict.Keep.class, RULES.judge("code", new Page("int a = b + c;\n")));
  }

  @Test
  void shouldDropWithReasonMeasuredValueAndThreshold() {
    assertEquals(
        new Verdict.Drop(new Rejection("gopher.word_count", "3", ">= 50 and <= 100000")),
        RULES.judge("en", new Page("only three words")));
    assertEquals(
        new Verdict.Drop(new Rejection("c4.lorem_ipsum", "1", "<= 0")),
        RULES.judge("en", new Page(ENGLISH + " Lorem ipsum.")));
    assertEquals(
        new Verdict.Drop(new Rejection("zh_repetition.duplicate_5_grams", "0.75", "<= 0.6")),
        RULES.judge("zh", new Page(CHINESE.repeat(4))));
    assertEquals(
        new Verdict.Drop(new Rejection("stack.longest_line", "1001", "<= 1000")),
        RULES.judge("code", new Page("x".repeat(1001))));
  }
}
