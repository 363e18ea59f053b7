package dev.neostream.clean.html;

/** Lists that lead to other pages: cut unless they say something of them. */
final class LinkLists {

  /** A link list with at least this much text outside links explains them and is not left out. */
  private static final int EXPLANATION = 20;

  /** The same for a paragraph, which "Read more about" and a link do not make. */
  private static final int SENTENCE = 35;

  /** Share of link text above which a list may be a menu. */
  private static final double MENU_LINKS = 0.8;

  /** Fewer links do not make a menu. */
  private static final int MENU = 3;

  /** A list in which one item of so many is a sentence is no menu. */
  private static final int ITEMS_PER_SENTENCE = 4;

  private LinkLists() {}

  /** Cuts what is left of a page and leads to others. */
  static void cut(NodeTable nodes, BlockTable blocks, PageKind kind) {
    if (kind.links) {
      cutMenus(nodes, blocks, kind);
    } else {
      cutUnexplained(nodes, blocks);
    }
  }

  private static void cutUnexplained(NodeTable nodes, BlockTable blocks) {
    for (int i = 1; i < nodes.size; i++) {
      if (blocks.isBlock(i)
          && nodes.is(i, Tags.LIST)
          && !blocks.isProse(i)
          && blocks.text[i] - blocks.link[i] < (nodes.tag[i] == Tags.P ? SENTENCE : EXPLANATION)) {
        blocks.out[i] = true;
      }
    }
  }

  /**
   * Cuts lists of short links, which lead to other pages and say nothing of them. In {@code main}
   * and {@code article} they are what the page is about, except beside goods, where they are
   * filters.
   */
  private static void cutMenus(NodeTable nodes, BlockTable blocks, PageKind kind) {
    int mainEnd = 0;
    for (int i = 1; i < nodes.size; i++) {
      if (kind != PageKind.COLLECTION
          && (nodes.tag[i] == Tags.MAIN || nodes.tag[i] == Tags.ARTICLE)) {
        mainEnd = Math.max(mainEnd, nodes.end[i]);
      }
      if (i >= mainEnd
          && blocks.isBlock(i)
          && !blocks.out[i]
          && nodes.is(i, Tags.LIST)
          && nodes.tag[i] != Tags.TABLE
          && blocks.link[i] > MENU_LINKS * blocks.text[i]
          && isMenu(nodes, blocks, i)) {
        blocks.out[i] = true;
        float cut = blocks.points[i];
        for (int outer = i; outer > 0; outer = blocks.block[nodes.parent[outer]]) {
          blocks.points[outer] -= cut;
        }
        blocks.points[0] -= cut;
      }
    }
  }

  private static boolean isMenu(NodeTable nodes, BlockTable blocks, int list) {
    int items = 0;
    int sentences = 0;
    for (int i = list; i < nodes.end[list]; i++) {
      if (nodes.is(i, Tags.HEADING) || nodes.tag[i] == Tags.IMG) {
        return false;
      }
      if (blocks.isBlock(i) && blocks.own[i] > 0) {
        items++;
        sentences += blocks.own[i] > SENTENCE ? 1 : 0;
      }
    }
    return items >= MENU && sentences * ITEMS_PER_SENTENCE < items;
  }
}
