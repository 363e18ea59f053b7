package dev.neostream.clean.html;

import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;
import org.jsoup.select.NodeTraversor;

/** Writes the text of an element as lines. */
final class TextWriter implements NodeFilter {

  private final PageFurniture furniture;
  private final DensityScorer scorer;
  private final boolean pruning;
  private final StringBuilder text = new StringBuilder();

  /** Nesting depth inside {@code pre}. */
  private int preformatted;

  /** Nesting depth inside a row that becomes one line. */
  private int row;

  /** White space to write before the next character: none, a space, a tab or line feeds. */
  private String pending = "";

  /**
   * @param pruning whether link lists are left out
   */
  TextWriter(PageFurniture furniture, DensityScorer scorer, boolean pruning) {
    this.furniture = furniture;
    this.scorer = scorer;
    this.pruning = pruning;
  }

  void filter(Element root) {
    NodeTraversor.filter(this, root);
  }

  String text() {
    return text.toString();
  }

  @Override
  public FilterResult head(Node node, int depth) {
    if (node instanceof TextNode words) {
      write(words.getWholeText());
      return FilterResult.CONTINUE;
    }
    if (!(node instanceof Element element)) {
      return FilterResult.SKIP_ENTIRELY;
    }
    if (depth > 0 && (furniture.contains(element) || pruning && scorer.isLinkList(element))) {
      return FilterResult.SKIP_ENTIRELY;
    }
    boundary(element, true);
    return FilterResult.CONTINUE;
  }

  @Override
  public FilterResult tail(Node node, int depth) {
    if (node instanceof Element element) {
      boundary(element, false);
    }
    return FilterResult.CONTINUE;
  }

  private void boundary(Element element, boolean start) {
    String tag = element.normalName();
    switch (tag) {
      case "br" -> {
        if (start) {
          lineBreak("\n");
        }
      }
      case "pre" -> {
        lineBreak("\n");
        preformatted += start ? 1 : -1;
      }
      case "tr" -> {
        lineBreak("\n");
        if (scorer.isRowAsLine(element)) {
          row += start ? 1 : -1;
        }
      }
      case "td", "th" -> lineBreak(row > 0 ? "\t" : "\n");
      case "h1", "h2", "h3", "h4", "h5", "h6" -> lineBreak(start ? "\n\n" : "\n");
      default -> {
        if (DensityScorer.BLOCKS.contains(tag)) {
          lineBreak("\n");
        }
      }
    }
  }

  /** The strongest of consecutive breaks counts: blank line, line, tab, space. */
  private void lineBreak(String wanted) {
    String possible = row > 0 && wanted.startsWith("\n") ? " " : wanted;
    if (strength(possible) > strength(pending)) {
      pending = possible;
    }
  }

  private static int strength(String separator) {
    return switch (separator) {
      case "" -> 0;
      case " " -> 1;
      case "\t" -> 2;
      case "\n" -> 3;
      default -> 4;
    };
  }

  private void write(String words) {
    for (int i = 0; i < words.length(); ) {
      int c = words.codePointAt(i);
      i += Character.charCount(c);
      boolean verbatim = preformatted > 0 && row == 0;
      if (c == '\n' && verbatim && !pending.isEmpty()) {
        // Blank lines at the start of a pre are layout.
        continue;
      }
      if (!verbatim && (c <= ' ' || c == '\u00a0')) {
        lineBreak(" ");
        continue;
      }
      separate();
      // A character reference can name half a surrogate pair, which is no text.
      text.appendCodePoint(isSurrogate(c) ? '\ufffd' : c);
    }
  }

  private static boolean isSurrogate(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }

  private void separate() {
    if (!pending.isEmpty()) {
      if (!text.isEmpty()) {
        text.append(pending);
      }
      pending = "";
    }
  }
}
