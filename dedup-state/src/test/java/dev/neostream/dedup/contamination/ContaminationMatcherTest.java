package dev.neostream.dedup.contamination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.dedup.contamination.BenchmarkSet.Field;
import dev.neostream.dedup.contamination.BenchmarkSet.Item;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ContaminationMatcherTest {

  private static final String FERRY =
      "A ferry carries 1,200 passengers on each trip and makes three trips before noon. Half of"
          + " them pay $4 for a ticket. How much money does the ferry's captain collect?";
  private static final String SHORT = "Which of these seven metals melts at room temperature?";
  private static final String CHINESE = "某工厂在春季生产了三百台机器，夏季比春季多生产两成，问两个季度一共生产多少台？";
  private static final String BEFORE = "The harbour is busy on every day of the week. ";
  private static final String AFTER = " Gulls follow the boats.";

  private static BenchmarkSet set(String name, String... texts) {
    var items = new ArrayList<Item>();
    for (String text : texts) {
      items.add(new Item(Integer.toString(items.size() + 1), List.of(new Field("question", text))));
    }
    return new BenchmarkSet(name, items);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<Hit> match(String document, BenchmarkSet... sets) {
    return new ContaminationMatcher(ContaminationIndex.of(List.of(sets))).match(utf8(document));
  }

  @Test
  void shouldNameItemPlaceAndEvidence() {
    String document = "« " + BEFORE + "» " + FERRY.toUpperCase(Locale.ROOT) + AFTER;

    List<Hit> hits = match(document, set("sums", "Something else altogether.", FERRY));

    assertEquals(1, hits.size(), hits.toString());
    Hit hit = hits.get(0);
    assertEquals("sums", hit.set());
    assertEquals("2", hit.item());
    assertEquals("question", hit.field());
    assertEquals(
        FERRY.substring(0, FERRY.length() - 1).toUpperCase(Locale.ROOT),
        new String(utf8(document), hit.from(), hit.to() - hit.from(), StandardCharsets.UTF_8));
    assertEquals(30, hit.words());
    assertEquals(30, hit.covered());
    assertEquals(23, hit.ngrams());
    assertEquals(1, hit.share());
    assertEquals(
        List.of(
            "a ferry carries 1200 passengers on each trip and makes three trips before noon half of"
                + " them pay 4 for a ticket how much money does the ferrys captain collect"),
        hit.evidence());
  }

  @Test
  void shouldFindAnItemAtTheStartAtTheEndAndAlone() {
    for (String document : List.of(FERRY + AFTER, BEFORE + FERRY, FERRY)) {
      assertEquals(30, match(document, set("sums", FERRY)).get(0).covered());
    }
  }

  @Test
  void shouldFindAnItemInWhichAWordWasChanged() {
    String item =
        "Which of the eight planets we know has the longest year, and how long does it last there?";
    BenchmarkSet set = set("sky", FERRY, item);

    Hit hit = match(BEFORE + item.replace("longest", "slowest") + AFTER, set).get(0);

    assertEquals(
        List.of(
            "which of the eight planets we know has the", "year and how long does it last there"),
        hit.evidence());
    assertEquals(17, hit.covered());
    assertEquals(18, hit.words());
    assertTrue(
        match(
                BEFORE
                    + item.replace("years", "days").replace("eight", "nine").replace("how", "so")
                    + AFTER,
                set)
            .isEmpty());
  }

  @Test
  void shouldNotAddUpWhatIsFarApart() {
    String first = "A ferry carries 1,200 passengers on each trip";
    String second = "How much money does the ferry's captain collect";
    BenchmarkSet set = set("sums", FERRY);

    assertEquals(
        List.of(
            "a ferry carries 1200 passengers on each trip",
            "how much money does the ferrys captain collect"),
        match(first + "? Then: " + second, set).get(0).evidence());
    assertTrue(match(first + " and so on.".repeat(20) + second, set).isEmpty());
    assertTrue(match((first + " again and again. ").repeat(50), set).isEmpty());
  }

  @Test
  void shouldWantTheWholeOfAShortItem() {
    BenchmarkSet set = set("metals", SHORT);

    assertEquals(9, match(BEFORE + SHORT + AFTER, set).get(0).covered());
    assertTrue(match(BEFORE + SHORT.replace("temperature", "heat") + AFTER, set).isEmpty());
  }

  @Test
  void shouldCountWhatCannotBeFound() {
    ContaminationIndex index =
        ContaminationIndex.of(List.of(set("mixed", "Two plus two?", SHORT, "下列正确的是")));

    assertEquals(List.of(new ContaminationIndex.Coverage("mixed", 3, 2, 2, 0)), index.coverage());
  }

  @Test
  void shouldLeaveOutWhatManyItemsShare() {
    String template = "Read the problem with care and answer with a single number only. ";
    String[] items =
        IntStream.range(0, 40)
            .mapToObj(
                i ->
                    template
                        + String.format(
                            "Box %d holds %d red and %d green balls that nobody has ever seen in"
                                + " the year %d",
                            i, 2 * i, 3 * i, 1900 + i))
            .toArray(String[]::new);
    BenchmarkSet set = set("boxes", items);

    assertTrue(ContaminationIndex.of(List.of(set)).coverage().get(0).common() > 4);
    assertTrue(match(BEFORE + template + template + AFTER, set).isEmpty());
    List<Hit> hits = match(BEFORE + items[7] + AFTER, set);
    assertEquals(List.of("8"), hits.stream().map(Hit::item).toList());
  }

  @Test
  void shouldFindChineseWithOtherPunctuationAndSpacing() {
    BenchmarkSet set = set("ceval", CHINESE + "\nA. 三百\nB. 六百六十\nC. 五百\nD. 四百");
    String edited = CHINESE.replace("，", " , ").replace("？", "?").replace("三百", "三 百");

    Hit hit = match("今天天气很好。" + edited + "谢谢", set).get(0);

    assertEquals(36, hit.covered());
    assertEquals(36, CHINESE.replaceAll("[，？]", "").length());
    assertEquals(
        edited.substring(0, edited.length() - 1),
        new String(
            utf8("今天天气很好。" + edited), hit.from(), hit.to() - hit.from(), StandardCharsets.UTF_8));
    assertTrue(match("今天天气很好。" + CHINESE.substring(0, 20), set).isEmpty());
  }

  @Test
  void shouldReportAllItemsThatOverlapAndEveryPlace() {
    BenchmarkSet one = set("one", FERRY, FERRY + " Explain your answer in one line, please.");
    BenchmarkSet two = set("two", FERRY);

    List<Hit> hits = match(FERRY + AFTER.repeat(20) + FERRY, one, two);

    assertEquals(
        List.of("one 1", "one 2", "two 1", "one 1", "one 2", "two 1"),
        hits.stream().map(hit -> hit.set() + " " + hit.item()).toList());
  }

  @Test
  void shouldNotDependOnTheOrderOfSets() {
    List<BenchmarkSet> sets =
        List.of(set("b", FERRY, SHORT), set("a", CHINESE), set("c", SHORT + " " + FERRY));
    byte[] document = utf8(CHINESE + SHORT + "\n" + FERRY);
    ContaminationIndex index = ContaminationIndex.of(sets);
    List<Hit> expected = new ContaminationMatcher(index).match(document);
    ContaminationIndex other =
        ContaminationIndex.of(List.of(sets.get(2), sets.get(0), sets.get(1)));

    assertEquals(4, expected.size(), expected.toString());
    assertEquals(expected, new ContaminationMatcher(other).match(document));
    assertEquals(index.coverage(), other.coverage());
    assertThrows(
        IllegalArgumentException.class,
        () -> ContaminationIndex.of(List.of(sets.get(0), sets.get(0))));
  }

  @Test
  void shouldMatchAlikeAfterSerialisation() throws IOException, ClassNotFoundException {
    ContaminationIndex index = ContaminationIndex.of(List.of(set("sums", FERRY, CHINESE)));
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(index);
    }
    ContaminationIndex copy;
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      copy = (ContaminationIndex) in.readObject();
    }

    assertEquals(
        new ContaminationMatcher(index).match(utf8(BEFORE + FERRY)),
        new ContaminationMatcher(copy).match(utf8(BEFORE + FERRY)));
    assertEquals(index.version(), copy.version());
    assertEquals(index.coverage(), copy.coverage());
  }

  @Test
  void shouldReportAHitOnceWhereBothKindsOfTextHaveNgramsOfOneLength() {
    var rule = new MatchRule(13, 13, 13, 13, 10);
    var matcher =
        new ContaminationMatcher(ContaminationIndex.of(List.of(set("both", FERRY, CHINESE)), rule));

    assertEquals(1, matcher.match(utf8("今天 " + FERRY)).size());
    assertEquals(1, matcher.match(utf8(CHINESE)).size());
  }

  @Test
  void shouldForgetTheLastDocument() {
    var matcher = new ContaminationMatcher(ContaminationIndex.of(List.of(set("sums", FERRY))));
    List<Hit> first = matcher.match(utf8(FERRY));

    assertTrue(matcher.match(utf8(BEFORE)).isEmpty());
    assertTrue(matcher.match(new byte[0]).isEmpty());
    assertEquals(first, matcher.match(utf8(FERRY)));
  }

  @Test
  void shouldFindTheSameInTheMidstOfAnyText() {
    var random = new Random(5);
    String letters = "ab 1,\u00e9中\uFF11'\u0301\uD842\uDFB7 .";
    int[] alphabet = letters.codePoints().toArray();
    var matcher = new ContaminationMatcher(ContaminationIndex.of(List.of(set("sums", FERRY))));
    for (int round = 0; round < 300; round++) {
      var noise = new StringBuilder();
      for (int i = random.nextInt(60); i > 0; i--) {
        noise.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
      }

      List<Hit> hits = matcher.match(utf8(noise + "; " + FERRY + " ;" + noise));

      assertEquals(1, hits.size(), noise.toString());
      assertEquals(utf8(noise + "; ").length, hits.get(0).from(), noise.toString());
      assertEquals(30, hits.get(0).covered());
    }
  }

  @Test
  void shouldTakeHostileTextsInItsStride() {
    int size = 1 << 20;
    String word = "buffalo ";
    String repeated = word.repeat(30);
    var items = new ArrayList<String>(List.of(FERRY, repeated, "1,000 ".repeat(20)));
    for (int i = 0; i < 8; i++) {
      items.add(repeated + i);
    }
    BenchmarkSet set = set("hostile", items.toArray(String[]::new));
    var matcher = new ContaminationMatcher(ContaminationIndex.of(List.of(set)));

    List<Hit> hits = matcher.match(utf8(word.repeat(size / word.length() * 2) + "3"));
    assertEquals(List.of("7"), hits.stream().map(Hit::item).toList());
    assertEquals(16, hits.get(0).covered());
    assertTrue(matcher.match(utf8("1,000".repeat(size / 5))).isEmpty());
    assertTrue(matcher.match(utf8("1,".repeat(size / 2))).isEmpty());
    assertTrue(matcher.match(utf8("a".repeat(size))).isEmpty());
    assertTrue(matcher.match(utf8("'".repeat(size))).isEmpty());
    assertTrue(matcher.match(utf8("中".repeat(size / 3))).isEmpty());
    assertTrue(matcher.match(utf8("a\u0301\u0301".repeat(size / 5))).isEmpty());
    assertEquals(1, matcher.match(utf8("1".repeat(size) + " " + FERRY)).size());
  }

  @Test
  void shouldBoundTheEvidenceOfADocumentThatRepeatsAnItemForEver() {
    BenchmarkSet set = set("sums", FERRY);
    String begin = "A ferry carries 1,200 passengers on each trip ";

    Hit stretches = match((begin + " then ").repeat(500) + FERRY, set).get(0);
    Hit words = match((FERRY + " ").repeat(100), set).get(0);

    assertEquals(ContaminationMatcher.MAX_STRETCHES, stretches.evidence().size());
    assertEquals(30, stretches.covered());
    assertEquals(1, words.evidence().size());
    assertEquals(ContaminationMatcher.MAX_STRETCH_WORDS, words.evidence().get(0).split(" ").length);
  }

  @Test
  void shouldIndexAnItemOfOneWordRepeated() {
    ContaminationIndex index =
        ContaminationIndex.of(List.of(set("hostile", "spam ".repeat(1 << 18), FERRY)));

    assertEquals(1, index.coverage().get(0).notCoverable());
    assertEquals(23, index.ngrams());
  }

  @Test
  void shouldFindPlantedQuestionsOfGsm8k() throws IOException {
    BenchmarkSet set = Pages.gsm8k();
    List<Pages.Page> clean = Pages.clean();
    ContaminationIndex index = ContaminationIndex.of(List.of(set));
    var matcher = new ContaminationMatcher(index);
    assertTrue(index.bytes() <= 24L * index.ngrams(), index.bytes() + " " + index.ngrams());
    for (LightEdits edits : LightEdits.values()) {
      var random = new Random(11);
      int found = 0;
      for (Item item : set.items()) {
        String page =
            new String(clean.get(random.nextInt(clean.size())).utf8(), StandardCharsets.UTF_8);
        int cut = page.offsetByCodePoints(0, random.nextInt(page.codePointCount(0, page.length())));
        String planted = edits.edit(item.fields().get(0).text(), random);
        byte[] document =
            utf8(page.substring(0, cut) + "\n" + planted + "\n" + page.substring(cut));
        for (Hit hit : matcher.match(document)) {
          if (hit.item().equals(item.id()) && hit.field().equals("question")) {
            found++;
            assertEvidence(document, hit);
            break;
          }
        }
      }
      double share = (double) found / set.items().size();
      assertTrue(share >= (edits == LightEdits.VERBATIM ? 0.99 : 0.9), edits + " " + share);
    }
  }

  /** What is called evidence must stand in the document, within the span. */
  private static void assertEvidence(byte[] document, Hit hit) {
    var words = new NormalisedWords();
    words.read(Arrays.copyOfRange(document, hit.from(), hit.to()));
    String span = " " + words.text(0, words.size - 1) + " ";
    hit.evidence().forEach(part -> assertTrue(span.contains(" " + part + " "), part));
  }

  @Test
  void shouldLeaveCleanPagesAlone() throws IOException {
    List<BenchmarkSet> sets = Pages.allSets();
    var matcher = new ContaminationMatcher(ContaminationIndex.of(sets));
    List<Pages.Page> clean = Pages.clean();
    long hit = clean.stream().filter(page -> !matcher.match(page.utf8()).isEmpty()).count();

    assertTrue(hit <= clean.size() / 1000, hit + " of " + clean.size());
  }

  @Test
  void shouldCompareTheWordsWhereHashesAgree() {
    ContaminationIndex index = ContaminationIndex.of(List.of(set("sums", FERRY)));
    var words = new NormalisedWords();
    words.read(utf8(FERRY));
    long hash = 0;
    for (int i = 0; i < 8; i++) {
      hash = ContaminationIndex.roll(hash, words, i, 8, ContaminationIndex.power(8));
    }
    var found = new ArrayList<Integer>();
    index.find(hash, words, 0, false, (text, position, word) -> found.add(position));
    index.find(hash, words, 1, false, (text, position, word) -> found.add(position));

    assertTrue(index.mayHold(hash));
    assertEquals(List.of(0), found);
  }
}
