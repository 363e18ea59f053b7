package dev.neostream.clean.html;

import org.jsoup.nodes.Document;
import org.jsoup.parser.Parser;

/**
 * Finds the main text of an HTML page by text density.
 *
 * <p>Method, after Readability (Arc90, 2009), with shares of subtrees instead of decaying scores:
 *
 * <ol>
 *   <li>{@link PageFurniture} (scripts, navigation, footers, blocks named share, related, comments
 *       ...) is passed over.
 *   <li>{@link DensityScorer}: every block earns points for the text directly in it, none when
 *       links hold most of it; the main element is the deepest one that holds a fixed share of all
 *       points.
 *   <li>{@link TextWriter}: its text is written out block by block, leaving out link lists.
 * </ol>
 *
 * <p>When fewer than {@link #FEW} characters come out, the page is read again without judging names
 * and without leaving out link lists, and the longer text wins.
 *
 * <p>Neither parsing nor reading recurses, so nesting depth costs heap, not stack; work is linear
 * in the size of the page. Thread-safe.
 */
public final class MainText {

  /** Fewer characters than this and the page is read a second time, without pruning. */
  static final int FEW = 300;

  private MainText() {}

  /**
   * Returns the main text of a page: lines separated by LF, white space collapsed except in {@code
   * pre}, a blank line before headings, rows of plain tables as one line with cells separated by
   * tabs; empty when the page holds no text.
   */
  public static String of(String html) {
    Document page = Parser.htmlParser().parseInput(html, "");
    String text = read(page, true);
    if (text.length() >= FEW) {
      return text;
    }
    String unpruned = read(page, false);
    return unpruned.length() > text.length() ? unpruned : text;
  }

  private static String read(Document page, boolean pruning) {
    var furniture = new PageFurniture(pruning);
    var scorer = new DensityScorer(furniture);
    scorer.filter(page.body());
    var writer = new TextWriter(furniture, scorer, pruning);
    writer.filter(scorer.mainElement());
    return writer.text().stripTrailing();
  }
}
