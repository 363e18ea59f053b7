package dev.neostream.dedup.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.dedup.SharedData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SimilarLinesTest {

  private final SimilarLines similarLines = new SimilarLines();

  private String without(String text) {
    return new String(similarLines.without(text.getBytes(UTF_8)), UTF_8);
  }

  @Test
  void shouldDropALaterLineOfUnderATenthOfEdits() {
    String first = "北京市今天举行了关于城市交通规划的新闻发布会";
    String similar = "北京市昨天举行了关于城市交通规划的新闻发布会";

    assertEquals(22, first.length());
    assertEquals(first + "\n天气很好", without(first + "\n天气很好\n" + similar));
    assertEquals(first, without(first + "\n\n" + similar.replace("规划", "规 划")));
    String different = similar.replace("规划", "管理");
    assertEquals(first + "\n" + different, without(first + "\n" + different));
  }

  @Test
  void shouldDropShorterLinesOnlyIfEqualAndSentences() {
    assertEquals("我们同意这一点。别的。", without("我们同意这一点。别的。我们同意这一点。"));
    String similar = "我们同意这一点。我们同意那一点。";
    assertEquals(similar, without(similar));
    String headings = "用法\n甲乙\n用法\n- 返回\n- 返回\n";
    assertEquals(headings, without(headings));
  }

  @Test
  void shouldCompareWithLinesThatStayOnly() {
    String a = "春天的花园里开满了红色的玫瑰和白色的百合花";
    String b = a.replace("红", "黄").replace("春", "夏");
    String c = b.replace("玫瑰", "牡丹");

    assertEquals(a + "\n" + c, without(a + "\n" + b + "\n" + c));
  }

  @Test
  void shouldKeepDecimalPointsEllipsesAndListNumbers() {
    for (String text :
        List.of(
            "圆周率是3.14，不是3.15，也不是3.16",
            "他说……她说……他们都说……",
            "他说...她说...他们都说...",
            "1. 苹果\n2. 梨\n1. 苹果\n",
            "见 Mr. 王和 Mr. 李还有 Mr. 张的信")) {
      assertEquals(text, without(text));
    }
  }

  @Test
  void shouldDivideIntoSentences() {
    assertEquals(
        List.of("他说：“是的。”", "真的吗？！", "见 https://a.com/?b=1.5 吧。", "好"),
        sentences("  他说：“是的。” 真的吗？！见 https://a.com/?b=1.5 吧。\n\n好\n"));
    assertEquals(
        List.of("This sentence is long enough.", "是吧!", "a.b...c"),
        sentences("This sentence is long enough. 是吧! a.b...c"));
  }

  private static List<String> sentences(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    var sentences = new Sentences();
    sentences.divide(utf8);
    var found = new ArrayList<String>();
    for (int i = 0; i < sentences.count; i++) {
      found.add(new String(utf8, sentences.from[i], sentences.to[i] - sentences.from[i], UTF_8));
    }
    return found;
  }

  @Test
  void shouldLeaveCodeAndOtherLanguagesAlone() {
    String code =
        "const [a, setA] = useState(0); // 状态\nconst [b, setB] = useState(0); // 状态\n"
            + "The quick brown fox jumps over it.\nThe quick brown fox jumps over it.\n";

    byte[] utf8 = code.getBytes(UTF_8);
    assertSame(utf8, similarLines.without(utf8));
  }

  @Test
  void shouldNotEndSentencesInQuotedSpeechAndStringsOfCode() {
    assertEquals(List.of("“走吧！”，他说。"), sentences("“走吧！”，他说。"));
    assertEquals(List.of("alert('你点击了我！');"), sentences("  alert('你点击了我！');"));
  }

  @Test
  void shouldEqualComparingAllPairs() {
    var random = new Random(4);
    int dropped = 0;
    for (int round = 0; round < 400; round++) {
      dropped += compareWithAllPairs(random(random));
    }
    assertTrue(dropped > 2000, "dropped " + dropped);
  }

  @Test
  void shouldEqualComparingAllPairsOfRealText() throws IOException {
    var json = new ObjectMapper();
    int dropped = 0;
    for (String file :
        List.of("docs-zh-en/react-docs.zh.jsonl.gz", "books/classical-modern.zh.jsonl.gz")) {
      int documents = 0;
      for (String line : SharedData.lines(SharedData.folder("books").resolveSibling(file))) {
        if (++documents % 10 == 0) {
          dropped += compareWithAllPairs(json.readTree(line).get("text").asText());
        }
      }
    }
    assertTrue(dropped > 20, "dropped " + dropped);
  }

  /** Returns how many lines are dropped. */
  private int compareWithAllPairs(String text) {
    List<String> sentences = sentences(text);
    var expected = new BitSet();
    for (int i = 0; i < sentences.size(); i++) {
      for (int j = 0; j < i && !expected.get(i); j++) {
        if (!expected.get(j) && similar(sentences.get(j), sentences.get(i))) {
          expected.set(i);
        }
      }
    }
    BitSet actual = similarLines.repeats(text.getBytes(UTF_8));
    if (!expected.equals(actual)) {
      expected.xor(actual);
      fail("line dropped by one of both only: " + sentences.get(expected.nextSetBit(0)));
    }
    return actual.cardinality();
  }

  /** Lines of a small vocabulary, most of them edited copies of an earlier one. */
  private static String random(Random random) {
    var lines = new ArrayList<String>();
    int count = 2 + random.nextInt(40);
    for (int i = 0; i < count; i++) {
      var line = new StringBuilder();
      if (i > 0 && random.nextInt(3) > 0) {
        line.append(lines.get(random.nextInt(i)));
        for (int edits = random.nextInt(2 + line.length() / 8); edits > 0; edits--) {
          int at = random.nextInt(line.length());
          switch (random.nextInt(3)) {
            case 0 -> line.setCharAt(at, character(random));
            case 1 -> line.insert(at, character(random));
            default -> line.delete(at, at + (line.length() > 1 ? 1 : 0));
          }
        }
      } else {
        int length = 1 + random.nextInt(random.nextInt(8) == 0 ? 300 : 40);
        for (int j = 0; j < length; j++) {
          line.append(character(random));
        }
      }
      lines.add(line.toString());
    }
    var text = new StringBuilder();
    for (String line : lines) {
      text.append(line).append(random.nextBoolean() ? "。" : "\n");
    }
    return text.toString();
  }

  private static char character(Random random) {
    return (char) ('一' + random.nextInt(30));
  }

  private static boolean similar(String earlier, String later) {
    int[] a = earlier.codePoints().toArray();
    int[] b = later.codePoints().toArray();
    int shorter = Math.min(a.length, b.length);
    if (!isChinese(earlier) || !isChinese(later) || Math.abs(a.length - b.length) > shorter / 10) {
      return false;
    }
    if (shorter < 15) {
      return earlier.equals(later) && (later + " ").matches("(?s).*[。！？｡．!?][”’）)」』\"']* ");
    }
    return EditDistanceTest.table(a, b) * 10 < shorter;
  }

  private static boolean isChinese(String sentence) {
    long han = sentence.codePoints().filter(Character::isIdeographic).count();
    return han > 0 && 2 * han >= sentence.codePoints().filter(Character::isLetter).count();
  }

  @Test
  void shouldKeepWhatThePublishedCodeLoses() {
    String version = "版本号3.3.3.1，他说......";
    assertEquals(version, without(version));
    assertEquals("版本号3.3.1，他说..", published(version));
    String headings = "用法。\n返回\n用法。\n返回\n用法。";
    assertEquals("用法。\n返回\n用法。", published(headings));
  }

  private static String published(String text) {
    return new String(new PublishedSimilarLines().without(text.getBytes(UTF_8)), UTF_8);
  }

  @Test
  void shouldTakeLinearTimeOnManyLinesOfOneForm() {
    // All lines share pieces, none are similar: 40,000 lines were 800 million pairs.
    var random = new Random(2);
    var text = new StringBuilder();
    for (int i = 0; i < 40_000; i++) {
      text.append("证券代码股票名称");
      for (int j = 0; j < 12; j++) {
        text.append((char) ('一' + random.nextInt(5000)));
      }
      text.append('\n');
    }
    byte[] utf8 = text.toString().getBytes(UTF_8);

    assertSame(utf8, similarLines.without(utf8));
  }

  @Test
  void shouldDropLongLinesOnlyIfEqual() {
    String line = "天地玄黄".repeat(2000);
    String text = line + "\n" + line + "。\n" + line;

    assertEquals(line + "\n" + line + "。", without(text));
  }
}
