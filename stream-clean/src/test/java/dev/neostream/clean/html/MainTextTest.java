package dev.neostream.clean.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTextTest {

  private static final String PARAGRAPH =
      "The kettle, the cup, and the spoon were where she had left them, on the table by the"
          + " window, and the rain had not stopped since the morning.";

  private static final String SECOND = PARAGRAPH.replace("kettle", "teapot");

  private static final String THIRD = PARAGRAPH.replace("kettle", "saucer");

  private static final String PARAGRAPHS =
      "<p>" + PARAGRAPH + "</p><p>" + SECOND + "</p><p>" + THIRD + "</p>";

  private static final String LINES = String.join("\n", PARAGRAPH, SECOND, THIRD);

  private static String extract(String html) {
    return new String(
        new MainText().extract(html.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
  }

  @Test
  void shouldKeepArticleAndDropFurniture() {
    String html =
        """
        <html><head><title>Site</title><script>var a = "tracking, a lot of it";</script></head><body>
        <nav><a href=/>Home</a> <a href=/news>News</a></nav>
        <header>Site name</header>
        <div class="content">
          <h2>Tea</h2>
          <p>%1$s</p>
          <p>%1$s <a href=x>A link</a> inside.</p>
          <p>%2$s</p>
          <div class="social-share">Share this with everyone, everywhere, now</div>
        </div>
        <div id="commentList"><p>First, second, third comment, all of them long enough, yes.</p></div>
        <aside>Something else</aside><footer>Imprint</footer>
        </body></html>
        """
            .formatted(PARAGRAPH, SECOND);

    String text = extract(html);

    assertEquals(String.join("\n", "Tea", PARAGRAPH, PARAGRAPH + " A link inside.", SECOND), text);
  }

  @Test
  void shouldDropLinkListsButKeepLinksThatAreExplained() {
    String html =
        """
        <div>%s
        <ul><li><a href=1>Another story about rain</a></li><li><a href=2>And one more</a></li></ul>
        <dl><dt><a href=3>StringJoiner</a></dt>
        <dd>joins pieces of text with a separator between them</dd></dl></div>
        """
            .formatted(PARAGRAPHS);

    String text = extract(html);

    assertFalse(text.contains("Another story"));
    assertTrue(text.endsWith("StringJoiner\njoins pieces of text with a separator between them"));
  }

  @Test
  void shouldWidenToIntroductionBeforeTheBulkButNotToTextAfterIt() {
    String bulk = ("<p>" + PARAGRAPH + "</p>").repeat(8);
    String extra = "<p>" + PARAGRAPH.replace("kettle", "%s") + "</p>";
    String html =
        "<div><div>"
            + extra.formatted("introduction").repeat(5)
            + "</div><div>"
            + bulk
            + "</div></div>";
    String reversed =
        "<div><div>" + bulk + "</div><div>" + extra.formatted("teaser").repeat(5) + "</div></div>";

    assertTrue(extract(html).startsWith("The introduction"));
    assertFalse(extract(reversed).contains("teaser"));
  }

  @Test
  void shouldKeepWhiteSpaceOfCodeAndCollapseItElsewhere() {
    String html =
        "<p>Call&nbsp;it\n  like   this:</p><pre>\nif (x) {\n\treturn  y;\n}\n</pre><p>Done.</p>";

    String text = extract(html);

    assertEquals(
        "Call it like this:\nif (x) {\n\treturn  y;\n}\nDone.", text.replace("}\n\n", "}\n"));
  }

  @Test
  void shouldWriteTableRowsAsLines() {
    String html =
        """
        <table><tr><th>Name</th><th>Meaning</th></tr>
        <tr><td><code>n</code></td><td><div>number of<br>rows</div></td></tr></table>
        """;

    assertEquals("Name\tMeaning\nn\tnumber of rows", extract(html));
  }

  @Test
  void shouldWriteCellsOfLayoutTablesAsBlocks() {
    String html = "<table><tr><td><p>left</p></td><td><p>right</p></td></tr></table>";

    assertEquals("left\nright", extract(html));
  }

  @Test
  void shouldReplaceHalvesOfSurrogatePairs() {
    assertEquals("a\ufffdb \ud83d\ude00", extract("a&#xD800;b &#x1F600;"));
  }

  @Test
  void shouldPutBlankLineBeforeHeadings() {
    String text = extract("<h1>One</h1><p>a</p><h2>Two</h2>b");

    assertEquals("One\na\n\nTwo\nb", text);
  }

  @Test
  void shouldReadPageAgainWithoutNamesWhenLittleCameOut() {
    String html = "<body><div class=widget><p>" + PARAGRAPH + "</p></div><p>Menu</p></body>";

    String text = extract(html);

    assertTrue(text.contains(PARAGRAPH));
  }

  @Test
  void shouldReturnLinksWhenThereIsNothingElse() {
    assertEquals("one\ntwo", extract("<p><a href=1>one</a></p><p><a href=2>two</a></p>"));
  }

  @Test
  void shouldReturnNothingWhenThereIsNoText() {
    assertEquals("", extract(""));
    assertEquals("", extract("<html><body><img src=a><script>x</script></body></html>"));
    assertEquals("", extract("<frameset><frame src=a></frameset>"));
  }

  @Test
  void shouldSurviveDeepNestingOfAnyElement() {
    for (String tag : new String[] {"div", "b", "table", "ul><li", "blockquote", "pre", "svg"}) {
      String text = extract(("<" + tag + ">word ").repeat(50_000));

      assertTrue(text.length() <= 6 * 50_000, tag);
    }
  }

  @Test
  void shouldDropHeadlineWithWhatStandsAroundIt() {
    String html =
        """
        <title>Rain in May - The Paper</title><body><div>
        <p>Weather</p><h1>Rain in May</h1><p>By A. Writer, 3 May 2019</p>
        <p>%1$s</p><h2>Outlook</h2><p>%2$s</p><figure><img><figcaption>A cloud.</figcaption></figure>
        <h3>More stories</h3><ul><li><a href=1>Another story about rain</a></ul></div>
        """
            .formatted(PARAGRAPH, SECOND);

    assertEquals(PARAGRAPH + "\n\nOutlook\n" + SECOND, extract(html));
  }

  @Test
  void shouldKeepHeadlinesOfSections() {
    String html =
        "<title>Manual</title><h1>First part</h1><p>%s</p><h1>Second part</h1><p>%s</p>"
            .formatted(PARAGRAPH, SECOND);

    String text = extract(html);

    assertEquals("First part\n" + PARAGRAPH + "\n\nSecond part\n" + SECOND, text);
  }

  @Test
  void shouldNotBelieveNamesOfWhatHoldsMostOfTheText() {
    String article = ("<p>" + PARAGRAPH + "</p>").repeat(4);
    String html = "<div class='content-sidebar-wrap'>" + article + "</div><p>Short note.</p>";

    assertTrue(extract(html).startsWith(PARAGRAPH));
  }

  @Test
  void shouldJoinHalvesOfAnArticle() {
    String first = ("<p>" + PARAGRAPH + "</p>").repeat(4);
    String second = ("<p>" + PARAGRAPH.replace("kettle", "lamp") + "</p>").repeat(10);
    String html =
        "<div><div>%s</div><div>%s</div><div>%s</div></div>"
            .formatted(first, second, "<p>A word, and more words, and less of it.</p>".repeat(5));

    String text = extract(html);

    assertTrue(text.startsWith("The kettle"));
    assertTrue(text.contains("The lamp"));
    assertFalse(text.contains("A word"));
  }

  @Test
  void shouldWriteFormulasAsTex() {
    String html =
        """
        <p>One <math><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation>\
        </semantics></math> two <img class="tex" alt="y_1 &lt; 0"> three \
        <script type="math/tex">z & 1</script> four <img alt="a cat"> five <math><mi>n</mi></math></p>
        """;

    assertEquals("One x^2 two y_1 < 0 three z & 1 four five n", extract(html));
  }

  @Test
  void shouldKeepIndentationOfCodeInListsAndTables() {
    String html =
        "<ul><li>do<pre><code>for:\n    if a &lt; b:\n\treturn\n</code></pre></li></ul>"
            + "<table><tr><td><pre>  x\r\n   y</pre></td></tr></table>";

    assertEquals("do\nfor:\n    if a < b:\n\treturn\n\n  x\n   y", extract(html));
  }

  @Test
  void shouldTakeArticleBodyOfJsonLdWhenThePageHasLess() {
    String html =
        """
        <script type="application/ld+json">{"@type": "Article", "articleBody" :
        "First \\"line\\" \\u00e9\\ud83d\\ude00.\\nSecond line &amp; more, %s"}</script><p>Loading</p>
        """
            .formatted(PARAGRAPH);

    String text = extract(html);

    assertEquals("First \"line\" é😀.\nSecond line & more, " + PARAGRAPH, text);
  }

  @Test
  void shouldTakeDescriptionWhenThePageHasNoText() {
    String html = "<head><meta property=og:description content='Tea &amp; rain'></head><div></div>";

    assertEquals("Tea & rain", extract(html));
  }

  @Test
  void shouldReplaceMalformedBytesAndDropControlCharacters() {
    byte[] html = {
      'a', (byte) 0xFF, 'b', 0, 'c', (byte) 0xC3, '<', 'p', '>', (byte) 0xE4, (byte) 0xB8
    };

    String text = new String(new MainText().extract(html), StandardCharsets.UTF_8);

    assertEquals("a\ufffdb c\ufffd\n\ufffd\ufffd", text);
  }

  /** As WeChat, Medium or a framework serves a page before its scripts run. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<div style='visibility: hidden; opacity: 0'>%s</div>",
        "<main hidden>%s</main>",
        "<div style=display:none>%s</div><p>Please wait.</p>",
        "<div aria-hidden=true><section>%s</section></div>",
        "<noscript>%s</noscript><div id=root></div>",
        "<article><template shadowrootmode=open><slot></slot>%s</template></article>",
      })
  void shouldReadWhatIsHiddenWhenNothingElseIsText(String page) {
    assertEquals(LINES, extract(page.formatted(PARAGRAPHS)), page);
  }

  @Test
  void shouldLeaveHiddenWhatIsBesideText() {
    String dialog = "<div hidden>" + ("<p>" + PARAGRAPH.replace("kettle", "dialog")).repeat(3);

    assertFalse(extract("<p>" + PARAGRAPH + "</p>" + dialog).contains("dialog"));
    assertEquals("Short.", extract("<p>Short.</p><div hidden><p>A small dialog, hidden.</div>"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<?xml version='1.0'?><html><head><title/><script src='a.js'/><style/></head><body>",
        "<!DOCTYPE html><html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title/><script/></head>",
        "<?xml version='1.0'?><html><body><nav/><a href='x'/><textarea/><div hidden='hidden'/>",
        "<html xmlns='http://www.w3.org/1999/xhtml'><body><iframe src='x'/>",
      })
  void shouldEndEmptyElementsOfXhtml(String start) {
    assertEquals(LINES, extract(start + PARAGRAPHS));
  }

  @Test
  void shouldNotEndScriptsThatOnlyLookEmptyInHtml() {
    assertEquals("x", extract("<script src=a />var a = 'text';</script>x"));
  }

  @Test
  void shouldWriteWordsWithoutTheirReadings() {
    assertEquals(
        "私は東京に住んでいます",
        extract("私は<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>に<ruby>住<rt>す</ruby>んでいます"));
    assertEquals("漢字", extract("<ruby><rb>漢<rb>字<rtc><rt>hàn<rt>zì</rtc></ruby>"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<h3><button aria-expanded=false>%s</button></h3><p>%s</p>",
        "<h2><span><button>%s <svg><title>open</title></svg></button></span></h2><div>%s</div>",
        "<dl><dt><button>%s</button></dt><dd>%s</dd></dl>",
        "<button><h4>%s</h4></button><div>%s</div>",
      })
  void shouldKeepLabelsThatAreButtons(String item) {
    String page = "<article><p>" + PARAGRAPH + item + "<p>" + PARAGRAPH + "<button>Send</button>";

    String text = extract(page.formatted("Can I park there?", "There is room for nine cars."));

    assertTrue(text.contains("Can I park there?\nThere is room"), text);
    assertFalse(text.contains("Send") || text.contains("open"), text);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`一二，\n三四`, 一二，三四",
        "`一二\r\n      三四`, 一二三四",
        "`<b>一二</b>\n<i>三四</i>`, 一二三四",
        "`カタ\nカナ。\n「はい」`, カタカナ。「はい」",
        "`他说：\n“好。”\n他走了——\n没有回来……\n真的`, 他说：“好。”他走了——没有回来……真的",
        "`一二 三四`, 一二 三四",
        "`一二\nabc\n三四`, 一二 abc 三四",
        "`한국\n말`, 한국 말",
        "`“one”\n“two”`, “one” “two”",
        "`one\ntwo`, one two",
      })
  void shouldJoinLinesOfWideCharactersWithoutASpace(String html, String text) {
    assertEquals(text, extract(html.replace("\\n", "\n").replace("\\r", "\r")));
  }

  @ParameterizedTest
  @CsvSource({
    "10<sup>6</sup> turns, 10⁶ turns",
    "10<sup>-3</sup> of, 10⁻³ of",
    "10<sup>&minus;3</sup> of, 10⁻³ of",
    "10<sup>−12</sup>, 10⁻¹²",
    "9 km<sup>2</sup>., 9 km².",
    "2<sup>n</sup> and 2<sup>n+1</sup>, 2ⁿ and 2ⁿ⁺¹",
    "2<sup>k</sup> and e<sup>x+y</sup>, 2^k and e^(x+y)",
    "in 1990<sup><a href=#1>3</a></sup>, in 1990³",
    "the 1<sup>st</sup> and 2<sup>nd</sup>, the 1st and 2nd",
    "M<sup>me</sup> X, Mme X",
    "see <sup>1</sup>, see 1",
    "3<sup>1</sup>/<sub>2</sub> cups, 3¹/₂ cups",
    "<sup>3</sup>&frasl;<sub>16</sub> inch, 3⁄₁₆ inch",
    "H<sub>2</sub>O, H2O",
  })
  void shouldNotLetRaisedNumbersRunIntoOthers(String html, String text) {
    assertEquals(text, extract("<p>" + html + "</p>"));
  }

  @Test
  void shouldKeepIndentationOfCodeThatIsNotPreformatted() {
    assertEquals(
        "def f():\n    return 1\nthat is  all",
        extract(
            "<code>def f():<br>&nbsp;&nbsp;&nbsp;&nbsp;return\n 1<br></code><tt>that is&nbsp; all</tt>"));
    assertEquals("a b", extract("<p>a&nbsp;&nbsp;b"));
  }
}
