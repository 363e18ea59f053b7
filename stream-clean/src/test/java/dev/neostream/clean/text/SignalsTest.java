package dev.neostream.clean.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SignalsTest {

  private static final String[] PIECES = {
    "a",
    "The",
    "of",
    "with",
    "WORLD",
    "I",
    "read more",
    "Read More...",
    "lorem ipsum",
    "LOREM ipsum",
    "terms of use",
    "use of cookies",
    "uses cookies",
    "use cookies",
    "Privacy Policy",
    "cookie policy",
    "javascript",
    "JavaScript",
    "https://x.org",
    "www.y.org",
    "http://www.z.org",
    "3.14",
    "#tag",
    "...",
    "..",
    ".",
    "!",
    "?!",
    "\"",
    ")",
    ",",
    "-",
    "*",
    "\u2022",
    "\u2026",
    "\u3002",
    "\uff01",
    "\uff0c",
    "\u4e2d",
    "\u6587\u5b57",
    "\u3010",
    "\u3011",
    "\u66f4\u591a",
    "\u5c55\u5f00",
    "\ud83d\ude00",
    "\ud840\udc00",
    "\u00e9t\u00e9",
    "\u00c9",
    "\u00a0",
    "\u3000",
    " ",
    " ",
    " ",
    " ",
    "\t",
    "\n",
    "\n",
    "\n\n",
    "{",
    "}",
    "\u0663",
    "\ud801\udc00",
    "x",
    "same line\n",
    "same line\n",
    "p one\np two\n\n"
  };

  private final Signals signals = new Signals();

  @Test
  void shouldAgreeWithAnObviousReferenceOnRandomText() {
    var random = new Random(7);
    for (int round = 0; round < 3000; round++) {
      var text = new StringBuilder();
      int pieces = random.nextInt(round % 50 == 0 ? 3000 : 60);
      for (int i = 0; i < pieces; i++) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }

      assertAgrees(text.toString());
    }
  }

  @Test
  void shouldAgreeWithAnObviousReferenceOnRandomCodePoints() {
    var random = new Random(8);
    for (int round = 0; round < 300; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(300); i > 0; i--) {
        int c = random.nextInt(random.nextBoolean() ? 0x3100 : 0x110000);
        text.appendCodePoint(c >= 0xd800 && c < 0xe000 || c == '\r' || c == 0 ? 'x' : c);
      }

      assertAgrees(text.toString());
    }
  }

  @Test
  void shouldAgreeWithAnObviousReferenceOnLongTexts() {
    assertAgrees("");
    assertAgrees("\u4e2d\u6587\u5b57\u7b26".repeat(600) + "x");
    assertAgrees("word other\n".repeat(5000));
  }

  @Test
  void shouldForgetTheTextBefore() {
    scan("one two three\n\n\u4e2d\u6587 {www.x.org lorem ipsum}");
    scan("");

    assertEquals(reference(""), actual());
  }

  @Test
  void shouldCountWordsAsTheEnglishFamiliesDefineThem() {
    scan("The NASA report, I think... 42 #1 (with) THE be/of\u00a0x\u2026");

    Words words = signals.words();
    assertEquals(11, words.count());
    assertEquals(9, words.alphabetic());
    assertEquals(2, words.upperCase());
    assertEquals(2, words.requiredStopWords());
    assertEquals(11, words.distinct());
    assertEquals(43, words.characters());
    assertEquals(2, signals.ellipses());
  }

  @Test
  void shouldCountLines() {
    scan("\u2022 one\n- two\n-3\n\nfour...\n  five\u2026  \nsix\u3002\u3002\n");

    Lines lines = signals.lines();
    assertEquals(7, lines.count());
    assertEquals(6, lines.nonBlank());
    assertEquals(2, lines.bullets());
    assertEquals(3, lines.ellipses());
    assertEquals(2, lines.terminal());
    assertEquals(9, lines.longest());
    assertEquals(2, lines.paragraphs());
  }

  @Test
  void shouldCountSentencesByTerminalMarks() {
    assertEquals(0, sentences("java.lang.String 3.14"));
    assertEquals(1, sentences("Really?!"));
    assertEquals(2, sentences("He said \"no.\" Then he left..."));
    assertEquals(
        3,
        sentences(
            "\u7b2c\u4e00\u53e5\u3002\u7b2c\u4e8c\u53e5\uff01\u7b2c\u4e09\u53e5\uff1f\uff01"));
    assertEquals(0, sentences("... !!! ???"));
  }

  @Test
  void shouldMeasureDistinctHanBySegmentsWhateverTheLength() {
    String segment = "甲乙丙丁".repeat(250);

    assertEquals(1, distinctHan("no Han at all"));
    assertEquals(0.5, distinctHan("甲乙甲乙"));
    assertEquals(0.004, distinctHan(segment), 1e-12);
    assertEquals(0.004, distinctHan(segment.repeat(7) + "戊"), 1e-12);
  }

  @Test
  void shouldTakeWordsInChineseTextAsOneUnit() {
    // 使用 StringUtils twice, 甲 and 乙 between: 26 of 28 characters.
    scan("使用StringUtils甲使用StringUtils乙");

    assertEquals(26 / 28.0, signals.chinese().repetition().top(3), 1e-12);
    assertSame(signals.chinese(), signals.chinese());
  }

  private double distinctHan(String text) {
    scan(text);
    return signals.chinese().distinctHanShare();
  }

  private int sentences(String text) {
    scan(text);
    return signals.sentences();
  }

  private void scan(String text) {
    signals.scan(text.getBytes(StandardCharsets.UTF_8));
  }

  private void assertAgrees(String text) {
    scan(text);
    Map<String, Double> expected = reference(text);
    Map<String, Double> actual = actual();
    for (String name : expected.keySet()) {
      assertEquals(expected.get(name), actual.get(name), 1e-9, () -> name + ": [" + text + "]");
    }
    assertEquals(expected.keySet(), actual.keySet());
  }

  private Map<String, Double> actual() {
    var all = new LinkedHashMap<String, Double>();
    Characters characters = signals.characters();
    all.put("characters", (double) characters.count());
    all.put("whitespace", (double) characters.whitespace());
    all.put("letters", (double) characters.letters());
    all.put("digits", (double) characters.digits());
    all.put("punctuation", (double) characters.punctuation());
    all.put("curly", (double) characters.occurrences('{') + characters.occurrences('}'));
    all.put("astral", (double) characters.occurrences(0x1f600));
    all.put("character entropy", characters.entropy());
    Words words = signals.words();
    all.put("words", (double) words.count());
    all.put("word characters", (double) words.characters());
    all.put("alphabetic", (double) words.alphabetic());
    all.put("upper case", (double) words.upperCase());
    all.put("stop words", (double) words.requiredStopWords());
    all.put("distinct words", (double) words.distinct());
    all.put("word entropy", words.entropy());
    Lines lines = signals.lines();
    all.put("lines", (double) lines.count());
    all.put("non-blank", (double) lines.nonBlank());
    all.put("bullets", (double) lines.bullets());
    all.put("ellipsis lines", (double) lines.ellipses());
    all.put("terminal lines", (double) lines.terminal());
    all.put("short lines", (double) lines.shortLines());
    all.put("read more", (double) lines.readMore());
    all.put("line characters", (double) lines.characters());
    all.put("longest line", (double) lines.longest());
    all.put("duplicate lines", (double) lines.duplicates());
    all.put("duplicate line characters", (double) lines.duplicateCharacters());
    all.put("paragraphs", (double) lines.paragraphs());
    all.put("duplicate paragraphs", (double) lines.duplicateParagraphs());
    all.put("duplicate paragraph characters", (double) lines.duplicateParagraphCharacters());
    all.put("sentences", (double) signals.sentences());
    all.put("ellipses", (double) signals.ellipses());
    all.put("lorem ipsum", (double) signals.loremIpsum());
    all.put("javascript", (double) signals.javascript());
    all.put("policies", (double) signals.policies());
    all.put("urls", (double) signals.urls());
    all.put("distinct Han", signals.chinese().distinctHanShare());
    all.put("bracketed", (double) signals.chinese().bracketed());
    all.put("Chinese top 2", signals.chinese().repetition().top(2));
    return all;
  }

  /** The same by strings, regular expressions and collections. */
  private static Map<String, Double> reference(String text) {
    var all = new LinkedHashMap<String, Double>();
    List<String> characters = text.codePoints().mapToObj(Character::toString).toList();
    all.put("characters", (double) characters.size());
    all.put("whitespace", count(text, SignalsTest::isSpace));
    all.put("letters", count(text, Character::isLetter));
    all.put("digits", count(text, Character::isDigit));
    all.put("punctuation", (double) matches("\\p{P}", text));
    all.put("curly", (double) matches("[{}]", text));
    all.put("astral", (double) matches("\ud83d\ude00", text));
    all.put("character entropy", entropy(characters));
    List<String> words = words(text);
    all.put("words", (double) words.size());
    all.put("word characters", (double) words.stream().mapToInt(SignalsTest::length).sum());
    all.put(
        "alphabetic",
        (double) words.stream().filter(w -> count(w, Character::isLetter) > 0).count());
    all.put(
        "upper case",
        (double)
            words.stream()
                .filter(w -> length(w) > 1 && w.codePoints().allMatch(Character::isUpperCase))
                .count());
    Set<String> plain = new HashSet<>();
    for (String word : words) {
      plain.add(word.replaceAll("[\\p{P}$+<=>^`|~]", "").toLowerCase(Locale.ROOT));
    }
    plain.retainAll(Set.of("the", "be", "to", "of", "and", "that", "have", "with"));
    all.put("stop words", (double) plain.size());
    all.put("distinct words", (double) new HashSet<>(words).size());
    all.put("word entropy", entropy(words));
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    if (lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    List<String> nonBlank = lines.stream().filter(line -> !trim(line).isEmpty()).toList();
    all.put("lines", (double) lines.size());
    all.put("non-blank", (double) nonBlank.size());
    String space = "[\\x01-\\x20\\p{Z}]";
    all.put("bullets", lines(nonBlank, "(?s)[•●○■□▪▫※·➢‣▶◀◦].*|[-*]" + space + ".*"));
    all.put("ellipsis lines", lines(nonBlank, "(?s).*(…|\\.\\.|。。)"));
    all.put(
        "terminal lines",
        (double)
            nonBlank.stream()
                .filter(line -> line.equals(trimEnd(line)))
                .filter(
                    line ->
                        "。.!?！？".contains(line.substring(line.length() - 1))
                            || matches(
                                    "[\u0589\u061e\u061f\u06d4\u0964\u0965\u104a\u104b\u1362\u1367\u1368\u17d4\u17d5\u1803\u1809\u203c\u203d\u2047\u2048\u2049\u2e2e\ufe52\ufe56\ufe57\uff0e\uff61]$",
                                    line)
                                > 0)
                .count());
    all.put("short lines", (double) nonBlank.stream().filter(line -> length(line) <= 30).count());
    all.put("read more", lines(nonBlank, "(?si).*(read ?more|展开|更多)([.…。]|" + space + ")*"));
    all.put("line characters", (double) lines.stream().mapToInt(SignalsTest::length).sum());
    all.put("longest line", (double) lines.stream().mapToInt(SignalsTest::length).max().orElse(0));
    List<String> duplicateLines = duplicates(nonBlank);
    all.put("duplicate lines", (double) duplicateLines.size());
    all.put(
        "duplicate line characters",
        (double) duplicateLines.stream().mapToInt(SignalsTest::length).sum());
    List<String> paragraphs =
        Arrays.stream(text.replaceAll("^\n+|\n+$", "").split("\n\n+"))
            .filter(paragraph -> !trim(paragraph).isEmpty())
            .toList();
    List<String> duplicateParagraphs = duplicates(paragraphs);
    all.put("paragraphs", (double) paragraphs.size());
    all.put("duplicate paragraphs", (double) duplicateParagraphs.size());
    all.put(
        "duplicate paragraph characters",
        (double) duplicateParagraphs.stream().mapToInt(SignalsTest::length).sum());
    all.put("sentences", (double) sentencesOf(text));
    all.put("ellipses", (double) matches("…|\\.\\.+", text));
    all.put("lorem ipsum", (double) matches("(?i)lorem ipsum", text));
    all.put("javascript", (double) matches("(?i)javascript", text));
    all.put(
        "policies",
        (double)
            matches(
                "(?i)terms of use|privacy policy|cookie policy|uses cookies|use of cookies"
                    + "|use cookies",
                text));
    int urls = matches("://", text);
    Matcher www = Pattern.compile("(?i)www\\.").matcher(text);
    while (www.find()) {
      int before = www.start() == 0 ? ' ' : text.codePointBefore(www.start());
      urls += before == '/' || Character.isLetterOrDigit(before) ? 0 : 1;
    }
    all.put("urls", (double) urls);
    all.put("distinct Han", distinctHanOf(text));
    int bracketed = 0;
    Matcher brackets = Pattern.compile("【([^】\n]*)】").matcher(text);
    while (brackets.find()) {
      bracketed += length(brackets.group(1));
    }
    all.put("bracketed", (double) bracketed);
    all.put("Chinese top 2", chineseTop2(text));
    return all;
  }

  private static double chineseTop2(String text) {
    List<String> units = new ArrayList<>();
    var run = new StringBuilder();
    for (int c : (text + "\n").codePoints().toArray()) {
      if (Character.isLetterOrDigit(c) && !(c >= 0x2e80 && Character.isIdeographic(c))) {
        run.appendCodePoint(c);
        continue;
      }
      if (run.length() > 0) {
        units.add(run.toString());
        run.setLength(0);
      }
      if (!isSpace(c)) {
        units.add(Character.toString(c));
      }
    }
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int i = 0; i + 2 <= units.size(); i++) {
      counts.merge(units.subList(i, i + 2), 1, Integer::sum);
    }
    List<String> best = null;
    for (int i = 0; i + 2 <= units.size(); i++) {
      List<String> gram = units.subList(i, i + 2);
      int more = best == null ? 1 : counts.get(gram) - counts.get(best);
      if (more > 0 || more == 0 && length(String.join("", gram)) > length(String.join("", best))) {
        best = gram;
      }
    }
    int covered = 0;
    for (int i = 0; i < units.size() && best != null && counts.get(best) > 1; i++) {
      boolean here = i + 2 <= units.size() && units.subList(i, i + 2).equals(best);
      boolean before = i > 0 && i + 1 <= units.size() && units.subList(i - 1, i + 1).equals(best);
      covered += here || before ? length(units.get(i)) : 0;
    }
    int whole = units.stream().mapToInt(SignalsTest::length).sum();
    return whole == 0 ? 0 : (double) covered / whole;
  }

  private static double distinctHanOf(String text) {
    int[] han = text.codePoints().filter(c -> c >= 0x2e80 && Character.isIdeographic(c)).toArray();
    if (han.length < 1000) {
      return han.length == 0 ? 1 : (double) Arrays.stream(han).distinct().count() / han.length;
    }
    double sum = 0;
    for (int i = 0; i + 1000 <= han.length; i += 1000) {
      sum += Arrays.stream(han, i, i + 1000).distinct().count() / 1000.0;
    }
    return sum / (han.length / 1000);
  }

  private static int sentencesOf(String text) {
    int sentences = 0;
    boolean words = false;
    int[] c = (text + " ").codePoints().toArray();
    for (int i = 0; i + 1 < c.length; i++) {
      boolean ends =
          "。！？…".indexOf(c[i]) >= 0
              || ".!?".indexOf(c[i]) >= 0
                  && (isSpace(c[i + 1]) || ".!?\"'\u201d\u2019)]」』".indexOf(c[i + 1]) >= 0);
      words |= Character.isLetterOrDigit(c[i]);
      if (ends && words) {
        sentences++;
        words = false;
      }
    }
    return sentences;
  }

  private static List<String> duplicates(Collection<String> all) {
    Set<String> seen = new HashSet<>();
    return all.stream().filter(one -> !seen.add(one)).toList();
  }

  private static double lines(List<String> lines, String regex) {
    Pattern pattern = Pattern.compile(regex);
    return lines.stream().filter(line -> pattern.matcher(trim(line)).matches()).count();
  }

  private static int matches(String regex, String text) {
    return (int) Pattern.compile(regex).matcher(text).results().count();
  }

  private static double count(String text, IntPredicate which) {
    return text.codePoints().filter(which).count();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static boolean isSpace(int c) {
    return c <= ' ' || c >= 0x80 && (Character.isWhitespace(c) || Character.isSpaceChar(c));
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    var word = new StringBuilder();
    for (int c : (text + " ").codePoints().toArray()) {
      if (!isSpace(c)) {
        word.appendCodePoint(c);
      } else if (word.length() > 0) {
        words.add(word.toString());
        word.setLength(0);
      }
    }
    return words;
  }

  private static String trim(String line) {
    String end = trimEnd(line);
    int i = 0;
    while (i < end.length() && isSpace(end.charAt(i))) {
      i++;
    }
    return end.substring(i);
  }

  private static String trimEnd(String line) {
    int i = line.length();
    while (i > 0 && isSpace(line.charAt(i - 1))) {
      i--;
    }
    return line.substring(0, i);
  }

  private static double entropy(List<String> units) {
    double entropy = 0;
    for (String unit : new HashSet<>(units)) {
      double share = (double) Collections.frequency(units, unit) / units.size();
      entropy -= share * Math.log(share);
    }
    return entropy;
  }
}
