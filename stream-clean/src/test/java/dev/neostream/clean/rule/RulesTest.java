package dev.neostream.clean.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For every rule a short text with the value counted by hand. */
class RulesTest {

  private static final String TWICE = "1 2 3 4 5 6 7 8 9 a b c d e f ".repeat(2);

  /** Two text lines of 45 and 47 bytes. */
  private static final String WALK = "We walked along the shore until it was dark.\n";

  private static final String BOATS = "Boats arrive there every morning, in all weather.\n";

  /** Measures of the families that are bug for bug somebody else's have their own test. */
  private static final String PUBLISHED = "published.";

  record Case(String rule, double value, String text) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case("language.score", 0.65, ""),
        new Case("damage.replacement_characters", 0.25, "a\ufffd b"),
        new Case("damage.private_use", 0.5, "a\ue001\udb80\udc00b"),
        new Case("damage.control_characters", 0.5, "\u0001\u0092\u007f\u001b\ta\n\f"),
        new Case("damage.mojibake_latin", 0.4, "cafÃ©"),
        new Case("damage.mojibake_han", 0.5, "it鈥檚"),
        new Case("gopher.word_count", 3, " one  two\n- "),
        new Case("gopher.mean_word_length", 3, "one a three"),
        new Case("gopher.symbol_to_word", 0.5, "#tag wait... what.. ok"),
        new Case("gopher.bullet_lines", 0.5, "- one\n\n-two\n"),
        new Case("gopher.ellipsis_lines", 0.5, "more\u2026 \nand.\n"),
        new Case("gopher.alphabetic_words", 0.5, "a1 42 ?! b"),
        new Case("gopher.stop_words", 2, "The the theme, of THE."),
        new Case("gopher_repetition.duplicate_lines", 0.5, "a\n\nb\na\n\na\n"),
        new Case("gopher_repetition.duplicate_line_characters", 0.3, "abc\nx\nabc\n"),
        new Case("gopher_repetition.duplicate_paragraphs", 1 / 3.0, "a\nb\n\na\n\n\na\nb"),
        new Case("gopher_repetition.duplicate_paragraph_characters", 0.375, "a\nb\n\na\nb"),
        new Case("gopher_repetition.top_2_gram", 2 / 3.0, "a b x a b y"),
        new Case("gopher_repetition.top_3_gram", 0.75, "a b c x A b, c y"),
        new Case("gopher_repetition.top_4_gram", 0.8, "a b c d x a b c d y"),
        new Case("gopher_repetition.duplicate_5_grams", 0.5, TWICE),
        new Case("gopher_repetition.duplicate_6_grams", 0.5, TWICE),
        new Case("gopher_repetition.duplicate_7_grams", 0.5, TWICE),
        new Case("gopher_repetition.duplicate_8_grams", 0.5, TWICE),
        new Case("gopher_repetition.duplicate_9_grams", 0.5, TWICE),
        new Case("gopher_repetition.duplicate_10_grams", 0.5, TWICE),
        new Case("ccnet.length", 6, " abc\n\td\u00a0ef "),
        new Case("c4.curly_brackets", 0.3, "{ab} a{b c"),
        new Case("c4.opening_curly_brackets", 2, "{ab} a{b c"),
        new Case("c4.lorem_ipsum", 2, "LOREM ipsum, lorem ipsum; lorem"),
        new Case("c4.javascript", 2, "Enable JavaScript: javascript."),
        new Case("c4.policies", 3, "Terms of Use, our cookie policy; we use cookies"),
        new Case("c4.sentence_count", 2, "See java.util. It is 3.14!"),
        new Case("refinedweb.corrected_words", 0.4, "Home\n3 likes\nwe sat down to eat some\nfood"),
        new Case("fineweb.line_punct_ratio", 0.5, "One.\n\nTwo\nthree?\nfour\"\n"),
        new Case("fineweb.short_line_ratio", 0.5, "x".repeat(30) + "\n\n" + "x".repeat(31)),
        new Case("fineweb.char_duplicates_ratio", 3 / 7.0, "abc\nx\nabc\n"),
        new Case("fineweb.new_line_ratio", 1.5, "a\n\n\nb"),
        new Case("pretrainer.upper_case_words", 0.25, "I read NASA news"),
        new Case("pretrainer.distinct_words", 0.75, "a b a A"),
        new Case("mapneo.word_entropy", Math.log(4), "a b c d"),
        new Case("mapneo.read_more_lines", 0.5, "News. Read more...\n\nread more news\n"),
        new Case("mapneo.hash_signs", 0.5, "##a "),
        new Case("mapneo.ellipsis_to_word", 1, "a... b\u2026"),
        new Case("mapneo.punctuation", 3, "a, b. $ \u3002"),
        new Case("mapneo.url_to_word", 0.5, "at https://a.org/ or www.b.org"),
        new Case("zh.length", 5, "空白 的定义\n"),
        new Case("zh.mean_run_length", 2, "空白 的 定义吗"),
        new Case("zh.punctuation", 0.4, "空白，是."),
        new Case("zh.distinct_characters", 0.25, "哈哈哈哈 haha，"),
        new Case("zh.entropy", Math.log(2), "山水山水"),
        new Case("zh.digits", 0.5, "第12条。 "),
        new Case("zh.sentence_count", 2, "好。是吗？！"),
        new Case("zh.brackets", 0.5, "【甲乙丙】好"),
        new Case("zh.hash_signs", 0.25, "#一二三"),
        new Case("zh.ellipses", 0.25, "一二三…"),
        new Case("zh.ellipsis_lines", 0.5, "更多……\n没有。\n"),
        new Case("zh.bullet_lines", 0.5, "●一\n二"),
        new Case("zh.read_more_lines", 0.5, "点击展开。\n展开说说\n更多\n没有"),
        new Case("zh_repetition.top_2_gram", 2 / 3.0, "甲乙丙 甲乙丁"),
        new Case("zh_repetition.top_3_gram", 0.75, "甲乙丙一甲乙丙二"),
        new Case("zh_repetition.top_4_gram", 0.8, "甲乙丙丁一甲乙丙丁二"),
        new Case("zh_repetition.duplicate_5_grams", 0.5, TWICE),
        new Case("zh_repetition.duplicate_6_grams", 0.5, TWICE),
        new Case("zh_repetition.duplicate_7_grams", 0.5, TWICE),
        new Case("zh_repetition.duplicate_8_grams", 0.5, TWICE),
        new Case("zh_repetition.duplicate_9_grams", 0.5, TWICE),
        new Case("zh_repetition.duplicate_10_grams", 0.5, TWICE),
        new Case("prose.alphabetic_words", 0.5, "a1 42 17 b\n```\n1 + 1\n```\n"),
        new Case("prose.bullet_lines", 0.4, "- a\n\n- b\nc\nd\ne"),
        new Case("prose.ellipsis_lines", 0.2, "a\u2026\n\nb\nc\nd\ne"),
        new Case("prose.duplicate_lines", 0.6, WALK + BOATS + WALK + "Menu\n" + WALK + WALK),
        new Case(
            "prose.duplicate_line_characters",
            3 * 44 / (4 * 44 + 49.0),
            WALK + BOATS + WALK + "Menu\n" + WALK + WALK),
        new Case("prose.top_2_gram", 2 / 3.0, "a b x a b y"),
        new Case("prose.top_3_gram", 0.75, "a b c x A b c y"),
        new Case("prose.top_4_gram", 0.8, "a b c d x a b c d y"),
        new Case("prose.duplicate_5_grams", 0.5, TWICE),
        new Case("prose.duplicate_6_grams", 0.5, TWICE),
        new Case("prose.duplicate_7_grams", 0.5, TWICE),
        new Case("prose.duplicate_8_grams", 0.5, TWICE),
        new Case("prose.duplicate_9_grams", 0.5, TWICE),
        new Case("prose.duplicate_10_grams", 0.5, TWICE),
        new Case("zh_prose.entropy", Math.log(2), "山水 ---- 山水"),
        new Case("zh_prose.digits", 0.5, "第12条。\n| 3 | 4 |"),
        // Of a topic's name the first occurrence is none.
        new Case("zh_prose.top_2_gram", 1 / 3.0, "甲乙丙 甲乙丁"),
        new Case("zh_prose.top_3_gram", 0.375, "甲乙丙一甲乙丙二"),
        new Case("zh_prose.top_4_gram", 0.4, "甲乙丙丁一甲乙丙丁二"),
        new Case("zh_prose.duplicate_5_grams", 0.5, TWICE),
        new Case("zh_prose.duplicate_6_grams", 0.5, TWICE),
        new Case("zh_prose.duplicate_7_grams", 0.5, TWICE),
        new Case("zh_prose.duplicate_8_grams", 0.5, TWICE),
        new Case("zh_prose.duplicate_9_grams", 0.5, TWICE),
        new Case("zh_prose.duplicate_10_grams", 0.5, TWICE),
        new Case("stack.longest_line", 3, "a\nabc\n"),
        new Case("stack.mean_line_length", 2, "abc\n\nabc"),
        new Case("stack.alphanumeric", 0.5, "a1()"),
        new Case("stack.alphabetic", 0.25, "a1()"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldPassAtTheThresholdAndDropBeyond(Case expected) {
    double value = Families.MEASURES.get(expected.rule).applyAsDouble(page(expected.text));
    assertEquals(expected.value, value, 1e-12);

    Rejection rejection = null;
    for (Range range :
        new Range[] {
          new Range(value, value),
          new Range(Math.nextDown(value), false, Math.nextUp(value), false),
          new Range(Math.nextUp(value), Double.POSITIVE_INFINITY),
          new Range(Double.NEGATIVE_INFINITY, Math.nextDown(value)),
          new Range(value, false, Double.POSITIVE_INFINITY, true),
          new Range(Double.NEGATIVE_INFINITY, true, value, false)
        }) {
      var rule = new Rule.Threshold(expected.rule, Families.MEASURES.get(expected.rule), range);
      Verdict verdict = rule.judge(page(expected.text));
      boolean holds = range.minIncluded() && range.min() == value && range.max() == value;
      boolean around = range.min() < value && range.max() > value;

      assertEquals(holds || around, verdict instanceof Verdict.Keep, range::toString);
      if (verdict instanceof Verdict.Drop drop) {
        rejection = drop.rejection();
        assertEquals(
            new Rejection(expected.rule, Range.number(value), range.toString()), rejection);
      }
    }
    assertTrue(rejection != null);
  }

  @Test
  void shouldCoverEveryRule() {
    Set<String> covered = cases().map(Case::rule).collect(Collectors.toCollection(TreeSet::new));
    Set<String> all = new TreeSet<>(Families.MEASURES.keySet());
    all.removeIf(rule -> rule.startsWith(PUBLISHED));

    assertEquals(all, covered);
  }

  @Test
  void shouldMeasureEmptyPagesWithoutNaN() {
    Families.MEASURES.forEach(
        (rule, measure) -> {
          if (!rule.startsWith(PUBLISHED)) {
            assertTrue(Double.isFinite(measure.applyAsDouble(page(""))), rule);
          }
        });
  }

  @Test
  void shouldRewriteAsEditsAreDefined() {
    assertEdit("zh.format", "Ａ１％　ｚ，（！）。中～", "A1% z，（！）。中～");
    assertEdit("zh.format", "中文，abc\n", "中文，abc\n");
    assertEdit("zh.format", "x\uff5f\uff00\u3001", "x\uff5f\uff00\u3001");
    assertEdit(
        "c4.lines",
        " Water[1] is very wet[edit].\nToo short\n\nPlease enable Javascript now\nOur privacy policy"
            + " has changed\n"
            + "a b "
            + "x".repeat(1001)
            + "\nNo mark at the end",
        "Water is very wet.\nNo mark at the end");
    assertEdit(
        "c4.terminal_lines",
        "One.\nTwo\nHe said \"no\"\nand so...\n\nWhy?",
        "One.\nHe said \"no\"\nWhy?");
    assertEdit(
        "refinedweb.lines",
        "HOME AND GARDEN\n\nHome\n1,204 likes\n12/03/2024 10:15\nSign in to see it\nA story. Read"
            + " more...\nThere are 3 items in cart\nIt was a long day for all of us.",
        "\nto see it\nA story.\nThere are 3\nIt was a long day for all of us.");
  }

  @Test
  void shouldCoverEveryEdit() {
    assertEquals(
        Set.of("zh.format", "c4.lines", "c4.terminal_lines", "refinedweb.lines"),
        Families.EDITS.keySet().stream()
            .filter(edit -> !edit.startsWith(PUBLISHED))
            .collect(Collectors.toSet()));
  }

  @Test
  void shouldReturnTheSameArrayWhereAnEditChangesNothing() {
    byte[] utf8 = "A sentence of several words, 中文。".getBytes(StandardCharsets.UTF_8);
    for (Map.Entry<String, ?> edit : Families.EDITS.entrySet()) {
      if (!edit.getKey().equals("c4.terminal_lines") && !edit.getKey().startsWith(PUBLISHED)) {
        assertTrue(Families.EDITS.get(edit.getKey()).apply(utf8) == utf8, edit.getKey());
      }
    }
  }

  private static void assertEdit(String rule, String text, String expected) {
    byte[] edited = Families.EDITS.get(rule).apply(text.getBytes(StandardCharsets.UTF_8));

    assertEquals(expected, new String(edited, StandardCharsets.UTF_8));
    assertTrue(Arrays.equals(edited, Families.EDITS.get(rule).apply(edited)), "stable");
  }

  private static Page page(String text) {
    return new Page(text.getBytes(StandardCharsets.UTF_8), "en", 0.65f, "");
  }
}
