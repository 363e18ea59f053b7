package dev.neostream.clean.html;

import java.util.Arrays;

/**
 * A parsed page as a flat table: one row a node, in document order, so that a subtree is the range
 * from a node to its {@link #end} and totals of subtrees are sums in one loop backwards.
 */
final class NodeTable {

  /** A page of this many nodes needs about 60 MB; the largest pages of the web have a tenth. */
  static final int MAX_NODES = 1_000_000;

  /** Text in a link. */
  static final int LINK = 1;

  /** Text in which character references do not count. */
  static final int VERBATIM = 1 << 1;

  /** Not shown: {@code hidden}, {@code aria-hidden}, {@code display:none}. */
  static final int HIDDEN = 1 << 2;

  /** Named or meant as something that surrounds the main text. */
  static final int FURNITURE = 1 << 3;

  /** Named as readers' comments, which may outweigh what they comment on. */
  static final int COMMENTS = 1 << 4;

  /** Named as what is on a page and never in its text: cookie banner, line numbers. */
  static final int CHROME = 1 << 8;

  /** A formula: TeX in a script or an annotation, or an image of one. */
  static final int FORMULA = 1 << 5;

  /** A script of JSON-LD. */
  static final int JSON_LD = 1 << 6;

  /** Named as a post in a thread. */
  static final int POST = 1 << 9;

  /** Named as what a thread says of a writer. */
  static final int WRITER = 1 << 10;

  /** Named as what is there to use a page of cards: filters, ratings, opened menus. */
  static final int CONTROL = 1 << 11;

  /** Named as an answer in a thread. */
  static final int REPLY = 1 << 12;

  /** Says that the page is an article. */
  static final int ARTICLE_PAGE = 1 << 13;

  /** Says that the page, or this part of it, is a product. */
  static final int PRODUCT_PAGE = 1 << 14;

  /** Says that the page is a thread or a question. */
  static final int FORUM_PAGE = 1 << 15;

  /** Named as the body of something. */
  static final int BODY = 1 << 16;

  /** Named as something that is not there. */
  static final int NONE = 1 << 17;

  /** Shown by a tab: one of several, of which the others are hidden. */
  static final int PANEL = 1 << 18;

  /** A description of the page: {@code meta} with the name description. */
  static final int DESCRIPTION = 1 << 7;

  /** Text that holds a sign of a currency. */
  static final int CURRENCY = 1 << 19;

  int size;

  /** The marks that any node has. */
  private int anyMarks;

  /** Tag of each node, a number of {@link Tags}. */
  short[] tag = new short[1024];

  int[] parent = new int[1024];

  /** One more than the last node inside. */
  int[] end = new int[1024];

  /** Range of the source: a text, the content of a raw element, an attribute's value. */
  int[] from = new int[1024];

  int[] to = new int[1024];

  /** Printable characters of a text; a Han character or kana counts two. */
  int[] weight = new int[1024];

  /** Commas of a text, full-width and ideographic ones too: a sign of sentences. */
  int[] commas = new int[1024];

  int[] marks = new int[1024];

  void clear() {
    size = 0;
    anyMarks = 0;
  }

  int add(int newTag, int newParent, int newMarks) {
    if (size == tag.length) {
      grow();
    }
    int node = size++;
    tag[node] = (short) newTag;
    parent[node] = newParent;
    end[node] = size;
    from[node] = 0;
    to[node] = 0;
    weight[node] = 0;
    commas[node] = 0;
    marks[node] = newMarks;
    anyMarks |= newMarks;
    return node;
  }

  boolean is(int node, int trait) {
    return Tags.is(tag[node], trait);
  }

  boolean marked(int node, int mark) {
    return (marks[node] & mark) != 0;
  }

  /** Whether any node has one of some marks. */
  boolean holdsMarked(int mark) {
    return (anyMarks & mark) != 0;
  }

  private void grow() {
    if (size >= MAX_NODES) {
      throw new HtmlLimitException("nodes", MAX_NODES, size + 1L);
    }
    int capacity = Math.min(MAX_NODES, size * 2);
    tag = Arrays.copyOf(tag, capacity);
    parent = Arrays.copyOf(parent, capacity);
    end = Arrays.copyOf(end, capacity);
    from = Arrays.copyOf(from, capacity);
    to = Arrays.copyOf(to, capacity);
    weight = Arrays.copyOf(weight, capacity);
    commas = Arrays.copyOf(commas, capacity);
    marks = Arrays.copyOf(marks, capacity);
  }
}
