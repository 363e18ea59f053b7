package dev.neostream.clean.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.clean.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageIdentifierTest {

  private static final String ENGLISH =
      "Returns true if the given text is empty or consists of white space only. The definition of"
          + " white space is that of the Unicode standard, which includes characters that older"
          + " versions of this method did not recognise. Callers that depend on the old behaviour"
          + " should compare the characters themselves, as described in the overview of the package.";

  private final LanguageIdentifier languages = new LanguageIdentifier();

  @Test
  void shouldTellLanguagesByTheirScript() {
    assertEquals("zh", identify("今天天气很好，我们去公园散步吧。").code());
    assertEquals("ja", identify("今日は天気がいいので、公園を散歩しましょう。").code());
    assertEquals("ko", identify("오늘은 날씨가 좋으니 공원에서 산책합시다.").code());
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

    Language language = identify(javadoc);

    assertEquals("zh", language.code());
    assertTrue(language.score() >= 0.5, language.toString());
  }

  @Test
  void shouldCallEnglishThatQuotesChineseEnglish() {
    Language language = identify(ENGLISH + " For example 空白 is not white space.");

    assertEquals("en", language.code());
    assertTrue(language.score() >= 0.4, language.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ko | 本 契約은 當事者가 署名한 날부터 效力이 發生한다. 甲은 乙에게 代金을 支給하여야 한다.",
        "ko | 朝鮮時代의 政治制度와 社會構造에 關한 硏究",
        "ko | 己未獨立宣言書 吾等은 玆에 我 朝鮮의 獨立國임과 朝鮮人의 自主民임을 宣言하노라",
        "ko | 학교(學校)에서 한자(漢字)를 배운다.",
        "ja | 株式会社山本製作所 会社概要 設立昭和五十年 資本金一千万円 代表取締役山本太郎 本社所在地東京都大田区 事業内容精密機械部品の製造販売",
        "ja | 平成二十九年度一般会計歳入歳出決算報告書 教育総務課関係 小学校費及び中学校費 前年度比増減率",
        "ja | 営業時間 午前九時より午後五時 定休日 土曜日、日曜日、祝日 駐車場有 最寄駅 東武鉄道春日部駅東口徒歩五分",
        "zh | 这部日本动画《となりのトトロ》由宫崎骏执导，讲述了两姐妹搬到乡下之后与森林里的精灵相遇的故事，上映以后受到许多观众的喜爱。",
        "zh | 這家店的招牌寫著「の」字，老闆說他們從來沒有去過日本，只是覺得好看，客人們也都這麼認為。",
        "zh | 他的韩国朋友常说「감사합니다」，意思是谢谢，我们听了几次以后也就记住了这个词的发音。",
        "zh | 使用 Spring Boot 的 RestController 注解可以快速编写 HTTP 接口，返回的对象由 Jackson 转换为 JSON。",
        "zh | 學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？",
        "zh | 我买了一台 MacBook Pro 和一个 iPhone，on sale 的时候很便宜。",
        "en | The city of Beijing (北京) lies north of Tianjin (天津), and the road to Xi'an (西安) is long.",
        "en | In Chinese the word for mountain is 山, the word for water is 水, and together 山水 means a landscape painting.",
        "en | The novel Dream of the Red Chamber (红楼梦) was written by Cao Xueqin (曹雪芹) during the Qing dynasty (清朝).",
        "en | She studied at Kyoto University (京都大学) and later taught at Keio (慶應義塾) in the capital (東京).",
        "fr | La ville de Pékin (北京) est la capitale de la Chine (中国) et compte beaucoup d'habitants (人口).",
      })
  void shouldTakeTheShareOfAScriptForNoLanguage(String code, String text) {
    assertEquals(code, identify(text).code(), text);
  }

  @Test
  void shouldCallLinesOfChineseAmongLinesOfEnglishChinese() {
    String page =
        """
        Method Summary of the class that is described on this page of the documentation
        Returns the value that was set before, or the default if there is none
        返回之前设置的值，如果没有设置则返回默认值
        Parameters and exceptions are listed here in the order in which they are declared
        """;

    assertEquals("zh", identify(page).code());
  }

  @Test
  void shouldReturnUndeterminedWithoutLetters() {
    assertEquals(Language.UNDETERMINED, identify("12 + 3 = 15 !!! 😀"));
    assertEquals(Language.UNDETERMINED, identify(""));
  }

  @Test
  void shouldScoreHalfAtTheScriptThreshold() {
    // 2 Han characters are one word of ten.
    Language language = identify("a b c d e f g h i 中文");

    assertEquals(new Language("zh", 0.5f), language);
  }

  @Test
  void shouldLookAtTheFirstCodePointsOnly() {
    String start = ENGLISH.repeat(8);
    int end = LanguageIdentifier.MODEL_CODE_POINTS;

    Language whole = identify(start + " und noch viel mehr auf Deutsch".repeat(1000));

    assertTrue(start.length() > end);
    assertEquals(identify(start.substring(0, end)), whole);
  }

  @Test
  void shouldNotCutSurrogatePairs() {
    String astral = "𝐀".repeat(LanguageIdentifier.MODEL_CODE_POINTS + 10);

    assertTrue(identify(astral).score() <= 1);
  }

  @Test
  void shouldRefuseImpossibleScores() {
    assertThrows(IllegalArgumentException.class, () -> new Language("en", 1.1f));
    assertThrows(IllegalArgumentException.class, () -> new Language("en", Float.NaN));
  }

  @Test
  void shouldScoreShortEnglishHighAndIdentifiersLow() {
    String[] english = {
      "Returns the number of elements in this list.",
      "Wireless headphones with noise cancelling, black. Free shipping on orders over $50.",
      "Please sign in to your account to see the order history.",
      "The constructor throws an exception if the argument is null."
    };
    for (String text : english) {
      Language language = identify(text);
      assertEquals("en", language.code(), text);
      assertTrue(language.score() >= 0.4, language + " " + text);
    }

    String names =
        "AbstractMapFactory getOrDefault isBlank toCharArray HashMultimap ImmutableSortedSet"
            + " concurrentHashMap putIfAbsent StringUtils ClassLoader readFully";
    Language list = identify(names);
    assertTrue(!list.code().equals("en") || list.score() < 0.4, list.toString());
  }

  @Test
  void shouldTellLanguagesOfOneScriptByTheirWords() {
    assertEquals("de", identify("Das Wetter ist heute schön und wir gehen in den Park.").code());
    assertEquals("uk", identify("Сьогодні гарна погода і ми йдемо гуляти до парку.").code());
    assertEquals("fa", identify("امروز هوا خوب است و ما به پارک می‌رویم.").code());
    assertEquals("mr", identify("आज हवामान चांगले आहे आणि आम्ही उद्यानात जात आहोत.").code());
    assertEquals("el", identify("Σήμερα ο καιρός είναι καλός.").code());
    assertEquals("th", identify("วันนี้อากาศดี").code());
  }

  @Test
  void shouldEndOnHostileBytes() {
    var random = new Random(3);
    for (int n = 0; n < 500; n++) {
      var bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      float score = languages.identify(bytes).score();
      assertTrue(score >= 0 && score <= 1);
    }
    var one = new byte[1 << 24];
    for (int value : new int[] {'a', 0xe4, 0xff, 0xf0}) {
      Arrays.fill(one, (byte) value);
      assertTrue(languages.identify(one).score() <= 1);
    }
  }

  /** Precision and recall of what the corpus keeps: label and score. */
  @Test
  void shouldLabelSentencesOfTwentyLanguages() throws IOException {
    var json = new ObjectMapper();
    int total = 0;
    int right = 0;
    Map<String, Integer> expectedKept = new HashMap<>();
    Map<String, Integer> kept = new HashMap<>();
    Map<String, Integer> wrong = new HashMap<>();

    for (String line :
        SharedData.lines(SharedData.folder("language-id-dev").resolve("sentences.jsonl.gz"))) {
      JsonNode sentence = json.readTree(line);
      String expected = sentence.get("lang").asText();
      Language language = identify(sentence.get("text").asText());
      total++;
      if (language.code().equals(expected)) {
        right++;
      } else {
        wrong.merge(expected + ">" + language.code(), 1, Integer::sum);
      }
      if (language.score() >= 0.4) {
        kept.merge(language.code(), 1, Integer::sum);
        expectedKept.merge(language.code().equals(expected) ? expected : "", 1, Integer::sum);
      }
    }

    System.out.printf("language: %d of %d right, wrong %s%n", right, total, wrong);
    assertTrue(right >= 0.985 * total, wrong.toString());
    for (String code : new String[] {"en", "zh"}) {
      System.out.printf(
          "%s: kept %d, of them right %d of 250%n", code, kept.get(code), expectedKept.get(code));
      assertTrue(expectedKept.get(code) >= 0.97 * 250, code + " " + wrong);
      assertTrue(expectedKept.get(code) >= 0.99 * kept.get(code), code + " " + wrong);
    }
  }

  private Language identify(String text) {
    return languages.identify(text.getBytes(StandardCharsets.UTF_8));
  }
}
