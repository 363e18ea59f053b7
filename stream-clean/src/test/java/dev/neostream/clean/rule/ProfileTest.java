package dev.neostream.clean.rule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.clean.text.Signals;
import dev.neostream.schemas.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileTest {

  private static final String ENGLISH =
      "The old harbour lies to the north of our town, and few people have walked there with"
          + " children since a storm took most houses. Boats still arrive every second morning,"
          + " bringing salt, bread, newspapers, wool, sometimes letters from islands beyond; nobody"
          + " remembers who first settled here, though carved stones near the chapel suggest"
          + " fishermen did, long before any road crossed these hills.";

  private static final String CHINESE =
      "判断给定的文本是否为空白。空白的定义与统一码标准一致，包括全角空格以及旧版本没有识别的若干字符，"
          + "因此调用者不必再自行比较。如果需要原来的行为，请参阅软件包说明里的例子，并注意性能上的差别。";

  @Test
  void shouldLoadRulesInTheOrderOfTheText() {
    String yaml =
        """
        version: mine-3
        description: for a test
        other_languages: en
        kinds:
          en:
            rules:
              c4.sentence_count: {above: 3}
              zh.format: apply
              gopher.word_count: {min: 5, max: 7}
          code:
            rules:
              stack.alphanumeric: {min: 0.2, below: 1}
        """;

    Profile profile = Profile.parse(yaml, "here");

    assertEquals("mine-3", profile.version());
    assertEquals(yaml, profile.yaml());
    assertEquals(List.of("en", "code"), List.copyOf(profile.kinds()));
    List<Rule> rules = profile.rules("en");
    assertEquals(
        List.of("c4.sentence_count", "zh.format", "gopher.word_count"),
        rules.stream().map(Rule::code).toList());
    assertEquals("> 3", ((Rule.Threshold) rules.get(0)).range().toString());
    assertEquals(new Range(5, 7), ((Rule.Threshold) rules.get(2)).range());
    assertEquals(
        new Range(0.2, true, 1, false), ((Rule.Threshold) profile.rules("code").get(0)).range());
    assertEquals(Optional.of("en"), profile.kindOf("en", false));
    assertEquals(Optional.of("en"), profile.kindOf("fr", false));
    assertEquals(Optional.of("code"), profile.kindOf("java", true));
    assertThrows(IllegalArgumentException.class, () -> profile.rules("zh"));
  }

  @Test
  void shouldRejectOtherLanguagesUnlessToldOtherwise() {
    assertEquals(Optional.empty(), Profile.recommended().kindOf("fr", false));
    assertEquals(Optional.of("zh"), Profile.recommended().kindOf("zh", false));
    assertEquals(Optional.empty(), Profile.named("fineweb").kindOf("java", true));
  }

  @Test
  void shouldNameEveryProblemAtOnceWithItsLine() {
    String message =
        refusal(
            """
            versoin: mine-1
            kinds:
              en:
                rules:
                  gopher.word_cuont: {min: 3}
                  gopher.word_count: {min: 7, max: 5}
                  gopher.stop_words: {minimum: 2}
                  ccnet.length: {min: "200"}
                  c4.lorem_ipsum: {}
                  c4.lines: {max: 1}
                  gopher.bullet_lines: {max: 90}
                  mapneo.word_entropy: {min: .nan}
                  gopher.symbol_to_word: {max: .inf}
                  gopher.alphabetic_words: 0.8
                  c4.sentence_count: {min: 1, above: 2}
                  mapneo.punctuation: {min: 1, below: 1}
                  mapneo.punctuation: {min: 2}
              English:
                rules: {}
              zh: {}
            """);

    for (String problem :
        new String[] {
          "here:1: key of profile must be one of [version, description, other_languages, kinds]:"
              + " key=versoin, nearest=version",
          "here:1: version must be given",
          "here:5: rule must exist: rule=gopher.word_cuont, nearest=gopher.word_count",
          "here:6: a range must hold a value: range=>= 7 and <= 5, rule=gopher.word_count",
          "here:7: key of gopher.stop_words must be one of [min, above, max, below]: key=minimum,"
              + " nearest=min",
          "here:8: threshold must be a finite number: rule=ccnet.length, min=",
          "here:9: range must have one of",
          "here:10: an edit is written c4.lines: apply",
          "here:11: threshold of a share must be in 0..1: rule=gopher.bullet_lines, max=90",
          "here:12: threshold must be a finite number: rule=mapneo.word_entropy, min=.nan",
          "here:13: threshold must be a finite number: rule=gopher.symbol_to_word, max=.inf",
          "here:14: gopher.alphabetic_words must be a mapping",
          "here:15: range must have one lower and one upper end at most: rule=c4.sentence_count",
          "here:16: a range must hold a value: range=>= 1 and < 1, rule=mapneo.punctuation",
          "here:17: key must be given once: key=mapneo.punctuation",
          "here:19: kind must be an ISO code",
          "here:20: kind must have rules: kind=zh"
        }) {
      assertTrue(message.contains(problem), () -> problem + "\nnot in " + message);
    }
    assertEquals(17, message.split("here:", -1).length - 1, message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "text",
        "version: a b\nkinds: {en: {rules: {}}}",
        "version: [1]\nkinds: {en: {rules: {}}}",
        "version: x-1\nkinds: {}",
        "version: x-1\nother_languages: fr\nkinds: {en: {rules: {}}}",
        "version: x-1\nkinds: {en: {rules: {[a, b]: {min: 1}}}}",
        "version: x-1\nkinds: {en: {rules: {",
        "a: b: c",
        "\t\u0000",
        "version: x-1\nkinds: &a {en: *a}",
        "--- a\n--- b",
        "a: &a [x]\nb: &b [*a, *a]\nc: *b"
      })
  void shouldRefuseWhatIsNoProfile(String yaml) {
    assertTrue(refusal(yaml).contains("here"));
  }

  @Test
  void shouldRefuseNestingAndSizeBeyondLimits() {
    assertTrue(refusal("[".repeat(100_000)).contains("here"));
    assertTrue(refusal("#".repeat(1 << 19)).contains("at most"));
  }

  @ParameterizedTest
  @CsvSource({"kitten,sitting,3", "'',abc,3", "abc,abc,0", "ab,ba,2"})
  void shouldMeasureEditDistance(String a, String b, int distance) {
    assertEquals(distance, ProfileParser.editDistance(a, b));
  }

  @Test
  void shouldRebuildProfilesFromTheirText() {
    for (String name : List.of("recommended", "documentation", "fineweb")) {
      Profile profile = Profile.named(name);
      Profile again = Profile.parse(profile.yaml(), "broadcast");

      assertEquals(profile.version(), again.version());
      for (String kind : profile.kinds()) {
        assertEquals(profile.rules(kind).toString(), again.rules(kind).toString());
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Profile.named("../recommended"));
  }

  @Test
  void shouldIncludeOrExcludeTheEndsOfARange() {
    assertTrue(new Range(1, 2).contains(1));
    assertTrue(new Range(1, 2).contains(2));
    assertFalse(new Range(1, 2).contains(2.0001));
    assertFalse(new Range(1, false, 2, true).contains(1));
    assertFalse(new Range(1, true, 2, false).contains(2));
    assertFalse(Range.ALL.contains(Double.NaN));
    assertEquals("<= 2", new Range(Double.NEGATIVE_INFINITY, 2).toString());
    assertEquals("> 0.25 and < 3", new Range(0.25, false, 3, false).toString());
    assertThrows(IllegalArgumentException.class, () -> new Range(2, 1));
    assertThrows(IllegalArgumentException.class, () -> new Range(1, false, 1, true));
    assertThrows(IllegalArgumentException.class, () -> new Range(Double.NaN, 1));
  }

  @Test
  void shouldKeepOrdinaryPages() {
    Profile profile = Profile.recommended();

    assertInstanceOf(Verdict.Keep.class, profile.judge("en", page(ENGLISH)));
    assertInstanceOf(Verdict.Keep.class, profile.judge("zh", page(CHINESE)));
    assertInstanceOf(Verdict.Keep.class, profile.judge("code", page("int a = b + c;\n")));
  }

  @Test
  void shouldDropWithReasonMeasuredValueAndThreshold() {
    Profile profile = Profile.recommended();

    assertEquals(
        drop("gopher.word_count", "3", ">= 50 and <= 100000"),
        profile.judge("en", page("only three words")));
    assertEquals(
        drop("c4.lorem_ipsum", "1", "<= 0"), profile.judge("en", page(ENGLISH + " Lorem ipsum.")));
    assertEquals(
        drop("zh_prose.duplicate_5_grams", "0.75", "<= 0.6"),
        profile.judge("zh", page(CHINESE.repeat(4))));
    assertEquals(
        drop("stack.longest_line", "1001", "<= 1000"),
        profile.judge("code", page("x".repeat(1001))));
    assertEquals(
        drop("language.score", "0.39", ">= 0.4"),
        profile.judge("en", new Page(utf8(ENGLISH), "en", 0.39f, "")));
    assertInstanceOf(
        Verdict.Keep.class, profile.judge("en", new Page(utf8(ENGLISH), "en", 0.4f, "")));
  }

  @Test
  void shouldDropDamagedTextInEveryLanguage() {
    for (String name : new String[] {"recommended", "documentation"}) {
      Profile profile = Profile.named(name);

      for (String kind : new String[] {"en", "zh"}) {
        String text = kind.equals("en") ? ENGLISH : CHINESE;
        assertReason("damage.replacement_characters", profile, kind, text + "\ufffd\ufffd");
        assertReason("damage.private_use", profile, kind, text + "\ue001".repeat(5));
        assertReason("damage.control_characters", profile, kind, text + "\u0001\u0002");
        assertReason("damage.mojibake_latin", profile, kind, text + " itâ€™s");
        assertInstanceOf(Verdict.Keep.class, profile.judge(kind, page(text + " it’s")));
      }
      assertReason("damage.mojibake_han", profile, "en", ENGLISH + " it鈥檚");
      assertReason("damage.mojibake_han", profile, "zh", "鑰佸ご锛屾垜浠潵浜嗐��".repeat(9).replace("�", ""));
      assertReason("damage.replacement_characters", profile, "code", "int a = 1; // \ufffd\n");
      assertReason("damage.control_characters", profile, "code", "int a\u0001= 1;\n");
    }
  }

  private static void assertReason(String reason, Profile profile, String kind, String text) {
    var drop = assertInstanceOf(Verdict.Drop.class, profile.judge(kind, page(text)));
    assertEquals(reason, drop.rejection().reason());
  }

  @Test
  void shouldLeaveRoomForRepetitionInDocumentation() {
    Page page = page(ENGLISH + " " + ENGLISH);

    assertEquals(
        drop("prose.duplicate_5_grams", "0.5", "<= 0.3"), Profile.recommended().judge("en", page));
    assertInstanceOf(Verdict.Keep.class, Profile.named("documentation").judge("en", page));
  }

  @Test
  void shouldExplainEveryRuleWhetherOrNotOneFails() {
    Profile profile = Profile.named("fineweb");

    List<Finding> findings = profile.explain("en", page("too short"));

    assertEquals(
        profile.rules("en").stream().map(Rule::code).toList(),
        findings.stream().map(Finding::rule).toList());
    Finding length =
        findings.stream().filter(f -> f.rule().equals("gopher.word_count")).findFirst().get();
    assertEquals(new Finding("gopher.word_count", 2, new Range(50, 100_000), false), length);
    assertTrue(findings.get(0).passed());
    Finding edit = findings.stream().filter(f -> f.rule().equals("c4.lines")).findFirst().get();
    assertEquals(new Finding("c4.lines", -9, Range.ALL, true), edit);
  }

  @Test
  void shouldJudgeOnePageByProfilesInTurn() {
    Profile editing = one("c4.lines: apply");
    Profile counting = one("gopher.word_count: {min: 6}");
    byte[] utf8 = utf8("Short line\nA line of several words");
    var page = new Page(utf8, "en", 1, "http://x.org/");

    editing.judge("en", page);
    assertEquals("A line of several words", page.text());
    assertEquals(5, page.signals().words().count());
    assertInstanceOf(Verdict.Keep.class, counting.judge("en", page));
    assertSame(utf8, page.utf8());
    assertArrayEquals(utf8, utf8(page.text()));
  }

  @Test
  void shouldComputeMemosOnceUntilAnEdit() {
    Profile editing = one("c4.lines: apply");
    var page = page("Short line\nA line of several words");

    StringBuilder memo = page.memo(StringBuilder.class, p -> new StringBuilder(p.text()));

    assertSame(memo, page.memo(StringBuilder.class, p -> new StringBuilder()));
    editing.judge("en", page);
    StringBuilder after = page.memo(StringBuilder.class, p -> new StringBuilder(p.text()));
    assertNotSame(memo, after);
    assertEquals("A line of several words", after.toString());
  }

  @Test
  void shouldShareSignalsAmongPages() {
    var signals = new Signals();
    Profile profile = Profile.recommended();
    for (int i = 0; i < 3; i++) {
      assertInstanceOf(
          Verdict.Keep.class, profile.judge("en", new Page(utf8(ENGLISH), "en", 1, "", signals)));
      assertInstanceOf(
          Verdict.Drop.class, profile.judge("en", new Page(utf8("few"), "en", 1, "", signals)));
      assertInstanceOf(
          Verdict.Keep.class, profile.judge("zh", new Page(utf8(CHINESE), "zh", 1, "", signals)));
    }
  }

  @Test
  void shouldHoldTheSameKindsInDocumentationAsRecommended() {
    assertEquals(
        Set.copyOf(Profile.recommended().kinds()),
        Set.copyOf(Profile.named("documentation").kinds()));
  }

  private static Profile one(String rule) {
    return Profile.parse("version: t-1\nkinds: {en: {rules: {" + rule + "}}}", "here");
  }

  private static String refusal(String yaml) {
    return assertThrows(IllegalArgumentException.class, () -> Profile.parse(yaml, "here"))
        .getMessage();
  }

  private static Verdict drop(String reason, String value, String threshold) {
    return new Verdict.Drop(new Rejection(reason, value, threshold));
  }

  private static Page page(String text) {
    return new Page(utf8(text), "en", 1, "");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void shouldRefuseThresholdsThatDecideNothingOrEverything() {
    for (String range :
        new String[] {
          "gopher.word_count: {max: -1}",
          "gopher.word_count: {below: 0}",
          "gopher.bullet_lines: {above: 1}",
          "gopher.bullet_lines: {below: 0}",
          "gopher.word_count: {min: 0}",
          "gopher.bullet_lines: {max: 1}"
        }) {
      String yaml = "version: a\nkinds:\n  en:\n    rules:\n      " + range + "\n";

      var refused =
          assertThrows(IllegalArgumentException.class, () -> Profile.parse(yaml, "here"), range);

      assertTrue(refused.getMessage().contains("here:5: range must "), refused.getMessage());
    }
  }
}
