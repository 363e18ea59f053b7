package dev.neostream.clean.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pages that are rejected in the literature's form of a rule and kept by {@code recommended}, and
 * beside each what must still be rejected.
 */
class RecommendedTest {

  private static final List<String> ENGLISH =
      List.of(
          "The ferry leaves the old harbour at seven, and nobody has ever seen it late.",
          "Bread, wool and newspapers came over the hills until the road was closed.",
          "You will find that most of the houses have been empty since that winter.",
          "We asked the keeper of the lighthouse why he had stayed; he only smiled.",
          "Some say fishermen carved these stones long before there was a church.",
          "In spring the school opens again with eleven children and one teacher.",
          "She wrote a letter to her brother, who never answered from the mainland.",
          "If the wind turns to the north, keep your boat behind the second pier.");

  private static final List<String> CHINESE =
      List.of(
          "渡船每天清晨七点离开旧港口，从来没有人见过它迟到。",
          "面包、羊毛和报纸翻山运来，直到那条公路被封闭为止。",
          "自从那个冬季以后，大多数房屋都空着，没有谁再搬回去。",
          "我们问守灯塔的老人为什么留下，他只是微微一笑。",
          "据说早在教堂建成之前，渔民就刻下了这些石头。",
          "春季学校重新开课，十一个孩子，由一位教师照看。",
          "她给哥哥写了信，大陆那边却始终没有回音。",
          "如果转北风，请把船停靠在第二座码头后面。");

  /**
   * @param kind what the page is
   * @param literature rule that rejects it in the published form
   * @param kept what {@code recommended} keeps
   * @param rejected what it must reject
   * @param reason by this rule
   */
  record Case(String kind, String literature, String kept, String rejected, String reason) {

    String language() {
      return kind.substring(0, 2);
    }

    @Override
    public String toString() {
      return kind;
    }
  }

  static Stream<Case> cases() {
    String card = "Posts: 120\nJoined: May 2004\nLocation: Oslo\nReply\n";
    String code = "try {\n  int total = count + offset;\n  save(total);\n}\n";
    String fenced = "```js\nconst [state, setState] = useState(null);\nrender(state);\n```\n";
    String table = "| 时间 | 说明 |\n| " + "-".repeat(400) + " | " + "-".repeat(400) + " |\n";
    return Stream.of(
        new Case(
            "en: user cards of a forum",
            "gopher_repetition.duplicate_lines: {max: 0.3}",
            behindEach(ENGLISH, card),
            behindEach(ENGLISH, ENGLISH.get(0) + "\n" + ENGLISH.get(1) + "\n"),
            "prose.duplicate_lines"),
        new Case(
            "en: braces and equal lines of code",
            "gopher_repetition.duplicate_lines: {max: 0.3}",
            behindEach(ENGLISH, code),
            behindEach(ENGLISH, code + String.join("\n", ENGLISH) + "\n"),
            "prose.duplicate_lines"),
        new Case(
            "en: line numbers",
            "gopher_repetition.duplicate_lines: {max: 0.3}",
            behindEach(ENGLISH, "1\n2\n"),
            behindEach(ENGLISH, "1 2 3 4 5 6 7 8 9\n"),
            "prose.alphabetic_words"),
        new Case(
            "en: the same code in several examples",
            "gopher_repetition.duplicate_5_grams: {max: 0.15}",
            behindEach(ENGLISH, fenced),
            String.join(" ", ENGLISH) + " " + String.join(" ", ENGLISH),
            "prose.duplicate_5_grams"),
        new Case(
            "en: a review of two lines",
            "gopher.ellipsis_lines: {max: 0.3}",
            "It has changed my life...\n" + String.join(" ", ENGLISH),
            String.join("..\n", ENGLISH) + "..\n",
            "prose.ellipsis_lines"),
        new Case(
            "zh: user cards of a forum",
            "zh_repetition.duplicate_5_grams: {max: 0.6}",
            behindEach(
                CHINESE, "注册时间：四月\n发表帖子：九十\n来自：浙江宁波\n级别：新手上路\n最近登录：昨天晚上十点半\n论坛积分：三百二十七\n查看个人资料\n"),
            behindEach(CHINESE.subList(0, 2), String.join("", CHINESE.subList(2, 5)).repeat(4)),
            "zh_prose.duplicate_5_grams"),
        new Case(
            "zh: the name of the topic",
            "zh_repetition.top_2_gram: {max: 0.2}",
            "灯塔历史\n灯塔最早由渔民用石块垒成，那时灯塔只在夜里点火。灯塔后来改烧鲸油，看守灯塔成了专门职业。" + "如今灯塔已通电，灯塔不再需要守夜人，不过灯塔仍是渔村标志。",
            "上海灯塔公司，北京灯塔电话，广州灯塔价格，灯塔厂家批发，灯塔安装维修，灯塔招商加盟，重庆灯塔网址，灯塔大全排名，"
                + "天津灯塔出租，灯塔二手转让，杭州灯塔拍摄，灯塔门票预订。",
            "zh_prose.top_2_gram"),
        new Case(
            "zh: table rules",
            "zh.entropy: {min: 3}",
            table + String.join("\n", CHINESE),
            "好的谢谢，好的好的谢谢你。".repeat(5),
            "zh_prose.entropy"),
        new Case(
            "zh: rows of figures",
            "zh.digits: {max: 0.3}",
            behindEach(CHINESE, "| 1001 | 2020-01-01 | 86 |\n"),
            IntStream.range(0, 8)
                .mapToObj(
                    i -> CHINESE.get(i) + "\n电话 1380000111" + i + " 传真 05740000222" + i + "\n")
                .collect(Collectors.joining()),
            "zh_prose.digits"),
        new Case(
            "zh: a review of two lines",
            "zh.ellipsis_lines: {max: 0.3}",
            "它改变了我的生活……\n" + String.join("", CHINESE),
            String.join("…\n", CHINESE) + "…\n",
            "prose.ellipsis_lines"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldKeepWhatTheLiteratureRejects(Case page) {
    Profile literature =
        Profile.parse(
            "version: t-1\nkinds: {" + page.language() + ": {rules: {" + page.literature + "}}}",
            "here");

    assertInstanceOf(Verdict.Drop.class, judge(literature, page.language(), page.kept));
    assertEquals(Verdict.KEEP, judge(Profile.recommended(), page.language(), page.kept), page.kind);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldStillRejectWhatIsRepeated(Case page) {
    var drop =
        assertInstanceOf(
            Verdict.Drop.class, judge(Profile.recommended(), page.language(), page.rejected));

    assertEquals(page.reason, drop.rejection().reason());
  }

  private static String behindEach(List<String> sentences, String text) {
    return String.join("\n" + text, sentences) + "\n" + text;
  }

  private static Verdict judge(Profile profile, String language, String text) {
    return profile.judge(
        language, new Page(text.getBytes(StandardCharsets.UTF_8), language, 1, ""));
  }
}
