package dev.neostream.clean.html;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Pages that nobody meant to be read. */
class HostileHtmlTest {

  private static final String[] SPLINTERS = {
    "<",
    ">",
    "</",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&",
    "&#x",
    "&#",
    ";",
    "\"",
    "'",
    "=",
    "/>",
    "<table>",
    "<td>",
    "</table>",
    "<svg>",
    "</svg>",
    "<math>",
    "<pre>",
    "</pre>",
    "<script>",
    "</script>",
    "<title>",
    "<select>",
    "<p>",
    "</p>",
    "<a href=x>",
    "<li>",
    "<h1>",
    "<tr>",
    "\0",
    "\u00ff",
    "<body>",
    "<head>",
    "<template>",
    "<plaintext>",
    "<form>",
    "</body>",
    "<br>"
  };

  private static final String PAGE =
      """
      <!DOCTYPE html><html><head><title>Rain - Paper</title><meta name=description content="Wet &amp; cold">
      <script type="application/ld+json">{"articleBody":"It rained \\u00e9 \\"all\\" day.\\nYes"}</script>
      <style>p > a {}</style></head><body class="page nav-open"><nav><a href=/>Home</a></nav><main>
      <h1>Rain</h1><p class=byline>3 May 2019</p><p>It rained, and it rained; nobody went out &ndash; 雨が降った。
      <ul><li>one<li>two <b>bold<i>er</b></i></ul><table><tr><th>a<td>b<tr><td>1<td>2</table>
      <pre>if (x) {
        y();
      }</pre><svg><title>t</title><path d=""/></svg><math><mi>x</mi><annotation encoding="application/x-tex">x</annotation></math>
      <form><select><option>1</select></form><!-- note --><div hidden>no</div></main><footer>&copy; 2019</footer>
      """;

  private final MainText mainText = new MainText();

  @Test
  void shouldRefuseAMillionNestedTags() {
    HtmlLimitException e =
        assertThrows(HtmlLimitException.class, () -> extract("<div>".repeat(1_000_001) + "x"));

    assertEquals("nodes", e.what());
  }

  @Test
  void shouldReadOnAfterARefusedPage() {
    assertThrows(HtmlLimitException.class, () -> extract("<b>x".repeat(1_000_000)));

    assertEquals("after", extract("<p>after"));
  }

  @Test
  void shouldReadTextAfterAHugeAttribute() {
    byte[] html = new byte[100_000_000];
    Arrays.fill(html, (byte) 'a');
    byte[] start = "<p title=\"".getBytes(StandardCharsets.US_ASCII);
    byte[] end = "\">text".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(start, 0, html, 0, start.length);
    System.arraycopy(end, 0, html, html.length - end.length, end.length);

    assertEquals("text", new String(mainText.extract(html), StandardCharsets.UTF_8));
  }

  @Test
  void shouldReadAMillionAttributes() {
    assertEquals("text", extract("<p" + " a=1".repeat(1_000_000) + " class=b>text"));
  }

  @Test
  void shouldKeepAngleBracketsThatOpenNothing() {
    String brackets = "<".repeat(10_000_000);

    assertEquals(brackets, extract(brackets));
  }

  @Test
  void shouldEndWhatIsNeverClosed() {
    String much = "x <p> y ".repeat(100_000);

    assertEquals("a", extract("a<!-- " + much));
    assertEquals("a", extract("a<script> " + much));
    assertEquals("a", extract("a<b title=' " + much));
    assertEquals("a", extract("a<svg><![CDATA[" + " ".repeat(100_000)));
    assertEquals("a", extract("a<!" + " ".repeat(100_000)));
    assertEquals("a", extract("a<?" + "<!--".repeat(100_000)));
    assertEquals("a", extract("a" + "</x".repeat(100_000)));
    assertEquals("a", extract("a" + "</p>".repeat(500_000)));
  }

  @Test
  void shouldDecodeAFloodOfReferences() {
    assertEquals("&".repeat(1_000_000), extract("&amp;".repeat(1_000_000)));
    assertEquals("&".repeat(1_000_000), extract("&".repeat(1_000_000)));
    assertEquals("\ufffd".repeat(100), extract(("&#" + "9".repeat(10_000) + ";").repeat(100)));
  }

  @Test
  void shouldFlattenDeepTables() {
    String text = extract("<table><tr><td>cell".repeat(100_000));

    assertTrue(text.split("\\s").length > 99_000);
  }

  @Test
  void shouldEndOnEndTagsInsideManyOpenElements() {
    String text = extract("<span>".repeat(600) + "</li></b>x<p>".repeat(100_000));

    assertEquals(100_000, text.lines().count());
  }

  @Test
  void shouldWriteWellFormedTextWhateverComesIn() throws CharacterCodingException {
    var random = new SplittableRandom(20260101);
    byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 20_000; i++) {
      byte[] html = mutate(page, random);

      byte[] text = mainText.extract(html);

      String decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
      assertFalse(decoded.contains("\0") || decoded.contains("\r"), decoded);
      if (i % 100 == 0) {
        assertArrayEquals(new MainText().extract(html), text, "scratch memory must not matter");
      }
    }
  }

  private String extract(String html) {
    return new String(
        mainText.extract(html.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
  }

  /** Returns the page with some bytes changed, cut out, repeated or replaced by markup. */
  private static byte[] mutate(byte[] page, SplittableRandom random) {
    byte[] html = page;
    for (int edits = random.nextInt(1, 12); edits > 0; edits--) {
      int from = random.nextInt(html.length);
      int to = Math.min(html.length, from + random.nextInt(1, 60));
      byte[] middle =
          switch (random.nextInt(4)) {
            case 0 -> new byte[] {(byte) random.nextInt(256)};
            case 1 -> new byte[0];
            case 2 ->
                (new String(html, from, to - from, StandardCharsets.ISO_8859_1).repeat(3))
                    .getBytes(StandardCharsets.ISO_8859_1);
            default ->
                SPLINTERS[random.nextInt(SPLINTERS.length)].getBytes(StandardCharsets.ISO_8859_1);
          };
      ByteBuffer next = ByteBuffer.allocate(html.length + middle.length + 1);
      next.put(html, 0, from).put(middle).put(html, to, html.length - to);
      html = Arrays.copyOf(next.array(), Math.max(1, next.position()));
    }
    return html;
  }
}
