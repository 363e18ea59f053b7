package dev.neostream.clean.html;

import java.util.Arrays;

/**
 * What surrounds the main text. By its tag, by being hidden and by being line numbers an element is
 * furniture on a page of any kind; by its name it is on pages of some kinds, if it does not hold so
 * much of the text that the name must mislead.
 */
final class Furniture {

  /** An element that holds more of the page's text than this is not what its names say. */
  private static final double MISNAMED = 0.4;

  /** An element that holds more of the page's text has no end tag where it should have one. */
  private static final double UNCLOSED = 0.6;

  /** A longer number is no line number. */
  private static final int DIGITS = 7;

  /** Fewer numbers in a row are no line numbers. */
  private static final int LINE_NUMBERS = 3;

  private byte[] html;
  private NodeTable nodes;
  private boolean revealing;
  private long pageText;

  /** Elements up to here begin with the text there, which is no number. */
  private int wordAt;

  /** Nodes that are furniture on pages of any kind, with what they hold. */
  private boolean[] always = new boolean[0];

  /** Text outside links of each node with all that it holds, that furniture aside. */
  private int[] prose = new int[0];

  /**
   * Finds what is furniture on a page whatever its kind is.
   *
   * @param revealing whether what is hidden, or is there for want of a script, is none
   */
  void find(byte[] page, NodeTable table, boolean revealing) {
    html = page;
    nodes = table;
    this.revealing = revealing;
    if (always.length < nodes.size) {
      int capacity = Integer.highestOneBit(nodes.size) * 2;
      always = new boolean[capacity];
      prose = new int[capacity];
    }
    Arrays.fill(always, 0, nodes.size, false);
    wordAt = 0;
    pageText = 0;
    for (int i = 1; i < nodes.size; i++) {
      pageText += nodes.weight[i];
    }
    for (int i = 1; i < nodes.size; ) {
      always[i] = isFurniture(i);
      boolean formula = nodes.tag[i] == Tags.MATH;
      if (formula) {
        cutPresentation(i);
      }
      i = always[i] || formula ? nodes.end[i] : i + 1;
    }
    addUpProse();
  }

  private boolean isFurniture(int i) {
    int tag = nodes.tag[i];
    boolean byTag = nodes.is(i, Tags.FURNITURE);
    boolean hidden = nodes.marked(i, NodeTable.HIDDEN);
    boolean named = byTag && !nodes.marked(i, NodeTable.FORMULA) || hidden;
    if (named) {
      boolean shown = tag == Tags.BUTTON && isLabel(i) || nodes.is(i, Tags.BESIDE) && holdsPage(i);
      boolean revealed =
          revealing && (tag == Tags.NOSCRIPT || tag == Tags.TEMPLATE || !byTag && hidden);
      named = !shown && !revealed;
    }
    return named || (tag == Tags.TD || tag == Tags.DIV || tag == Tags.PRE) && countsUp(i);
  }

  /** Whether an element holds most of the page's text outside links, as one left open does. */
  private boolean holdsPage(int element) {
    long inside = 0;
    for (int i = element + 1; i < nodes.end[element]; i++) {
      boolean text = nodes.tag[i] == Tags.TEXT && !nodes.marked(i, NodeTable.LINK);
      inside += text ? nodes.weight[i] : 0;
    }
    return inside > UNCLOSED * pageText;
  }

  /** Whether an element holds nothing but numbers, each one more than the last: line numbers. */
  private boolean countsUp(int element) {
    if (element < wordAt) {
      return false;
    }
    int count = 0;
    int last = 0;
    for (int n = element + 1; n < nodes.end[element]; n++) {
      if (nodes.tag[n] != Tags.TEXT) {
        continue;
      }
      for (int i = nodes.from[n]; i < nodes.to[n]; ) {
        if (Name.isSpace(html[i])) {
          i++;
          continue;
        }
        int number = 0;
        int start = i;
        while (i < nodes.to[n] && i < start + DIGITS && html[i] >= '0' && html[i] <= '9') {
          number = number * 10 + html[i++] - '0';
        }
        if (i == start || count > 0 && number != last + 1) {
          wordAt = count == 0 ? n : wordAt;
          return false;
        }
        last = number;
        count++;
      }
    }
    return count >= LINE_NUMBERS;
  }

  /** Whether a button is in a heading or the like, or holds one. */
  private boolean isLabel(int button) {
    int outer = nodes.parent[button];
    while (outer > 0 && !nodes.is(outer, Tags.BLOCK)) {
      outer = nodes.parent[outer];
    }
    boolean label = nodes.is(outer, Tags.LABEL);
    for (int i = button + 1; i < nodes.end[button] && !label; i++) {
      label = nodes.is(i, Tags.HEADING);
    }
    return label;
  }

  /** Cuts all of a formula but its TeX, if it has TeX. */
  private void cutPresentation(int math) {
    int tex = 0;
    for (int i = math + 1; i < nodes.end[math] && tex == 0; i++) {
      tex = nodes.tag[i] == Tags.ANNOTATION && nodes.marked(i, NodeTable.FORMULA) ? i : 0;
    }
    if (tex == 0) {
      return;
    }
    for (int i = math + 1; i < nodes.end[math]; ) {
      boolean around = i <= tex && tex < nodes.end[i];
      always[i] = !around;
      i = i == tex || !around ? nodes.end[i] : i + 1;
    }
  }

  private void addUpProse() {
    for (int i = 0; i < nodes.size; i++) {
      boolean text = nodes.tag[i] == Tags.TEXT && !nodes.marked(i, NodeTable.LINK);
      prose[i] = text && !always[i] ? nodes.weight[i] : 0;
    }
    for (int i = nodes.size - 1; i > 0; i--) {
      if (!always[i]) {
        prose[nodes.parent[i]] += prose[i];
      }
    }
  }

  /**
   * Leaves the furniture of a page out of its blocks.
   *
   * @param kind the kind of page, which says what names mean
   * @param named whether all names count; false for those of what is never text alone
   */
  void cut(PageKind kind, boolean named, BlockTable blocks) {
    blocks.leave(nodes, always);
    int all = prose[0];
    boolean thread = kind == PageKind.FORUM && commentText() > MISNAMED * all;
    int comments = named && !thread ? NodeTable.COMMENTS : 0;
    int furniture = NodeTable.CHROME | (named ? kind.furniture : 0);
    boolean[] out = blocks.out;
    for (int i = 1; i < nodes.size; ) {
      int tag = nodes.tag[i];
      boolean misplaced = nodes.marked(i, furniture) || named && tag == Tags.HEADER;
      out[i] |=
          (nodes.marked(i, comments) || misplaced && prose[i] <= MISNAMED * all)
              && tag != Tags.MAIN
              && tag != Tags.ARTICLE;
      i = out[i] ? nodes.end[i] : i + 1;
    }
  }

  /** Returns the text in what is named comments. */
  private int commentText() {
    int sum = 0;
    for (int i = 1; i < nodes.size; ) {
      boolean comment = nodes.marked(i, NodeTable.COMMENTS);
      sum += comment ? prose[i] : 0;
      i = comment || always[i] ? nodes.end[i] : i + 1;
    }
    return sum;
  }
}
