package dev.neostream.clean.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a page is judged to be, and what of it is then text. */
class PageKindTest {

  private static final String PARAGRAPH =
      "The ferry ran twice a day, weather permitting, and the crew, all four of them, knew every"
          + " passenger by name.";

  private static PageKind kind(String html) {
    byte[] page = html.getBytes(StandardCharsets.UTF_8);
    var nodes = new NodeTable();
    new HtmlParser().parse(page, nodes);
    var scorer = new ContentScorer();
    scorer.take(page, nodes);
    return scorer.kind();
  }

  private static String extract(String html) {
    return new String(
        new MainText().extract(html.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
  }

  private static String paragraph(String subject) {
    return PARAGRAPH.replace("ferry", subject);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`<div itemscope itemtype='https://schema.org/QAPage'>`, FORUM",
        "`<script type='application/ld+json'>{\"@type\": \"DiscussionForumPosting\"}</script>`, FORUM",
        "`<meta property='og:type' content='product'>`, PRODUCT",
        "`<script type='application/ld+json'>[{\"@type\":[\"Product\"]}]</script>`, PRODUCT",
        "`<script type='application/ld+json'>{\"name\":\"The Product of two\"}</script>`, ARTICLE",
        "`<b itemtype='http://schema.org/Product'></b><b itemtype='http://schema.org/Product'></b>"
            + "<b itemtype='http://schema.org/Product'></b>`, COLLECTION",
        "`<pre>a = 1</pre><pre>b = 2</pre>`, DOCUMENTATION",
        "`<meta property='og:type' content='article'>`, ARTICLE",
      })
  void shouldBelieveWhatPagesSayOfThemselves(String declaration, PageKind kind) {
    assertEquals(kind, kind(declaration + "<p>" + PARAGRAPH + "</p>"));
  }

  @Test
  void shouldTakeAProductAmongManyPricesForACollection() {
    String product = "<meta property=og:type content=product>";
    String item = "<div><b>A boat</b><p>$12</p></div>";

    assertEquals(PageKind.PRODUCT, kind(product + item.repeat(19)));
    assertEquals(PageKind.COLLECTION, kind(product + item.repeat(20)));
  }

  @Test
  void shouldTellKindsByWhatPagesAreMadeOf() {
    String prose = "<p>" + PARAGRAPH + "</p>";
    String links = "<div><a href=1>The old ferry</a> in May</div>".repeat(5);
    String names = "<div>Tickets for groups</div><div>Two piers</div>".repeat(3);

    assertEquals(PageKind.ARTICLE, kind(prose.repeat(3) + "<p>One boat</p>"));
    assertEquals(PageKind.COLLECTION, kind("<div><b>A boat</b><p>€ 12</p></div>".repeat(6)));
    assertEquals(PageKind.COLLECTION, kind("<div><b>A boat</b><p>£12</p></div>".repeat(6)));
    assertEquals(PageKind.LISTING, kind(prose + links));
    assertEquals(PageKind.SERVICE, kind(prose + names));
    assertEquals(PageKind.ARTICLE, kind(""));
  }

  @Test
  void shouldTakeRepliesForTextWhenTheyAreThePage() {
    String reply = "<div class=bbp-reply><div class=x-author>Ann</div><p>%s</p></div>";
    String html =
        "<div id=topic-1-replies class=replies>"
            + reply.formatted(paragraph("barge"))
            + reply.formatted(paragraph("canoe"))
            + "</div>";
    String comments = html.replace("bbp-reply", "comment").replace("replies", "comments");

    String text = String.join("\n", paragraph("barge"), paragraph("canoe"));

    assertEquals(text, extract(html));
    assertEquals(text, extract(comments));
  }

  @Test
  void shouldCutCommentsBelowWhatTheyAreAbout() {
    String article =
        "<p>%s</p><p>%s</p><p>%s</p>".formatted(PARAGRAPH, paragraph("barge"), paragraph("canoe"));
    String comment = "<div class=comment><p>" + paragraph("reader") + "</p></div>";
    String comments = "<div class=comments>%s</div>";

    String text = String.join("\n", PARAGRAPH, paragraph("barge"), paragraph("canoe"));

    assertEquals(text, extract(article + comments.formatted(comment)));
    assertEquals(
        text,
        extract(
            "<meta property='og:type' content='article'>"
                + article
                + comments.formatted(comment.repeat(6))));
  }

  @Test
  void shouldCutWhatAThreadSaysOfItsWriters() {
    String post =
        """
        <div class='message'><div class='message-user'><b>%1$s</b> New member, joined in May</div>
        <div class='message-userContent'><p>%2$s</p></div>
        <div class=signature>%1$s writes from the pier, every day, all year round</div></div>
        """;
    String html =
        post.formatted("Ann", paragraph("barge"))
            + post.formatted("Bob", paragraph("canoe"))
            + post.formatted("Eve", paragraph("raft"));

    assertEquals(
        String.join("\n", paragraph("barge"), paragraph("canoe"), paragraph("raft")),
        extract(html));
  }

  @Test
  void shouldKeepQuestionAndAnswersWithoutRemarksOnThem() {
    String remark = "<ul class=comments><li class=comment>This did not help me at all, alas.</ul>";
    String html =
        """
        <title>Boats</title><h1>Which boat is it?</h1>
        <div id=question class=question><p>%s</p>%s</div>
        <div id=answers><div class=answer><p>%s</p><p>%s</p>%s</div></div>
        """
            .formatted(
                paragraph("question"), remark, paragraph("answer"), paragraph("reason"), remark);

    assertEquals(
        String.join("\n", paragraph("question"), paragraph("answer"), paragraph("reason")),
        extract(html));
  }

  @Test
  void shouldKeepGoodsThatAreLinksAndCutWhatSelectsThem() {
    String item =
        "<li class=item><a href=%1$d><b>Rope for boats of all kinds and sizes, three strands, %1$d metres</b></a><i class=price>$%1$d</i>";
    String html =
        """
        <title>Ropes</title><main><div class=filter-options><b>Length</b>
        <ol><li><a href=#>10 metres (3)</a><li><a href=#>20 metres (4)</a></ol></div>
        <div class=column><h1>Ropes</h1><ol>%s</ol><div class=rating>5 of 5</div></div></main>
        """
            .formatted(
                item.formatted(1) + item.formatted(2) + item.formatted(3) + item.formatted(4));

    assertEquals(
        """
        Ropes
        Rope for boats of all kinds and sizes, three strands, 1 metres$1
        Rope for boats of all kinds and sizes, three strands, 2 metres$2
        Rope for boats of all kinds and sizes, three strands, 3 metres$3
        Rope for boats of all kinds and sizes, three strands, 4 metres$4""",
        extract(html));
  }

  @Test
  void shouldKeepCardsThatAreLinksAsAWholeAndCutMenus() {
    String card = "<a href=%1$s><img src=%1$s><b>%1$s</b><p>Floats on %1$s, mostly.</p></a>";
    String html =
        "<div><ul><li><a href=1>Home</a><li><a href=2>News</a><li><a href=3>Shop</a></ul>"
            + "<div class=grid>"
            + card.formatted("rivers")
            + card.formatted("lakes")
            + card.formatted("seas")
            + "</div></div>";

    assertEquals(
        "rivers\nFloats on rivers, mostly.\nlakes\nFloats on lakes, mostly.\nseas\n"
            + "Floats on seas, mostly.",
        extract(html));
  }

  @Test
  void shouldKeepSectionsOfEqualStandingWithTheirHeadline() {
    String section = "<section><h2>%s</h2><p>%s</p><p>Ask at the pier.</p></section>";
    String html =
        "<title>Boats for hire</title><main><section><h1>Boats for hire</h1></section>"
            + section.formatted("By day", paragraph("barge"))
            + section.formatted("By week", paragraph("canoe"))
            + "<section><ul><li>Paddles<li>Life jackets<li>Maps of the river</ul></section></main>";

    assertEquals(
        String.join(
            "\n",
            "Boats for hire",
            "",
            "By day",
            paragraph("barge"),
            "Ask at the pier.",
            "",
            "By week",
            paragraph("canoe"),
            "Ask at the pier.",
            "Paddles",
            "Life jackets",
            "Maps of the river"),
        extract(html));
  }

  @Test
  void shouldCutNoticesOfAThread() {
    String html =
        """
        <div class=forum><div class=notice><p>Members may write here, and all may read, day and
        night.</p></div><ul><li class=reply><p>%s</p></li><li class=reply><p>%s</p></li></ul>
        <div class=no-reply><p>You must be a member to reply to this topic.</p></div></div>
        """
            .formatted(paragraph("barge"), paragraph("canoe"));

    assertEquals(paragraph("barge") + "\n" + paragraph("canoe"), extract(html));
  }

  @Test
  void shouldWriteParagraphsOfAPageOnce() {
    String one = "<p>" + paragraph("barge") + "</p>";
    String two = "<p>" + paragraph("canoe") + "</p>";
    String refrain = "<p>Row, row, row the boat</p>";
    String quote = "<blockquote>" + one.replace("The barge ran", "The  <b>barge</b>\nran");

    assertEquals(
        String.join(
            "\n",
            paragraph("barge"),
            "Row, row, row the boat",
            paragraph("canoe"),
            "Row, row, row the boat"),
        extract(one + refrain + two + refrain + quote));
  }

  @Test
  void shouldLeaveRepeatsInDocumentationAndCode() {
    String code = "<pre>" + "boat.row(oars, direction, speed);\n".repeat(3) + "</pre>";
    String html = "<p>" + PARAGRAPH + "</p>" + code + "<p>" + PARAGRAPH + "</p>" + code;

    String text = extract(html);

    assertEquals(2, text.split("The ferry", -1).length - 1);
    assertEquals(6, text.split("boat.row", -1).length - 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<table><tr><td>%s</td><td><pre>row();\nrest();\nrow();</pre></td></tr></table>",
        "<div>%s</div><pre>row();\nrest();\nrow();</pre>",
      })
  void shouldCutLineNumbersOfCode(String code) {
    String page = "<p>" + PARAGRAPH + "</p>" + code + "<p>" + paragraph("barge") + "</p>";

    String numbers = extract(page.formatted("<i>9</i>\n<i>10</i>\n<i>11</i>"));

    assertEquals(
        PARAGRAPH + "\nrow();\nrest();\nrow();\n" + paragraph("barge"),
        numbers.replaceAll("\n+", "\n"));
    assertTrue(extract(page.formatted("<i>9</i>\n<i>11</i>\n<i>12</i>")).contains("12"));
    assertTrue(extract(page.formatted("<i>1</i>\n<i>2</i>")).contains("2"));
  }

  @Test
  void shouldReadWhatReactStreams() {
    String text =
        "<p>%s</p><p>%s</p><p>%s</p>".formatted(PARAGRAPH, paragraph("barge"), paragraph("raft"));
    String page =
        """
        <template id="B:0"></template><div>Loading</div><div hidden id="S:0"><main>%s</main></div>
        <div hidden id=send><p>Send this page to a friend, and say why you think it good.</p></div>
        <script>$RC("B:0","S:0")</script>
        """;

    assertEquals(
        String.join("\n", PARAGRAPH, paragraph("barge"), paragraph("raft")),
        extract(page.formatted(text)));
  }

  @Test
  void shouldReadAllPanelsOfTabs() {
    String html =
        """
        <p>%s</p><div role=tablist><button role=tab>Oars</button><button role=tab>Sails</button></div>
        <div role=tabpanel><p>%s</p></div><div role=tabpanel hidden><p>%s</p></div>
        <div hidden><p>Nothing to see here, and nothing to sail with either.</p></div>
        """
            .formatted(PARAGRAPH, paragraph("barge"), paragraph("raft"));

    assertEquals(
        String.join("\n", PARAGRAPH, paragraph("barge"), paragraph("raft")), extract(html));
  }

  @Test
  void shouldReadAllSectionsOfDocumentation() {
    String options = "";
    for (String name : List.of("oars", "sails", "crew", "speed", "depth", "weather")) {
      options += "<dt>" + name + "<dd>" + paragraph("option " + name);
    }
    String html =
        """
        <main><div><h2>Synopsis</h2><pre>sail [options] FROM TO</pre></div>
        <div><h2>Options</h2><dl>%s</dl></div>
        <div><h2>Example</h2><pre>sail --crew 4 Lune Wyre</pre></div></main>
        <div><h2>News</h2><p>The yard is closed.</p></div>
        """
            .formatted(options);

    String text = extract(html);

    assertTrue(text.startsWith("Synopsis\nsail [options]"), text);
    assertTrue(text.endsWith("Example\nsail --crew 4 Lune Wyre"), text);
  }

  @Test
  void shouldKeepToTheArticleThatBearsTheTitle() {
    String teaser = "<li><div><a href=1>A boat</a></div><div>%1$s %1$s</div>";
    String html =
        """
        <title>Ferry retires - News</title><main><article><div><h1>Ferry retires</h1>
        <div><p>%s</p><p>%s</p><p>%s</p></div></div></article></main><div><ul>%s%s%s%s</ul></div>
        """
            .formatted(
                PARAGRAPH,
                paragraph("captain"),
                paragraph("mayor"),
                teaser.formatted(paragraph("barge")),
                teaser.formatted(paragraph("raft")),
                teaser.formatted(paragraph("canoe")),
                teaser.formatted(paragraph("dinghy")));

    assertEquals(
        String.join("\n", PARAGRAPH, paragraph("captain"), paragraph("mayor")), extract(html));
  }

  @Test
  void shouldKeepListsOfLinksThatArePagesOfAListing() {
    String boats =
        "<ul><li><a href=1>%s boats</a><li><a href=2>%s canoes</a><li><a href=3>%s ferries</a></ul>";
    String small = boats.replace("%s", "Small");
    String main = "<main><h1>Boats</h1>" + small + boats.replace("%s", "Large") + "</main>";
    String prices = "<div><i>A boat of oak</i><b>$12</b></div>".repeat(5);

    assertEquals(
        "Boats\nSmall boats\nSmall canoes\nSmall ferries\n"
            + "Large boats\nLarge canoes\nLarge ferries",
        extract("<title>Boats of the river</title>" + small.replace("Small", "Other") + main));
    assertEquals(
        "Boats\n" + String.join("\n", Collections.nCopies(24, "A boat of oak$12")),
        extract(main.replace("</main>", prices.repeat(5).replaceFirst("<div>.*?</div>", ""))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nav", "aside", "footer", "menu"})
  void shouldReadAPageWhoseNavigationIsNotClosed(String tag) {
    String links = "<%s><ul><li><a href=1>Home</a><li><a href=2>News</a></ul>".formatted(tag);
    String few = "<p>" + paragraph("canoe") + "</p>";
    String many = "<p>%s</p><p>%s</p><p>%s</p>";
    many = many.formatted(PARAGRAPH, paragraph("barge"), paragraph("raft"));

    String text = String.join("\n", PARAGRAPH, paragraph("barge"), paragraph("raft"));

    assertEquals(text, extract(links + many));
    assertEquals(text, extract(links + few + "</" + tag + ">" + many));
  }
}
