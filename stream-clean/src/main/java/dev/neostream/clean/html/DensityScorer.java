package dev.neostream.clean.html;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;
import org.jsoup.select.NodeTraversor;

/** Scores the blocks of a page by the text they hold; see {@link MainText} for the method. */
final class DensityScorer implements NodeFilter {

  /** Elements that start and end a line of text. */
  static final Set<String> BLOCKS =
      Set.of(
          ("address article blockquote body caption center dd details dir div dl dt "
                  + "fieldset figcaption figure form h1 h2 h3 h4 h5 h6 hr html legend li main ol "
                  + "option p pre section summary table tbody td tfoot th thead tr ul")
              .split(" "));

  /** Blocks that a table row may not contain to be written as one line. */
  private static final Set<String> STRUCTURE =
      Set.of("article blockquote dl h1 h2 h3 h4 h5 h6 ol p pre section table ul".split(" "));

  /** Blocks that are left out when links hold most of their text. */
  private static final Set<String> LISTS =
      Set.of("div", "dl", "li", "ol", "p", "section", "table", "tr", "ul");

  /**
   * Share of the page's points that the core of the main element holds; above a half, so that the
   * elements that qualify form one chain. This and the next four were chosen on 60 article pages
   * and five Javadoc archives, see README.
   */
  private static final double SHARE = 0.55;

  /** Share of the points around the core that must come before it for the core to be widened. */
  private static final double LEAD_SHARE = 0.8;

  /** Points per character that the text around the core must have, relative to the core's. */
  private static final double LEAD_DENSITY = 0.2;

  /** Share of link text above which a block counts as a link list. */
  private static final double LINK_LIST = 0.5;

  /** A link list with at least this much text outside links explains them and is not left out. */
  private static final int EXPLANATION = 20;

  private static final double CHARACTERS_PER_POINT = 100;

  private final PageFurniture furniture;
  private final List<Block> blocks = new ArrayList<>();
  private final Deque<Block> open = new ArrayDeque<>();
  private final Set<Element> linkLists = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Element> rowsAsLines = Collections.newSetFromMap(new IdentityHashMap<>());
  private int links;

  DensityScorer(PageFurniture furniture) {
    this.furniture = furniture;
  }

  void filter(Element root) {
    NodeTraversor.filter(this, root);
  }

  /**
   * Returns the main element. Its core is the deepest block that holds {@link #SHARE} of all
   * points; the core is widened to the enclosing block as long as what that adds is prose and
   * stands mostly before it: introductions and summaries come before the bulk of a text, comments
   * and other pages' teasers after it.
   */
  Element mainElement() {
    Block page = blocks.get(0);
    Block main = page;
    for (Block block : blocks) {
      if (block.points > 0 && block.points >= SHARE * page.points) {
        main = block;
      }
    }
    while (main.parent != null && main.leadsInto(main.parent)) {
      main = main.parent;
    }
    return main.element;
  }

  boolean isLinkList(Element element) {
    return linkLists.contains(element);
  }

  /** Returns true for a table row without paragraphs, lists or tables inside. */
  boolean isRowAsLine(Element element) {
    return rowsAsLines.contains(element);
  }

  @Override
  public FilterResult head(Node node, int depth) {
    if (node instanceof TextNode text) {
      open.peek().addText(text.getWholeText(), links > 0);
      return FilterResult.CONTINUE;
    }
    if (!(node instanceof Element element)) {
      return FilterResult.SKIP_ENTIRELY;
    }
    if (depth > 0 && furniture.contains(element)) {
      return FilterResult.SKIP_ENTIRELY;
    }
    if (depth == 0 || BLOCKS.contains(element.normalName())) {
      var block = new Block(element, open.peek());
      blocks.add(block);
      open.push(block);
    } else if (element.normalName().equals("a")) {
      links++;
    }
    return FilterResult.CONTINUE;
  }

  @Override
  public FilterResult tail(Node node, int depth) {
    if (node instanceof Element element) {
      if (element == open.peek().element) {
        close(open.pop());
      } else if (element.normalName().equals("a")) {
        links--;
      }
    }
    return FilterResult.CONTINUE;
  }

  private void close(Block block) {
    if (block.ownLinkText <= LINK_LIST * block.ownText) {
      block.points += (block.ownText - block.ownLinkText) / CHARACTERS_PER_POINT + block.ownCommas;
    }
    block.text += block.ownText;
    block.linkText += block.ownLinkText;
    String tag = block.element.normalName();
    if (block.linkText > LINK_LIST * block.text
        && block.text - block.linkText < EXPLANATION
        && LISTS.contains(tag)) {
      linkLists.add(block.element);
    }
    if (tag.equals("tr") && !block.structure) {
      rowsAsLines.add(block.element);
    }
    Block parent = open.peek();
    if (parent != null) {
      parent.points += block.points;
      parent.text += block.text;
      parent.linkText += block.linkText;
      parent.structure |= block.structure || STRUCTURE.contains(tag);
    }
  }

  /** What is known of a block; own: directly in it, not in a block inside it. */
  private static final class Block {
    private final Element element;
    private final Block parent;

    /** Points of the parent that come before this block. */
    private final double pointsBefore;

    private long ownText;
    private long ownLinkText;
    private long ownCommas;
    private long text;
    private long linkText;
    private double points;
    private boolean structure;

    Block(Element element, Block parent) {
      this.element = element;
      this.parent = parent;
      pointsBefore = parent == null ? 0 : parent.points;
    }

    boolean leadsInto(Block outer) {
      long addedText = outer.text - text;
      double addedPoints = outer.points - points;
      return addedText == 0
          || addedPoints * text >= LEAD_DENSITY * points * addedText
              && pointsBefore >= LEAD_SHARE * addedPoints;
    }

    void addText(String string, boolean inLink) {
      // Commas are a sign of sentences, but not in code.
      boolean prose = !inLink && !element.normalName().equals("pre");
      int weight = 0;
      for (int i = 0; i < string.length(); i++) {
        char c = string.charAt(i);
        if (c > ' ' && c != '\u00a0') {
          // A Han character or kana says as much as two letters.
          weight += c >= '\u3040' && c < '\uac00' ? 2 : 1;
        }
        if (prose && (c == ',' || c == '\uff0c' || c == '\u3001')) {
          ownCommas++;
        }
      }
      ownText += weight;
      if (inLink) {
        ownLinkText += weight;
      }
    }
  }
}
