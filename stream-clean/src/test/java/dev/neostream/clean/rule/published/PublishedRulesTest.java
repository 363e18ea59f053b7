package dev.neostream.clean.rule.published;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.clean.rule.Measure;
import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Range;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PublishedRulesTest {

  private static final boolean PASSES = true;
  private static final boolean FAILS = false;

  private static final PublishedProfile ENGLISH = new PublishedProfile("en");
  private static final PublishedProfile CHINESE = new PublishedProfile("zh");

  /** Rule, text, value computed by hand, verdict: at, under and over each threshold. */
  static Stream<Arguments> english() {
    return Stream.of(
        row("gopher.characters", "", 0, FAILS),
        row("gopher.characters", "😀", 1, PASSES),
        row("gopher.mean_word_length", "aaa aaa", 3, PASSES),
        row("gopher.mean_word_length", "aa aaa", 2.5, FAILS),
        row("gopher.mean_word_length", "aaaaaaaaaa", 10, PASSES),
        row("gopher.mean_word_length", "aaaaaaaaaaa", 11, FAILS),
        row("gopher.mean_word_length", "aaaa …", 3.5, PASSES), // NFKC: three dots
        row("gopher.mean_word_length", "\"aaaa\"", 8 / 3.0, FAILS), // ``, aaaa, ''
        row("gopher.mean_word_length", " ", 0, FAILS),
        row("gopher.ellipsis", "..abc", 0.2, PASSES),
        row("gopher.ellipsis", "....ab…", 2 / 7.0, FAILS),
        row("gopher.ellipsis", "a.b.c", 0, PASSES),
        row("gopher.bullet_lines", "• a\n".repeat(9) + "a", 0.9, PASSES),
        row("gopher.bullet_lines", "– a\r\n".repeat(10), 1, FAILS),
        row("gopher.bullet_lines", "▶a\n\n • a\n- a\n* a", 0.2, PASSES),
        row("gopher.words_without_letter", "1 2 ab", 2 / 6.0, PASSES),
        row("gopher.words_without_letter", "1 2 a", 0.4, FAILS),
        row("gopher.words_without_letter", "1 2 3", 0.6, FAILS),
        row("gopher.distinct_stop_words", "the cat the dog", 1, FAILS),
        row("gopher.distinct_stop_words", "The, don't!", 2, PASSES),
        row("gopher.distinct_stop_words", "the—of", 0, FAILS), // glued
        row("gopher.distinct_stop_words", "the of and", 3, PASSES),
        row("gopher.symbols", "# a b", 1 / 3.0, PASSES),
        row("gopher.symbols", "# a", 0.5, FAILS),
        row("gopher.symbols", "...... …", 1.5, FAILS), // 3 symbols, 2 words
        row("gopher.words", words(49), 49, FAILS),
        row("gopher.words", words(50), 50, PASSES),
        row("gopher.words", words(10000), 10000, PASSES),
        row("gopher.words", words(10001), 10001, FAILS),
        row("ccnet.characters", " " + "a \t\n".repeat(199), 199, FAILS),
        row("ccnet.characters", "\u00a0" + "a \t\n".repeat(200), 200, PASSES),
        row("ccnet.characters", "\u00a0" + "a\u00a0".repeat(100), 199, FAILS), // inner ones stay
        row("ccnet.lines", "a\nb", 2, PASSES),
        row("c4.curly_brackets", "{" + "a".repeat(40), 1 / 41.0, PASSES),
        row("c4.curly_brackets", "}" + "a".repeat(39), 0.025, FAILS),
        row("c4.curly_brackets", "{}a", 2 / 3.0, FAILS),
        row("c4.lorem_ipsum", "lorem  ipsum", 0, PASSES),
        row("c4.lorem_ipsum", "xLorem Ipsumx", 1 / 13.0, FAILS),
        row("c4.sentences", "3.5", 2, PASSES),
        row("c4.sentences", "Oh!? (a) ... b", 3, PASSES),
        row("c4.sentences", "a. ".repeat(7499), 7499, PASSES),
        row("c4.sentences", "a. ".repeat(7500), 7500, FAILS),
        row("c4.sentences", "a. ".repeat(7501), 7501, FAILS),
        row("pretrainer.upper_case_words", "I" + " b".repeat(9), 0.1, PASSES),
        row("pretrainer.upper_case_words", "I" + " b".repeat(8), 1 / 9.0, FAILS),
        row("pretrainer.upper_case_words", "NASA, U2 Ab ÉA" + " b".repeat(8), 1 / 12.0, PASSES),
        row("pretrainer.distinct_words", "a ".repeat(10), 0.1, PASSES),
        row("pretrainer.distinct_words", "a ".repeat(11), 1 / 11.0, FAILS),
        row("pretrainer.distinct_words", "a A a, 😀 😀", 0.8, PASSES),
        row("self.sentences", "One only", 1, FAILS),
        row("self.sentences", "Mr. Brown has come", 1, FAILS),
        row("self.sentences", "One. Two", 2, PASSES),
        row("self.sentences", "", 0, FAILS),
        row("self.read_more", "It is. ".repeat(9) + "Read more", 0.1, PASSES),
        row("self.read_more", "It is. ".repeat(8) + "Read more", 1 / 9.0, FAILS),
        row("self.read_more", "It is. See\nread more", 0, PASSES),
        row("self.hashes", "##" + "a".repeat(8), 0.1, PASSES),
        row("self.hashes", "#" + "a".repeat(8), 1 / 9.0, FAILS),
        row("self.hashes", "a".repeat(8), 0, PASSES),
        row("self.ellipsis", "..." + "a".repeat(7), 0.1, PASSES),
        row("self.ellipsis", ".." + "a".repeat(7), 1 / 9.0, FAILS),
        row("self.ellipsis", "." + "a".repeat(7), 0, PASSES),
        row("self.punctuation", "a，b—c", 0, FAILS),
        row("self.punctuation", "a_b", 1, PASSES),
        row("self.punctuation", "a...~", 4, PASSES),
        row("self.non_alphabetic_words", "abc, d", 0.2, PASSES),
        row("self.non_alphabetic_words", "ab, d", 0.25, FAILS),
        row("self.non_alphabetic_words", "ab d", 0, PASSES),
        row("self.non_alphabetic_words", "...", Double.NaN, FAILS), // divides by zero
        row("self.digit_words", "12 34 5678", 0.3, PASSES),
        row("self.digit_words", "12 3 4", 0.5, FAILS),
        row("self.digit_words", "a 1b 2.0", 0, PASSES),
        row("self.blocked_words", "my stepsons Stepson", 0, PASSES),
        row("self.blocked_words", "my stepson.", 1, FAILS),
        row("self.blocked_words", "QQ or JS", 2, FAILS),
        row("refinedweb.word_entropy", distinct(20), Math.log(20), FAILS),
        row("refinedweb.word_entropy", distinct(21), Math.log(21), PASSES),
        row("refinedweb.word_entropy", "a a b", Math.log(3) - 2 * Math.log(2) / 3, FAILS),
        row("refinedweb.top_2_gram", "ab" + han(6) + "ab", 0.2, PASSES),
        row("refinedweb.top_2_gram", "ab" + han(5) + "ab", 2 / 9.0, FAILS),
        row("refinedweb.top_2_gram", "ab" + han(7) + "ab", 2 / 11.0, PASSES),
        row("refinedweb.top_3_gram", "abc1abc2abc3abc" + han(35), 0.18, PASSES),
        row("refinedweb.top_3_gram", "abc1abc2abc3abc" + han(34), 9 / 49.0, FAILS),
        row("refinedweb.top_4_gram", "abcd" + han(17) + "abcd", 0.16, PASSES),
        row("refinedweb.top_4_gram", "abcd" + han(16) + "abcd", 4 / 24.0, FAILS),
        row("refinedweb.top_4_gram", "", 0, PASSES));
  }

  static Stream<Arguments> chinese() {
    return Stream.of(
        row("brackets", "【一】一二三四五六七", 0.1, PASSES),
        row("brackets", "【一】一二三四五六", 1 / 9.0, FAILS),
        row("brackets", "【一\n】【【二】三】", 2 / 10.0, FAILS),
        row("brackets", "【一\n】", 0, PASSES),
        row("brackets", "", 0, PASSES),
        row("sentences", "一，二", 1, FAILS),
        row("sentences", "一.二", 2, PASSES),
        row("sentences", "一\"二\";三?! \n…", 3, PASSES),
        row("sentences", "...", 0, FAILS),
        row("characters", han(49), 49, FAILS),
        row("characters", han(50), 50, PASSES),
        row("characters", "…" + "一".repeat(9997), 10000, PASSES),
        row("characters", "…" + "一".repeat(9998), 10001, FAILS),
        row("mean_word_length", "中国 中国 中国 的 的 的 的 的 的 的", 1.3, PASSES),
        row("mean_word_length", "中国 中国 的 的 的 的 的 的 的 的", 1.2, FAILS),
        row("mean_word_length", "中国人民", 2, PASSES),
        row("mean_word_length", "abcdefghij", 10, PASSES),
        row("mean_word_length", "abcdefghijk", 11, FAILS),
        row("mean_word_length", "，。", 0, FAILS),
        row("hashes", "##" + han(8), 0.1, PASSES),
        row("hashes", "#" + han(8), 1 / 9.0, FAILS),
        row("hashes", "", Double.NaN, FAILS),
        row("ellipsis", "……" + han(8), 0.1, PASSES),
        row("ellipsis", ".." + han(7), 1 / 9.0, FAILS),
        row("ellipsis", "。。" + han(7), 0, PASSES),
        row("digits", "123一二三四五六七", 0.3, PASSES),
        row("digits", "12３4一二三四五六七", 4 / 11.0, FAILS),
        row("digits", "，", 0, PASSES),
        row("read_more_lines", "新闻 更多\n展开\nreadmore\n" + "一\n".repeat(7), 0.3, PASSES),
        row("read_more_lines", "更多\n展开\nreadmore\n" + "一\n".repeat(6), 1 / 3.0, FAILS),
        row("read_more_lines", "更多了\n", 0, PASSES),
        row("bullet_lines", "•一\n".repeat(9) + "一", 0.9, PASSES),
        row("bullet_lines", "·一\n".repeat(10), 1, FAILS),
        row("bullet_lines", "\n", 0, PASSES),
        row("punctuation", "一二、", 0, FAILS),
        row("punctuation", "一…", 0.75, PASSES), // NFKC: three dots
        row("punctuation", "一，一", 1 / 3.0, PASSES), // NFKC: a comma
        row("distinct_characters", "一".repeat(10), 0.1, FAILS),
        row("distinct_characters", "一".repeat(9), 1 / 9.0, PASSES),
        row("distinct_characters", "一".repeat(11), 1 / 11.0, FAILS),
        row("character_entropy", han(20), Math.log(20), FAILS),
        row("character_entropy", han(21), Math.log(21), PASSES),
        row("character_entropy", "", 0, FAILS));
  }

  private static Arguments row(String rule, String text, double value, boolean verdict) {
    return Arguments.of(rule, text, value, verdict);
  }

  @ParameterizedTest
  @MethodSource
  void english(String rule, String text, double value, boolean verdict) {
    check(ENGLISH, PublishedEnglish.measures(), "published.en." + rule, text, value, verdict);
  }

  @ParameterizedTest
  @MethodSource
  void chinese(String rule, String text, double value, boolean verdict) {
    check(CHINESE, PublishedChinese.measures(), "published.zh." + rule, text, value, verdict);
  }

  private static void check(
      PublishedProfile profile,
      Map<String, ToDoubleFunction<Page>> measures,
      String code,
      String text,
      double value,
      boolean verdict) {
    ToDoubleFunction<Page> measure = measures.get(code);
    assertEquals(value, measure.applyAsDouble(PublishedProfile.page(text)), 1e-12);
    assertEquals(
        verdict, profile.accepts(code, measure.applyAsDouble(PublishedProfile.page(text))));
    if (measure instanceof Measure known) {
      assertEquals(verdict, known.passes(PublishedProfile.page(text), profile.range(code)));
    }
  }

  @Test
  void duplicateNgramsCountDistinctCharacters() {
    int[] alphabets = {6, 7, 13, 12, 11, 10}; // over 40, 50, 100 ... characters: the thresholds
    int[] lengths = {40, 50, 100, 100, 100, 100};
    for (int n = 5; n <= 10; n++) {
      String code = "published.en.refinedweb.duplicate_" + n + "_gram";
      String phrase = "abcdefghijklm".substring(0, alphabets[n - 5]);
      String rest = han(lengths[n - 5] - 2 * phrase.length());
      double at = (double) phrase.length() / lengths[n - 5];
      check(ENGLISH, PublishedEnglish.measures(), code, phrase + rest + phrase, at, PASSES);
      double over = (double) phrase.length() / (lengths[n - 5] - 1);
      String shorter = phrase + rest.substring(1) + phrase;
      check(ENGLISH, PublishedEnglish.measures(), code, shorter, over, FAILS);
    }
  }

  @Test
  void languageScoreDecidesWithoutTheLabel() {
    ToDoubleFunction<Page> score = PublishedEnglish.measures().get("published.language_score");
    for (PublishedProfile profile : List.of(ENGLISH, CHINESE)) {
      for (float value : new float[] {0.39f, 0.4f, 0.41f}) {
        double measured = score.applyAsDouble(PublishedProfile.page("a", value));
        assertEquals(value >= 0.4f, profile.accepts("published.language_score", measured));
      }
    }
  }

  @Test
  void wordsTwentyTimesFailTrigramsFirst() {
    String text = "hello world ".repeat(20);
    assertNgrams("published.en.refinedweb.", text, 0.1583, 0.2375, 0.3167, 0.0333);
    assertTrue(ENGLISH.accepts("published.en.refinedweb.top_2_gram", 38 / 240.0));
    assertTrue(!ENGLISH.accepts("published.en.refinedweb.top_3_gram", 57 / 240.0));
  }

  @Test
  void chineseSentenceTenTimes() {
    String text = "春天来了花开了，大家高兴。".repeat(10); // 13 characters, one of them twice
    assertNgrams("published.zh.", text, 0.1385, 0.2077, 0.2769, 0.0923);
  }

  private static void assertNgrams(String prefix, String text, double... values) {
    for (int n = 2; n <= 10; n++) {
      String code = prefix + (n <= 4 ? "top_" : "duplicate_") + n + "_gram";
      assertEquals(values[Math.min(n - 2, 3)], PublishedProfile.value(code, text), 5e-5, code);
    }
  }

  @Test
  void boundsNeverContradictValues() {
    String text = "a rose is a rose is a rose. ".repeat(3);
    Map<String, ToDoubleFunction<Page>> measures = PublishedEnglish.measures();
    measures.forEach(
        (code, measure) -> {
          if (measure instanceof Measure known) {
            double value = known.applyAsDouble(PublishedProfile.page(text));
            for (double max : new double[] {value * 0.99, value, value * 1.01, 1e9}) {
              var range = new Range(Double.NEGATIVE_INFINITY, max);
              assertEquals(
                  range.contains(value), known.passes(PublishedProfile.page(text), range), code);
            }
          }
        });
  }

  @Test
  void chineseRepetitionHasNoThreshold() {
    assertTrue(PublishedChinese.measures().containsKey("published.zh.top_2_gram"));
    assertNull(CHINESE.range("published.zh.top_2_gram"));
  }

  @Test
  void profileNamesEveryMeasureAndEdit() {
    Set<String> codes = new HashSet<>(PublishedEnglish.measures().keySet());
    codes.addAll(PublishedChinese.measures().keySet());
    codes.addAll(PublishedChinese.edits().keySet());
    codes.removeIf(code -> code.matches("published\\.zh\\.(top|duplicate)_.*"));
    Set<String> named = new HashSet<>(ENGLISH.codes());
    named.addAll(CHINESE.codes());
    assertEquals(codes, named);
  }

  @ParameterizedTest
  @MethodSource
  void edits(String edit, String text, String edited) {
    assertEquals(edited, PublishedChinese.edits().get("published.zh." + edit).apply(text));
  }

  static Stream<Arguments> edits() {
    return Stream.of(
        edit("unify_format", "他说：“好！”（１、Ａ…—《书》【注】）。", "他说:\"好!\"(１、Ａ…—《书》【注】)."),
        edit("unify_format", "＃＄％＆‘’＊＋，－／；＜＝＞？＠［＼］＾＿｀｛｜｝～", "#$%&''*+,-/;<=>?@[\\]^_`{|}~"),
        edit("delete_links", "见http://a.b/c?d,下", "见,下"),
        edit("delete_links", "https://中www.x y", "中 y"),
        edit("delete_links", "http:/a ww.b", "http:/a ww.b"),
        edit("delete_links", "xhttp://q，r", "x，r"),
        edit("delete_dotted_names", "a.b.c.d", ""),
        edit("delete_dotted_names", "x a.b.c", "x a.b.c"),
        edit("delete_dotted_names", "a..b.c.d.e", "a.."),
        edit("delete_dotted_names", "1.2.3.4. 完", " 完"),
        edit("delete_dotted_names", "a.b.c. d", "a.b.c. d"),
        edit("delete_dotted_names", "..a.b.c..", ".."),
        edit("delete_dotted_names", "见a.b.c.d-e.f好", "见好"),
        edit("delete_domains", "use node.js now", "use  now"),
        edit("delete_domains", "index.html,", ","),
        edit("delete_domains", "end.the", ""),
        edit("delete_domains", "me@site.org.", "me@."),
        edit("delete_domains", "见b.com", "见b.com"),
        edit("delete_domains", "见b.c.com", "见b"),
        edit("delete_domains", "a.COM x.toolongg", "a.COM x.toolongg"),
        edit("delete_domains", "-a.com", "-"),
        edit("delete_domains", "a.com中 é.com a_b.com", "a.com中 é.com a_b.com"),
        edit("delete_domains", "1.2.io-x.y", "-x.y"));
  }

  private static Arguments edit(String edit, String text, String edited) {
    return Arguments.of(edit, text, edited);
  }

  /**
   * Verdicts of the original's code on texts written for this test: each text given to its {@code
   * filter_one_line} (English) or {@code filter_single_line} (Chinese) with a language score of 1
   * and no block list, with NLTK 3.10.4, its English Punkt model, and jieba 0.42.1. {@code rule} is
   * our code for the flag it returned, {@code value} the flag's value.
   */
  @Test
  void agreesWithRecordedVerdicts() throws IOException {
    var json = new ObjectMapper();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                PublishedRulesTest.class.getResourceAsStream("recorded-verdicts.jsonl"),
                StandardCharsets.UTF_8))) {
      for (String line : lines.lines().toList()) {
        JsonNode recorded = json.readTree(line);
        PublishedProfile profile = recorded.get("kind").asText().equals("en") ? ENGLISH : CHINESE;
        PublishedProfile.Failure failure = profile.judge(recorded.get("text").asText());
        String rule = recorded.get("rule").isNull() ? null : recorded.get("rule").asText();
        assertEquals(rule, failure == null ? null : failure.rule(), line);
        if (failure != null) {
          assertEquals(recorded.get("value").asDouble(), failure.value(), 1e-12, line);
        }
      }
    }
  }

  private static String words(int count) {
    return "word ".repeat(count);
  }

  /** Words that differ. */
  private static String distinct(int count) {
    return IntStream.range(0, count).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
  }

  /** Characters that differ. */
  private static String han(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> String.valueOf((char) (0x4E00 + i)))
        .collect(Collectors.joining());
  }
}
