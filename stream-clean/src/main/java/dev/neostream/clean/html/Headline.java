package dev.neostream.clean.html;

import java.util.Arrays;

/** Finds the headline of a page by its title, and cuts what is said about the text around it. */
final class Headline {

  /** More of the main element's text than this does not stand before its headline. */
  private static final double BEFORE = 0.2;

  /** Fewer letters and digits do not make a heading the headline. */
  private static final int LETTERS = 8;

  /** A block with this much text is a paragraph, not a dateline. */
  private static final int PARAGRAPH = 80;

  private final byte[] titleLetters = new byte[512];
  private final byte[] headingLetters = new byte[256];
  private int titleLength;

  /**
   * Returns the heading in an element that says what the page's title says, else its only h1, else
   * 0; 0 for a page without a title.
   */
  int find(byte[] html, NodeTable nodes, int element) {
    int title = 0;
    for (int i = 1; i < nodes.size && title == 0; i++) {
      title = nodes.tag[i] == Tags.TITLE && nodes.to[i] > nodes.from[i] ? i : 0;
    }
    if (title == 0) {
      return 0;
    }
    titleLength = letters(html, nodes, title, titleLetters);
    int only = 0;
    int h1 = 0;
    for (int i = element + 1; i < nodes.end[element]; i++) {
      if (nodes.is(i, Tags.HEADING)) {
        int length = letters(html, nodes, i, headingLetters);
        if (length >= LETTERS && isInTitle(length)) {
          return i;
        }
        if (nodes.tag[i] == Tags.H1) {
          h1++;
          only = i;
        }
      }
    }
    return h1 == 1 ? only : 0;
  }

  private boolean isInTitle(int length) {
    for (int i = 0; i + length <= titleLength; i++) {
      if (Arrays.equals(titleLetters, i, i + length, headingLetters, 0, length)) {
        return true;
      }
    }
    return false;
  }

  /** Collects letters and digits of an element, as many as fit. */
  private static int letters(byte[] html, NodeTable nodes, int node, byte[] letters) {
    int length = 0;
    for (int n = node; n < nodes.end[node]; n++) {
      if (n == node ? nodes.tag[n] != Tags.TITLE : nodes.tag[n] != Tags.TEXT) {
        continue;
      }
      if (length == letters.length) {
        break;
      }
      for (int i = nodes.from[n]; i < nodes.to[n] && length < letters.length; i++) {
        int b = html[i];
        if (b < 0 || Name.isLetter(b) || b >= '0' && b <= '9') {
          letters[length++] = (byte) Name.lower(b);
        }
      }
    }
    return length;
  }

  /**
   * Cuts the headline with what stands before it in the main element, and the lines between it and
   * the first paragraph that say when the page was written: they are about the text, not part of
   * it.
   */
  void cut(byte[] html, NodeTable nodes, BlockTable blocks, int main) {
    int headline = find(html, nodes, main);
    if (headline > 0 && blocks.textBefore(nodes, headline, main) <= BEFORE * blocks.text[main]) {
      for (int i = main + 1; i < headline; ) {
        boolean before = nodes.end[i] <= headline;
        blocks.out[i] |= before;
        i = before ? nodes.end[i] : i + 1;
      }
      blocks.out[headline] = true;
    }
    cutDateline(html, nodes, blocks, main);
  }

  private static void cutDateline(byte[] html, NodeTable nodes, BlockTable blocks, int main) {
    for (int i = main + 1; i < nodes.end[main]; ) {
      if (blocks.out[i]) {
        i = nodes.end[i];
        continue;
      }
      int own = blocks.own[i];
      if (blocks.isBlock(i) && own > 0) {
        if (own >= PARAGRAPH && blocks.isProse(i)) {
          return;
        }
        if (own == blocks.text[i]
            && own < PARAGRAPH
            && !nodes.is(i, Tags.HEADING)
            && holdsYear(html, nodes, i)) {
          blocks.out[i] = true;
        }
      }
      i++;
    }
  }

  private static boolean holdsYear(byte[] html, NodeTable nodes, int node) {
    for (int n = node; n < nodes.end[node]; n++) {
      if (nodes.tag[n] == Tags.TEXT) {
        int digits = 0;
        for (int i = nodes.from[n]; i <= nodes.to[n]; i++) {
          boolean digit = i < nodes.to[n] && html[i] >= '0' && html[i] <= '9';
          if (!digit && digits == 4) {
            int century = html[i - 4] * 10 + html[i - 3] - '0' * 11;
            if (century == 19 || century == 20) {
              return true;
            }
          }
          digits = digit ? digits + 1 : 0;
        }
      }
    }
    return false;
  }
}
