package dev.neostream.clean.html;

/**
 * Decides what of a page is its main text; see {@link MainText} for the method. What does not
 * depend on the kind of page is found once a page, and a page that is scored by the settings by
 * which its kind was judged is not scored again.
 */
final class ContentScorer {

  private final Furniture furniture = new Furniture();
  private final BlockTable blocks = new BlockTable();
  private final Headline headline = new Headline();
  private byte[] html;
  private NodeTable nodes;

  /** What {@link #furniture} has found and not. */
  private boolean revealed;

  /** The kind by which the blocks are scored, as long as nothing else is cut. */
  private PageKind scored;

  /** Takes a page, which is all that the other methods are about. */
  void take(byte[] page, NodeTable table) {
    html = page;
    nodes = table;
    reveal(false);
  }

  private void reveal(boolean revealing) {
    furniture.find(html, nodes, revealing);
    revealed = revealing;
    scored = null;
  }

  /** Returns the kind of the page. */
  PageKind kind() {
    score(PageKind.ARTICLE, true);
    return PageKind.of(PageEvidence.of(html, nodes, blocks));
  }

  /**
   * Scores the page and returns its main element; what is cut of it is in {@link #blocks}.
   *
   * @param pruning whether all names count and link lists, headline and dateline are cut
   * @param revealing whether what is hidden, or is there for want of a script, counts as well
   */
  int main(PageKind kind, boolean pruning, boolean revealing) {
    if (revealing != revealed) {
      reveal(revealing);
    }
    score(kind, pruning);
    scored = null;
    if (pruning) {
      LinkLists.cut(nodes, blocks, kind);
    }
    int titled = kind == PageKind.ARTICLE ? headline.find(html, nodes, 0) : 0;
    int main = MainElement.find(nodes, blocks, kind, titled);
    if (pruning && kind != PageKind.DOCUMENTATION) {
      Repeats.cut(html, nodes, blocks, main);
    }
    if (pruning && !kind.cards) {
      headline.cut(html, nodes, blocks, main);
    }
    return main;
  }

  private void score(PageKind kind, boolean named) {
    boolean leftAsBefore =
        named
            && scored != null
            && !nodes.holdsMarked(kind.furniture ^ scored.furniture)
            && (kind != PageKind.FORUM || !nodes.holdsMarked(NodeTable.COMMENTS));
    if (!leftAsBefore) {
      furniture.cut(kind, named, blocks);
      blocks.addUp(nodes);
    }
    if (!leftAsBefore || kind.links != scored.links) {
      blocks.score(nodes, kind.links);
    }
    scored = named ? kind : null;
  }

  /** Returns what the blocks of the page hold, and what of it is left. */
  BlockTable blocks() {
    return blocks;
  }
}
