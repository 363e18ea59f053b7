package dev.neostream.clean.html;

/** What a page shows of its kind; amounts of text are in printable characters. */
final class PageEvidence {

  /** A block with less text is no paragraph. */
  private static final int PARAGRAPH = 80;

  /** A longer text is no price. */
  private static final int PRICE = 16;

  /** Marks of nodes that may say what the page is. */
  private static final int DECLARATION =
      NodeTable.ARTICLE_PAGE | NodeTable.PRODUCT_PAGE | NodeTable.FORUM_PAGE | NodeTable.JSON_LD;

  /** Marks of what the page says that it is. */
  private int declared;

  /** Products that the page declares. */
  int products;

  /** All text but that of navigation, dialogs and the like; 0 where nothing is named as below. */
  int whole;

  /** Text in what is named as an answer or a comment. */
  int thread;

  /** Elements named as posts that hold something named as being about a writer. */
  int posts;

  /** Text in those posts. */
  int postText;

  /** The same as {@link #whole} without what its names call furniture; prose and links in it. */
  int text;

  int prose;
  int links;

  /** Blocks of code, and texts that are prices. */
  int code;

  int prices;

  private PageEvidence() {}

  /** Looks at a page that has been scored as an article. */
  static PageEvidence of(byte[] html, NodeTable nodes, BlockTable blocks) {
    var evidence = new PageEvidence();
    if (nodes.holdsMarked(DECLARATION)) {
      evidence.declarations(html, nodes);
    }
    if (nodes.holdsMarked(NodeTable.COMMENTS | NodeTable.REPLY | NodeTable.WRITER)) {
      evidence.threads(nodes);
    }
    evidence.blocks(nodes, blocks);
    return evidence;
  }

  boolean declares(int kind) {
    return (declared & kind) != 0;
  }

  private void declarations(byte[] html, NodeTable nodes) {
    for (int i = 1; i < nodes.size; i++) {
      declare(nodes.marks[i]);
      if (nodes.marked(i, NodeTable.JSON_LD)) {
        types(html, nodes.from[i], nodes.to[i]);
      }
    }
  }

  /** Reads the types that JSON-LD names: any string that is a name of one. */
  private void types(byte[] html, int from, int to) {
    int start = -1;
    for (int i = from; i < to; i++) {
      if (html[i] == '"') {
        if (start >= 0) {
          declare(Names.type(html, start, i));
        }
        start = i + 1;
      } else if (!Name.isLetter(html[i]) && html[i] != ':' && html[i] != '/' && html[i] != '.') {
        start = -1;
      }
    }
  }

  private void declare(int marks) {
    declared |= marks;
    products += (marks & NodeTable.PRODUCT_PAGE) != 0 ? 1 : 0;
  }

  private void threads(NodeTable nodes) {
    int threadEnd = 0;
    int postEnd = 1;
    for (int i = 1; i < nodes.size; ) {
      if (nodes.is(i, Tags.FURNITURE) || nodes.marked(i, NodeTable.HIDDEN)) {
        i = nodes.end[i];
        continue;
      }
      if (nodes.marked(i, NodeTable.COMMENTS | NodeTable.REPLY)) {
        threadEnd = Math.max(threadEnd, nodes.end[i]);
      }
      whole += nodes.tag[i] == Tags.TEXT ? nodes.weight[i] : 0;
      thread += nodes.tag[i] == Tags.TEXT && i < threadEnd ? nodes.weight[i] : 0;
      if (nodes.marked(i, NodeTable.WRITER)) {
        int post = post(nodes, i);
        if (post >= postEnd) {
          posts++;
          postText += weight(nodes, post);
          postEnd = nodes.end[post];
        }
      }
      i++;
    }
  }

  private static int weight(NodeTable nodes, int element) {
    int weight = 0;
    for (int i = element; i < nodes.end[element]; i++) {
      weight += nodes.tag[i] == Tags.TEXT ? nodes.weight[i] : 0;
    }
    return weight;
  }

  /** Returns the nearest element around a node that is named as a post, 0 when there is none. */
  private static int post(NodeTable nodes, int node) {
    int outer = nodes.parent[node];
    while (outer > 0 && !nodes.marked(outer, NodeTable.POST)) {
      outer = nodes.parent[outer];
    }
    return outer;
  }

  private void blocks(NodeTable nodes, BlockTable blocks) {
    text = blocks.text[0];
    links = blocks.link[0];
    for (int i = 1; i < nodes.size; ) {
      if (blocks.out[i]) {
        i = nodes.end[i];
        continue;
      }
      if (nodes.tag[i] == Tags.TEXT) {
        prices += nodes.weight[i] <= PRICE && nodes.marked(i, NodeTable.CURRENCY) ? 1 : 0;
      } else if (blocks.isBlock(i)) {
        int own = blocks.own[i];
        prose += own >= PARAGRAPH && blocks.isProse(i) ? own : 0;
        code += nodes.tag[i] == Tags.PRE ? 1 : 0;
      }
      i++;
    }
  }
}
