package dev.neostream.clean.html;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.clean.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is found once a page, and kept from one page to the next, changes no page's text. */
class ContentScorerTest {

  private static final String PARAGRAPH =
      "<p>The ferry ran twice a day, weather permitting, and the crew, all four of them, knew every"
          + " passenger by name.</p>";

  /** Names that pages of some kinds believe and others do not, beside text and links. */
  private static final String PAGE =
      "<title>The ferry to the island</title><div><h1>The ferry to the island</h1><p>May 2011</p>"
          + PARAGRAPH
          + "<div class=filters>Sizes, colours, prices, and what else is asked for</div>"
          + PARAGRAPH.replace("ferry", "barge")
          + "<div class=signature>Written at the pier, every day, all year round</div>"
          + "<div class=comments>"
          + PARAGRAPH.replace("ferry", "reader").repeat(3)
          + "</div><ul><li><a href=1>Sloops</a><li><a href=2>Yawls</a><li><a href=3>Brigs</a></ul>"
          + "<div hidden>Not shown</div></div>";

  private static NodeTable parsed(byte[] html) {
    var nodes = new NodeTable();
    new HtmlParser().parse(html, nodes);
    return nodes;
  }

  private static String read(
      ContentScorer scorer,
      byte[] html,
      NodeTable nodes,
      PageKind kind,
      boolean pruning,
      boolean revealing) {
    int main = scorer.main(kind, pruning, revealing);
    var writer = new TextWriter();
    writer.clear();
    writer.write(html, nodes, scorer.blocks(), main);
    return new String(writer.toBytes(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource(PageKind.class)
  void shouldReadAPageAsIfItHadNotBeenJudgedOrReadBefore(PageKind kind) {
    byte[] html = PAGE.getBytes(StandardCharsets.UTF_8);
    NodeTable nodes = parsed(html);
    var scorer = new ContentScorer();
    scorer.take(html, nodes);
    scorer.kind();

    for (boolean revealing : new boolean[] {false, true, false}) {
      for (boolean pruning : new boolean[] {true, false, true}) {
        var fresh = new ContentScorer();
        fresh.take(html, nodes);

        assertEquals(
            read(fresh, html, nodes, kind, pruning, revealing),
            read(scorer, html, nodes, kind, pruning, revealing));
      }
    }
  }

  @Test
  void shouldCutByTheNamesOfEachKindAndNotByThoseOfTheKindBefore() {
    byte[] html = PAGE.getBytes(StandardCharsets.UTF_8);
    NodeTable nodes = parsed(html);
    var scorer = new ContentScorer();
    scorer.take(html, nodes);
    scorer.kind();

    String shop = read(scorer, html, nodes, PageKind.PRODUCT, true, false);
    scorer.kind();
    String forum = read(scorer, html, nodes, PageKind.FORUM, true, false);
    scorer.kind();
    String article = read(scorer, html, nodes, PageKind.ARTICLE, true, false);

    assertEquals(List.of(false, true), holds(shop, "Sizes", "Written"));
    assertEquals(List.of(true, false), holds(forum, "Sizes", "Written"));
    assertEquals(List.of(true, true), holds(article, "Sizes", "Written"));
    assertEquals(List.of(true, true, false), holds(forum, "reader", "barge", "May 2011"));
    assertEquals(List.of(false, true, false), holds(article, "reader", "barge", "May 2011"));
  }

  private static List<Boolean> holds(String text, String... words) {
    return Stream.of(words).map(text::contains).toList();
  }

  @Test
  void shouldReadRealPagesAsIfEachWereTheFirst() throws IOException {
    List<byte[]> pages = new ArrayList<>();
    for (String set : List.of("article-extraction-dev", "web-pages-dev")) {
      try (Stream<Path> files = Files.list(SharedData.folder(set).resolve("html"))) {
        for (Path file : files.sorted().toList()) {
          pages.add(SharedData.read(file));
        }
      }
    }
    var mainText = new MainText();
    pages.forEach(mainText::extract);

    for (byte[] page : pages) {
      assertArrayEquals(new MainText().extract(page), mainText.extract(page));
    }
  }

  @Test
  void shouldTakeNumbersForLineNumbersOnlyWhereNothingElseIsInTheElement() {
    String inner = "<div><div> 7 8 9 </div></div>";
    String html = "<main>" + PARAGRAPH + "<div>%s<div>%s</div>%s</div></main>";

    assertEquals(false, extract(html.formatted("", inner, "")).contains("7 8 9"));
    assertEquals(false, extract(html.formatted("", "", inner)).contains("7 8 9"));
    // The outer elements begin with a word and are no numbers; the inner ones still are.
    assertEquals(false, extract(html.formatted("Lines: ", inner, "end")).contains("7 8 9"));
    assertEquals(false, extract(html.formatted("<b> </b>", inner, "end")).contains("7 8 9"));
    assertEquals(true, extract(html.formatted("", "<div>7 8 9 knots</div>", "")).contains("7 8 9"));
    assertEquals(true, extract(html.formatted("", "<div>7 8 10</div>", "")).contains("7 8 10"));
  }

  @Test
  void shouldCutEachRepeatAmongManyParagraphs() {
    var html = new StringBuilder("<main>");
    var text = new ArrayList<String>();
    for (int i = 0; i < 2_000; i++) {
      String paragraph = PARAGRAPH.replace("four", "no less than " + i);
      text.add(paragraph.substring(3, paragraph.length() - 4));
      html.append(paragraph);
      // One that was just there, and one of long ago; only white space differs.
      html.append(paragraph.replace(", ", ",\n  "));
      html.append(PARAGRAPH.replace("four", "no less than " + i / 2));
    }

    assertEquals(String.join("\n", text), extract(html + "</main>"));
  }

  private static String extract(String html) {
    return new String(
        new MainText().extract(html.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
  }
}
