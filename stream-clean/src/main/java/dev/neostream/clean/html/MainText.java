package dev.neostream.clean.html;

/**
 * Finds the main text of HTML pages: articles, documentation, threads, shops, listings, offers.
 *
 * <p>Method, after Readability (Arc90, 2009), with shares of subtrees instead of decaying scores:
 *
 * <ol>
 *   <li>{@link HtmlParser} reads the page into a flat {@link NodeTable}.
 *   <li>The page is judged to be of a {@link PageKind}, by what it says of itself and what it is
 *       made of ({@link PageEvidence}).
 *   <li>{@link ContentScorer} cuts what never belongs to the main text of that kind (scripts,
 *       navigation, captions, blocks named share, related, comments ...: {@link Furniture}), gives
 *       points to the text directly in each block, none when links hold most of it ({@link
 *       BlockTable}), and takes the deepest block that holds a fixed share of all points, widened
 *       to what leads into it ({@link MainElement}). In it, {@link LinkLists}, the {@link
 *       Headline}, the dateline and {@link Repeats} are cut. On pages made of cards links count as
 *       text, the share is larger and the headline stays.
 *   <li>{@link TextWriter} writes what is left, line by line.
 * </ol>
 *
 * <p>When fewer than {@link #FEW} bytes come out, the page is read again without cutting lists and,
 * but for cookie banners and line numbers, without judging names; that text wins when it is {@link
 * #LONGER} times as long, and so does an {@code articleBody} in JSON-LD. A page that shows next to
 * nothing until a script runs is read with what it hides, and with {@code noscript} and {@code
 * template}; that text wins when it is {@link #REVEALING} times as long. The page's description is
 * the text when there is no other.
 *
 * <p>Deterministic; no recursion; linear in the size of the page. Elements nested deeper than 512
 * are flattened, as browsers do; a page of more than a million nodes is refused. Scratch memory is
 * reused, about 100 bytes for each node of the largest page seen. Not thread-safe: one instance a
 * thread.
 */
public final class MainText {

  /** Fewer bytes than this and the page is read a second time, without pruning. */
  static final int FEW = 300;

  /**
   * Times as long another reading must be to win: the first one drops more of what is not wanted
   * and, unlike JSON-LD, keeps structure.
   */
  static final int LONGER = 2;

  /** Fewer bytes than this are a headline or a request to wait, and the text may be hidden. */
  static final int NOTHING = 100;

  /**
   * Times as long a reading with what is hidden must be to win: more than an opened menu or dialog
   * makes of a short page.
   */
  static final int REVEALING = 4;

  private final HtmlParser parser = new HtmlParser();
  private final NodeTable nodes = new NodeTable();
  private final ContentScorer scorer = new ContentScorer();
  private final TextWriter writer = new TextWriter();
  private final JsonLd jsonLd = new JsonLd();
  private PageKind kind;

  /** Creates an extractor; memory grows with the pages it sees. */
  public MainText() {}

  /**
   * Returns the main text of a page as well-formed UTF-8 without NUL: lines separated by LF, white
   * space collapsed except in {@code pre}, a blank line before headings, rows of plain tables as
   * one line with cells separated by tabs, formulas as TeX where the page has it; empty when the
   * page holds no text.
   *
   * @param utf8Html the page; each malformed byte of its text becomes U+FFFD
   * @throws HtmlLimitException if the page has more than 1,000,000 elements and texts
   */
  public byte[] extract(byte[] utf8Html) {
    parser.parse(utf8Html, nodes);
    scorer.take(utf8Html, nodes);
    kind = scorer.kind();
    byte[] text = read(utf8Html, true, false);
    if (text.length < FEW) {
      boolean nothing = text.length < NOTHING;
      byte[] unpruned = read(utf8Html, false, false);
      text = unpruned.length > LONGER * text.length ? unpruned : text;
      byte[] revealed = nothing ? read(utf8Html, true, true) : text;
      text = revealed.length > Math.max(FEW, REVEALING * text.length) ? revealed : text;
    }
    if (text.length == 0) {
      text = description(utf8Html);
    }
    byte[] articleBody = jsonLd.articleBody(utf8Html, nodes);
    if (articleBody.length > LONGER * (long) text.length) {
      parser.parse(articleBody, nodes);
      scorer.take(articleBody, nodes);
      byte[] said = read(articleBody, false, false);
      text = said.length > LONGER * (long) text.length ? said : text;
    }
    return text;
  }

  private byte[] read(byte[] html, boolean pruning, boolean revealing) {
    int main = scorer.main(kind, pruning, revealing);
    writer.clear();
    writer.write(html, nodes, scorer.blocks(), main);
    return writer.toBytes();
  }

  private byte[] description(byte[] html) {
    writer.clear();
    for (int node = 1; node < nodes.size; node++) {
      if (nodes.tag[node] == Tags.META && nodes.marked(node, NodeTable.DESCRIPTION)) {
        writer.writeValue(html, nodes.from[node], nodes.to[node]);
        break;
      }
    }
    return writer.toBytes();
  }
}
