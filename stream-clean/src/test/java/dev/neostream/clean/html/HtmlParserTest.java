package dev.neostream.clean.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.clean.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parser against jsoup's: the words that a reader sees. */
class HtmlParserTest {

  /** Elements whose text is not shown, or shown only by browsers without something. */
  private static final Set<String> UNSEEN =
      Set.of(
          "head iframe noembed noframes noscript script style template textarea title".split(" "));

  private static final Set<Integer> UNSEEN_TAGS =
      Set.copyOf(UNSEEN.stream().map(name -> Tags.of(Name.of(name))).toList());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain text",
        "<p>one<p>two<div>three</p>four",
        "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e",
        "<dl><dt>t<dd>d<dt>t2<dd>d2</dl>end",
        "<table><tr><td>1<td>2<tr><th>3<td>4</table>after",
        "<table><tbody><tr><td><table><tr><td>inner</table>outer<td>next</table>",
        "<div><tr><td>a</td><td>b</td></tr></div>",
        "<table><caption>c</caption><tr><td><div>x</td><td>y</div></table>z",
        "<select><option>1<option>2<optgroup label=x><option>3</select>text",
        "<select><option>1<div>2</div><p>3</select>text",
        "<div>x<select><b>1</div>2</select>3</div>4",
        "<select><optgroup><option>1<hr>2<optgroup>3<option>4<p>5<option>6</select>7",
        "<select><option>1<div>2<select>3</div>4",
        "<select><option>1<div>2<input>3</div>4",
        "<table><tr><td><select><option>1<td>2</table>3",
        "<b>bold<p>both</b>plain</p>",
        "<a href=1>one<a href=2>two</a>three",
        "<p><a href=x>in<p>link</a>out",
        "</div></p>stray</span>ends</table>",
        "<h1>a<h2>b</h1>c",
        "<!-- a > b --><p>x<!---->y<!-->z<!--->w<!-- open",
        "a<!-- b --!>c<!d>e<?f>g</ h>i</>j",
        "a < b <3 <> x<y>z",
        "yes<svg><![CDATA[<b>yes</b>]]></svg>",
        "<!DOCTYPE html><title>t</title><p>x",
        "<html><head><meta charset=utf-8><p>body<head>more</head></html>rest",
        "<script>if (a</b>) '<p>'</script>x",
        "<script><!-- x </script>y<style>a<b</style>z<script>open",
        "<textarea>a<b>&amp;c</textarea>d",
        "<div class='a>b' title=\"x<y\" hidden data-x=a/b>in</div><br/>out",
        "<p title=unclosed'>a</p><p title='open>b</p>",
        "<div a=1 a=2 =3 'x\"y>t</div>",
        "<svg><p>breaks out</p></svg><math><mi>x</mi><mo>&lt;</mo></math>",
        "<svg><foreignObject><div>in</div></foreignObject><text>t</text></svg>after",
        "<svg/>x<math/>y<div/>z",
        "<button>a<button>b</button>c",
        "<form><p>a<form>b</form>c</form>",
        "x</br>y<br>z<hr>w",
        "<ruby>漢<rp>(</rp><rt>kan</rt></ruby>字",
        "<pre>\n a\n  b</pre><listing>\nc</listing>",
        "<noscript><p>n</p></noscript><iframe><p>i</p></iframe>x",
        "<custom-tag>a<custom-tag>b</custom-tag>c</custom-tag>d</custom-tag>",
        "a&amp;b&ampc&nbsp;&copy&copy;&notit;&notin;&#65;&#x42;&#x80;&bogus;&&#;&#x;",
        "&lt;p&gt;&NotEqualTilde;&#38",
        "<p>unclosed <b>tag at the end<",
        "<p>unclosed <b",
        "a\0b<p>c\rd\r\ne",
      })
  void shouldShowTheWordsThatJsoupShows(String html) {
    assertEquals(jsoupText(html), ownText(html));
  }

  @Test
  void shouldShowTheWordsThatJsoupShowsOnRealPages() throws IOException {
    double same = 0;
    double all = 0;
    try (Stream<Path> files =
        Files.list(SharedData.folder("article-extraction-dev").resolve("html"))) {
      for (Path file : files.sorted().toList()) {
        String html = new String(SharedData.read(file), StandardCharsets.UTF_8);
        Map<String, Integer> own = words(ownText(html));
        Map<String, Integer> jsoup = words(jsoupText(html));
        int common =
            own.entrySet().stream()
                .mapToInt(w -> Math.min(w.getValue(), jsoup.getOrDefault(w.getKey(), 0)))
                .sum();
        same += common;
        all += Math.max(total(own), total(jsoup));
      }
    }

    System.out.printf("words as jsoup shows them: %.5f of %.0f%n", same / all, all);
    assertTrue(same >= 0.99 * all, same + " of " + all);
  }

  @Test
  void shouldReadEveryNamedCharacterReferenceAsJsoupDoes() {
    List<String> lines = CharacterReferences.lines();

    assertEquals(2231, lines.size());
    for (String line : lines) {
      String text = "x&" + line.split(" ")[0];
      assertEquals(Jsoup.parse(text).wholeText(), raw(text), text);
    }
  }

  @Test
  void shouldFollowTheStandardWhereJsoupDoesNot() {
    assertEquals("yes", ownText("<![CDATA[no]]>yes"));
    assertEquals("\ufffd".repeat(4), ownText("&#0;&#xD800;&#1114112;&#99999999999;"));
    assertEquals("xy", ownText("x<script><!-- <script> </script> --></script>y"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "one; two&#44; three|0|false",
        "one, two、三，,|4|false",
        "あいー．。 Â¢ ’₭|0|false",
        "a &lt; $b, <|1|true",
        "£|0|true",
        "12 €|0|true",
        "<xmp>$1, <b>2</b>, &amp;</xmp>|2|true",
        "<svg><![CDATA[a, € <b>]]></svg>|1|true",
        "<b title='$1, $2'></b>|0|false",
      },
      delimiter = '|')
  void shouldNoteCommasAndCurrenciesOfText(String html, int commas, boolean currency) {
    byte[] page = html.getBytes(StandardCharsets.UTF_8);
    var nodes = new NodeTable();
    var parser = new HtmlParser();
    parser.parse("<p class=comment>$1, $2".getBytes(StandardCharsets.UTF_8), nodes);

    parser.parse(page, nodes);

    int found = 0;
    for (int node = 0; node < nodes.size; node++) {
      found += nodes.commas[node];
    }
    assertEquals(commas, found);
    assertEquals(currency, nodes.holdsMarked(NodeTable.CURRENCY));
    assertFalse(nodes.holdsMarked(NodeTable.COMMENTS));
  }

  @Test
  void shouldFlattenWhatIsNestedTooDeep() {
    var nodes = parse("<div>".repeat(1_000) + "text");

    int depth = 0;
    for (int i = nodes.size - 1; i > 0; i = nodes.parent[i]) {
      depth++;
    }
    assertEquals(HtmlParser.MAX_DEPTH, depth);
    assertEquals(1_002, nodes.size);
  }

  @Test
  void shouldRefuseTooManyNodes() {
    String html = "<i>".repeat(NodeTable.MAX_NODES);

    HtmlLimitException e = assertThrows(HtmlLimitException.class, () -> parse(html));

    assertEquals("nodes", e.what());
    assertEquals(NodeTable.MAX_NODES, e.limit());
    assertTrue(e.value() > e.limit());
  }

  private static NodeTable parse(String html) {
    var nodes = new NodeTable();
    new HtmlParser().parse(html.getBytes(StandardCharsets.UTF_8), nodes);
    return nodes;
  }

  private static String raw(String html) {
    byte[] bytes = html.getBytes(StandardCharsets.UTF_8);
    var nodes = new NodeTable();
    new HtmlParser().parse(bytes, nodes);
    var text = new StringBuilder();
    int open = 0;
    for (int i = 1; i < nodes.size; ) {
      for (; nodes.end[open] <= i; open = nodes.parent[open]) {
        text.append(separates(nodes.tag[open]) ? " " : "");
      }
      if (nodes.tag[i] == Tags.TEXT) {
        append(text, bytes, nodes, i++);
      } else {
        text.append(separates(nodes.tag[i]) ? " " : "");
        open = i;
        i = UNSEEN_TAGS.contains((int) nodes.tag[i]) ? nodes.end[i] : i + 1;
      }
    }
    return text.toString();
  }

  private static boolean separates(int tag) {
    return tag == Tags.BR || Tags.is(tag, Tags.BLOCK);
  }

  private static void append(StringBuilder text, byte[] bytes, NodeTable nodes, int node) {
    var references = new CharacterReferences();
    int from = nodes.from[node];
    for (int i = from; i < nodes.to[node]; i++) {
      int taken =
          bytes[i] == '&' && !nodes.marked(node, NodeTable.VERBATIM)
              ? references.read(bytes, i, nodes.to[node])
              : 0;
      if (taken > 0) {
        text.append(new String(bytes, from, i - from, StandardCharsets.UTF_8));
        text.appendCodePoint(references.first);
        if (references.second != 0) {
          text.appendCodePoint(references.second);
        }
        from = i + taken;
        i = from - 1;
      }
    }
    text.append(new String(bytes, from, nodes.to[node] - from, StandardCharsets.UTF_8));
  }

  private static String ownText(String html) {
    return normal(raw(html));
  }

  private static String jsoupText(String html) {
    var text = new StringBuilder();
    Jsoup.parse(html)
        .filter(
            new NodeFilter() {
              @Override
              public FilterResult head(Node node, int depth) {
                if (node instanceof Element element) {
                  if (UNSEEN.contains(element.normalName())) {
                    return FilterResult.SKIP_CHILDREN;
                  }
                  separate(element);
                } else if (node instanceof TextNode words) {
                  text.append(words.getWholeText());
                }
                return FilterResult.CONTINUE;
              }

              @Override
              public FilterResult tail(Node node, int depth) {
                if (node instanceof Element element) {
                  separate(element);
                }
                return FilterResult.CONTINUE;
              }

              private void separate(Element element) {
                text.append(separates(Tags.of(Name.of(element.normalName()))) ? " " : "");
              }
            });
    return normal(text.toString());
  }

  private static String normal(String text) {
    return text.replace("\0", "").replaceAll("[\\s\\u00a0]+", " ").strip();
  }

  private static Map<String, Integer> words(String text) {
    Map<String, Integer> words = new HashMap<>();
    for (String word : text.split(" ")) {
      words.merge(word, 1, Integer::sum);
    }
    return words;
  }

  private static int total(Map<String, Integer> words) {
    return words.values().stream().mapToInt(Integer::intValue).sum();
  }
}
