package dev.neostream.clean.html;

import java.util.Arrays;

/**
 * What of a page is left and what its blocks hold: one row a node of a {@link NodeTable}. Amounts
 * of text are in printable characters. An element that is left out stands for all that it holds;
 * rows inside it mean nothing.
 */
final class BlockTable {

  /** Share of link text above which a block counts as a link list. */
  static final double LINK_LIST = 0.5;

  private static final float CHARACTERS_PER_POINT = 100;

  /** Nodes left out, with what they hold. */
  boolean[] out = new boolean[0];

  /** The nearest block around a node, itself if it is one. */
  int[] block = new int[0];

  /** Text directly in a block, then text, link text and points of all that it holds. */
  int[] own = new int[0];

  int[] text = new int[0];
  int[] link = new int[0];
  float[] points = new float[0];

  private int[] ownLink = new int[0];
  private int[] commas = new int[0];
  private boolean[] structure = new boolean[0];

  /** The blocks that were not left out when they were scored, in document order. */
  private int[] rows = new int[0];

  private int rowCount;

  /**
   * Leaves out of a page what is given.
   *
   * @param leftOut whether each node is left out with what it holds
   */
  void leave(NodeTable nodes, boolean[] leftOut) {
    int size = nodes.size;
    if (out.length < size) {
      int capacity = Integer.highestOneBit(size) * 2;
      out = new boolean[capacity];
      block = new int[capacity];
      own = new int[capacity];
      text = new int[capacity];
      link = new int[capacity];
      points = new float[capacity];
      ownLink = new int[capacity];
      commas = new int[capacity];
      structure = new boolean[capacity];
      rows = new int[capacity];
    }
    System.arraycopy(leftOut, 0, out, 0, size);
  }

  /** Adds up the text that is left, block by block and then over all that blocks hold. */
  void addUp(NodeTable nodes) {
    Arrays.fill(own, 0, nodes.size, 0);
    Arrays.fill(text, 0, nodes.size, 0);
    Arrays.fill(link, 0, nodes.size, 0);
    addOwn(nodes);
    for (int row = 0; row < rowCount; row++) {
      int i = rows[row];
      text[i] = own[i];
      link[i] = ownLink[i];
    }
    for (int row = rowCount - 1; row > 0; row--) {
      int i = rows[row];
      int outer = block[nodes.parent[i]];
      text[outer] += text[i];
      link[outer] += link[i];
      structure[outer] |= structure[i] || nodes.is(i, Tags.STRUCTURE);
    }
  }

  /**
   * Gives the blocks their points, when all is added up: one for each {@link #CHARACTERS_PER_POINT}
   * characters and for each comma, none where links hold most of the text.
   *
   * @param links whether links are text
   */
  void score(NodeTable nodes, boolean links) {
    Arrays.fill(points, 0, nodes.size, 0);
    for (int row = 0; row < rowCount; row++) {
      int i = rows[row];
      if (links || ownLink[i] <= LINK_LIST * own[i]) {
        points[i] = (own[i] - (links ? 0 : ownLink[i])) / CHARACTERS_PER_POINT + commas[i];
      }
    }
    for (int row = rowCount - 1; row > 0; row--) {
      int i = rows[row];
      points[block[nodes.parent[i]]] += points[i];
    }
  }

  private void addOwn(NodeTable nodes) {
    rowCount = 0;
    addRow(0);
    for (int i = 1; i < nodes.size; ) {
      if (nodes.is(i, Tags.BLOCK)) {
        block[i] = i;
        if (!out[i]) {
          addRow(i);
        }
      } else {
        block[i] = block[nodes.parent[i]];
      }
      if (out[i]) {
        i = nodes.end[i];
        continue;
      }
      if (nodes.tag[i] == Tags.TEXT) {
        int b = block[i];
        own[b] += nodes.weight[i];
        if (nodes.marked(i, NodeTable.LINK)) {
          ownLink[b] += nodes.weight[i];
        } else if (nodes.tag[b] != Tags.PRE) {
          commas[b] += nodes.commas[i];
        }
      }
      i++;
    }
  }

  private void addRow(int i) {
    block[i] = i;
    ownLink[i] = 0;
    commas[i] = 0;
    structure[i] = false;
    rows[rowCount++] = i;
  }

  boolean isBlock(int node) {
    return block[node] == node;
  }

  /** Whether links do not hold most of the text of a block. */
  boolean isProse(int i) {
    return link[i] <= LINK_LIST * text[i];
  }

  /** Whether a table row that is left holds no block but its cells and the like. */
  boolean isRowAsLine(int row) {
    return !structure[row];
  }

  /** Returns the text in front of a node and inside an element. */
  long textBefore(NodeTable nodes, int node, int element) {
    long before = 0;
    for (int i = element + 1; i < node; ) {
      if (out[i]) {
        i = nodes.end[i];
      } else {
        before += nodes.weight[i];
        i++;
      }
    }
    return before;
  }
}
