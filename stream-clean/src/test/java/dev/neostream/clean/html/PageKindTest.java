package dev.neostream.clean.html;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a page is judged to be, and what of it is then text. */
class PageKindTest {

  private static final String PARAGRAPH =
      "The ferry ran twice a day, weather permitting, and the crew, all four of them, knew every"
          + " passenger by name.";

  private static PageKind kind(String html) {
    byte[] page = html.getBytes(StandardCharsets.UTF_8);
    var nodes = new NodeTable();
    new HtmlParser().parse(page, nodes);
    return new ContentScorer().kind(page, nodes);
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
    String article = ("<p>" + PARAGRAPH + "</p>").repeat(3);
    String comment = "<div class=comment><p>" + paragraph("reader") + "</p></div>";

    String text = String.join("\n", PARAGRAPH, PARAGRAPH, PARAGRAPH);

    assertEquals(text, extract(article + "<div class=comments>" + comment + "</div>"));
    assertEquals(
        text,
        extract(
            "<meta property='og:type' content='article'>"
                + article
                + "<div class=comments>"
                + comment.repeat(6)
                + "</div>"));
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
}
