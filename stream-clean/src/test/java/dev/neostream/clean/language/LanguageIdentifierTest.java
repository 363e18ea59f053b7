package dev.neostream.clean.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.clean.SharedData;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LanguageIdentifierTest {

  private static final String ENGLISH =
      "Returns true if the given text is empty or consists of white space only. The definition of"
          + " white space is that of the Unicode standard, which includes characters that older"
          + " versions of this method did not recognise. Callers that depend on the old behaviour"
          + " should compare the characters themselves, as described in the overview of the package.";

  private final LanguageIdentifier languages = new LanguageIdentifier();

  @Test
  void shouldTellLanguagesByTheirScript() {
    assertEquals("zh", languages.identify("今天天气很好，我们去公园散步吧。").code());
    assertEquals("ja", languages.identify("今日は天気がいいので、公園を散歩しましょう。").code());
    assertEquals("ko", languages.identify("오늘은 날씨가 좋으니 공원에서 산책합시다.").code());
  }

  @Test
  void shouldCallChineseCommentsAmongEnglishIdentifiersChinese() {
    String javadoc =
        """
        public static boolean isBlank(CharSequence str)
        字符串是否为空白，空白的定义如下：
        Parameters:
        str - 被检测的字符串
        Returns:
        若为空白，则返回true
        """;

    Language language = languages.identify(javadoc);

    assertEquals("zh", language.code());
    assertTrue(language.score() >= 0.5, language.toString());
  }

  @Test
  void shouldCallEnglishThatQuotesChineseEnglish() {
    Language language = languages.identify(ENGLISH + " For example 空白 is not white space.");

    assertEquals("en", language.code());
    assertTrue(language.score() >= 0.4, language.toString());
  }

  @Test
  void shouldReturnUndeterminedWithoutLetters() {
    assertEquals(Language.UNDETERMINED, languages.identify("12 + 3 = 15 !!! 😀"));
    assertEquals(Language.UNDETERMINED, languages.identify(""));
  }

  @Test
  void shouldScoreHalfAtTheScriptThreshold() {
    // 2 Han characters are one word of ten.
    Language language = languages.identify("a b c d e f g h i 中文");

    assertEquals(new Language("zh", 0.5f), language);
  }

  @Test
  void shouldLookAtTheFirstCodePointsOnly() {
    String start = ENGLISH.repeat(8);
    int end = LanguageIdentifier.MODEL_CODE_POINTS;

    Language whole = languages.identify(start + " und noch viel mehr auf Deutsch".repeat(1000));

    assertTrue(start.length() > end);
    assertEquals(languages.identify(start.substring(0, end)), whole);
  }

  @Test
  void shouldNotCutSurrogatePairs() {
    String astral = "𝐀".repeat(LanguageIdentifier.MODEL_CODE_POINTS + 10);

    assertTrue(languages.identify(astral).score() <= 1);
  }

  @Test
  void shouldRefuseImpossibleScores() {
    assertThrows(IllegalArgumentException.class, () -> new Language("en", 1.1f));
    assertThrows(IllegalArgumentException.class, () -> new Language("en", Float.NaN));
  }

  @Test
  void shouldLabelSentencesOfTwentyLanguages() throws IOException {
    var json = new ObjectMapper();
    Map<String, Integer> right = new HashMap<>();
    int wrongEnglishOrChinese = 0;

    for (String line :
        SharedData.lines(SharedData.folder("language-id-dev").resolve("sentences.jsonl.gz"))) {
      JsonNode sentence = json.readTree(line);
      String expected = sentence.get("lang").asText();
      Language language = languages.identify(sentence.get("text").asText());
      if (language.code().equals(expected)) {
        right.merge(expected, 1, Integer::sum);
      } else if (language.code().equals("en") || language.code().equals("zh")) {
        wrongEnglishOrChinese++;
      }
    }

    int total = right.values().stream().mapToInt(Integer::intValue).sum();
    System.out.printf(
        "language: %d of 5000 right, %d wrongly en or zh%n", total, wrongEnglishOrChinese);
    assertTrue(total >= 4600, right.toString());
    assertTrue(right.get("en") >= 245 && right.get("zh") >= 249, right.toString());
    assertTrue(wrongEnglishOrChinese <= 10, "wrong=" + wrongEnglishOrChinese);
  }
}
