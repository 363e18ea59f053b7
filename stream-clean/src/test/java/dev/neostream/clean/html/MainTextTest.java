package dev.neostream.clean.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MainTextTest {

  private static final String PARAGRAPH =
      "The kettle, the cup, and the spoon were where she had left them, on the table by the"
          + " window, and the rain had not stopped since the morning.";

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
          <p>%1$s</p>
          <div class="social-share">Share this with everyone, everywhere, now</div>
        </div>
        <div id="commentList"><p>First, second, third comment, all of them long enough, yes.</p></div>
        <aside>Something else</aside><footer>Imprint</footer>
        </body></html>
        """
            .formatted(PARAGRAPH);

    String text = extract(html);

    assertEquals(
        String.join("\n", "Tea", PARAGRAPH, PARAGRAPH + " A link inside.", PARAGRAPH), text);
  }

  @Test
  void shouldDropLinkListsButKeepLinksThatAreExplained() {
    String html =
        """
        <div><p>%1$s</p><p>%1$s</p><p>%1$s</p>
        <ul><li><a href=1>Another story about rain</a></li><li><a href=2>And one more</a></li></ul>
        <dl><dt><a href=3>StringJoiner</a></dt>
        <dd>joins pieces of text with a separator between them</dd></dl></div>
        """
            .formatted(PARAGRAPH);

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
        <p>%1$s</p><h2>Outlook</h2><p>%1$s</p><figure><img><figcaption>A cloud.</figcaption></figure>
        <h3>More stories</h3><ul><li><a href=1>Another story about rain</a></ul></div>
        """
            .formatted(PARAGRAPH);

    assertEquals(PARAGRAPH + "\n\nOutlook\n" + PARAGRAPH, extract(html));
  }

  @Test
  void shouldKeepHeadlinesOfSections() {
    String html =
        "<title>Manual</title><h1>First part</h1><p>%1$s</p><h1>Second part</h1><p>%1$s</p>"
            .formatted(PARAGRAPH);

    String text = extract(html);

    assertEquals("First part\n" + PARAGRAPH + "\n\nSecond part\n" + PARAGRAPH, text);
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
}
