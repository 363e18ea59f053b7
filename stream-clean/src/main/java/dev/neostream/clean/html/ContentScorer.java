package dev.neostream.clean.html;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Scores the blocks of a page by the text they hold; see {@link MainText} for the method. */
final class ContentScorer {

  /**
   * Share of the page's points that the core of the main element holds; above a half, so that the
   * elements that qualify form one chain. This and LEAD_SHARE were chosen on 60 article pages, 990
   * others and five Javadoc archives, see RATIONALE.
   */
  private static final double SHARE = 0.55;

  /** The same on pages of cards, whose text lies in several elements of equal standing. */
  private static final double CARDS_SHARE = 0.8;

  /** Share of the points around the core that must come before it for the core to be widened. */
  private static final double LEAD_SHARE = 0.8;

  /** Points per character that the text around the core must have, relative to the core's. */
  private static final double LEAD_DENSITY = 0.2;

  /**
   * Points of an element beside the core, relative to the core's, that make it part of the text.
   */
  private static final double JOIN = 0.25;

  /** An element that holds more of the page's text than this is not what its names say. */
  private static final double MISNAMED = 0.4;

  /** An element that holds more of the page's text has no end tag where it should have one. */
  private static final double UNCLOSED = 0.6;

  /** Share of link text above which a block counts as a link list. */
  private static final double LINK_LIST = 0.5;

  /** Share of link text above which a list may be a menu. */
  private static final double MENU_LINKS = 0.8;

  /** A link list with at least this much text outside links explains them and is not left out. */
  private static final int EXPLANATION = 20;

  /** The same for a paragraph, which "Read more about" and a link do not make. */
  private static final int SENTENCE = 35;

  /** More of the main element's text than this does not stand before its headline. */
  private static final double BEFORE_HEADLINE = 0.2;

  /** Fewer letters and digits do not make a heading the headline. */
  private static final int HEADLINE = 8;

  /** An article with fewer of the page's points is a teaser. */
  private static final double TITLED = 0.25;

  /** As many elements with headings beside each other are the sections of one text. */
  private static final int SECTIONS = 3;

  /** Fewer links do not make a menu. */
  private static final int MENU = 3;

  /** A list in which one item of so many is a sentence is no menu. */
  private static final int ITEMS_PER_SENTENCE = 4;

  /** A block with this much text is a paragraph, not a dateline. */
  private static final int PARAGRAPH = 80;

  /** A longer number is no line number. */
  private static final int DIGITS = 7;

  /** Fewer numbers in a row are no line numbers. */
  private static final int LINE_NUMBERS = 3;

  private static final float CHARACTERS_PER_POINT = 100;

  private final byte[] titleLetters = new byte[512];
  private final byte[] headingLetters = new byte[256];
  private int titleLength;
  private long pageText;
  private byte[] html;
  private NodeTable nodes;
  private final Set<Long> repeats = new HashSet<>();
  private PageKind kind;

  /** Nodes left out, with what they hold. */
  private boolean[] out = new boolean[0];

  private boolean[] rowAsLine = new boolean[0];
  private boolean[] structure = new boolean[0];

  /** The nearest block around a node, itself if it is one. */
  private int[] block = new int[0];

  /** Text directly in a block, then text, link text, commas and points of its subtree. */
  private int[] own = new int[0];

  private int[] text = new int[0];
  private int[] link = new int[0];
  private int[] commas = new int[0];
  private float[] points = new float[0];

  /** Returns the kind of a page. */
  PageKind kind(byte[] page, NodeTable table) {
    score(page, table, PageKind.ARTICLE, true, false);
    return PageKind.of(PageEvidence.of(html, nodes, this));
  }

  /**
   * Scores a page and returns its main element.
   *
   * @param pruning whether all names count and link lists, headline and dateline are cut
   * @param revealing whether what is hidden, or is there for want of a script, counts as well
   */
  int main(byte[] page, NodeTable table, PageKind pageKind, boolean pruning, boolean revealing) {
    score(page, table, pageKind, pruning, revealing);
    if (!pruning) {
      return mainElement();
    }
    if (kind.links) {
      cutMenus();
    } else {
      cutLinkLists();
    }
    int main = mainElement();
    if (kind != PageKind.DOCUMENTATION) {
      cutRepeats(main);
    }
    if (!kind.cards) {
      cutHeadline(main);
    }
    return main;
  }

  boolean isOut(int node) {
    return out[node];
  }

  /** Returns the text of a block with all that it holds. */
  int text(int block) {
    return text[block];
  }

  /** Returns the text in links of a block with all that it holds. */
  int links(int block) {
    return link[block];
  }

  /** Returns the text directly in a block; 0 for what is no block. */
  int ownText(int node) {
    return block[node] == node ? own[node] : 0;
  }

  /** Whether links do not hold most of the text of a block. */
  boolean isProse(int block) {
    return link[block] <= LINK_LIST * text[block];
  }

  boolean isRowAsLine(int node) {
    return rowAsLine[node];
  }

  private void score(
      byte[] page, NodeTable table, PageKind pageKind, boolean pruning, boolean revealing) {
    html = page;
    nodes = table;
    kind = pageKind;
    clear();
    pageText = textBefore(nodes.size, 0);
    cutFurniture(revealing);
    cutNamed(pruning);
    addUp();
  }

  private void clear() {
    int size = nodes.size;
    if (out.length < size) {
      int capacity = Integer.highestOneBit(size) * 2;
      out = new boolean[capacity];
      rowAsLine = new boolean[capacity];
      structure = new boolean[capacity];
      block = new int[capacity];
      text = new int[capacity];
      own = new int[capacity];
      link = new int[capacity];
      commas = new int[capacity];
      points = new float[capacity];
    }
    Arrays.fill(out, 0, size, false);
    Arrays.fill(rowAsLine, 0, size, false);
    Arrays.fill(structure, 0, size, false);
    Arrays.fill(text, 0, size, 0);
    Arrays.fill(link, 0, size, 0);
    Arrays.fill(commas, 0, size, 0);
    Arrays.fill(points, 0, size, 0);
  }

  private void cutFurniture(boolean revealing) {
    for (int i = 1; i < nodes.size; ) {
      int tag = nodes.tag[i];
      boolean furniture =
          nodes.is(i, Tags.FURNITURE) && !nodes.marked(i, NodeTable.FORMULA)
              || nodes.marked(i, NodeTable.HIDDEN);
      if (tag == Tags.BUTTON && isLabel(i)
          || nodes.is(i, Tags.BESIDE) && holdsPage(i)
          || revealing
              && (tag == Tags.NOSCRIPT
                  || tag == Tags.TEMPLATE
                  || !nodes.is(i, Tags.FURNITURE) && nodes.marked(i, NodeTable.HIDDEN))) {
        furniture = false;
      }
      furniture |= (tag == Tags.TD || tag == Tags.DIV || tag == Tags.PRE) && countsUp(i);
      out[i] = furniture;
      if (nodes.tag[i] == Tags.MATH) {
        cutPresentation(i);
      }
      i = furniture || nodes.tag[i] == Tags.MATH ? nodes.end[i] : i + 1;
    }
  }

  /** Whether an element holds most of the page's text outside links, as one left open does. */
  private boolean holdsPage(int element) {
    long inside = 0;
    for (int i = element + 1; i < nodes.end[element]; i++) {
      boolean prose = nodes.tag[i] == Tags.TEXT && !nodes.marked(i, NodeTable.LINK);
      inside += prose ? nodes.weight[i] : 0;
    }
    return inside > UNCLOSED * pageText;
  }

  /** Whether an element holds nothing but numbers, each one more than the last: line numbers. */
  private boolean countsUp(int element) {
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
      out[i] = !around;
      i = i == tex || !around ? nodes.end[i] : i + 1;
    }
  }

  /**
   * Cuts what its names call furniture, unless it holds so much text that they must mislead.
   *
   * @param pruning false for what is never text alone
   */
  private void cutNamed(boolean pruning) {
    int furniture = NodeTable.CHROME | (pruning ? kind.furniture : 0);
    for (int i = nodes.size - 1; i > 0; i--) {
      if (!out[i]) {
        if (nodes.tag[i] == Tags.TEXT && !nodes.marked(i, NodeTable.LINK)) {
          text[i] = nodes.weight[i];
        }
        text[nodes.parent[i]] += text[i];
      }
    }
    int all = text[0];
    boolean comments = pruning && !(kind == PageKind.FORUM && commentText() > MISNAMED * all);
    for (int i = 1; i < nodes.size; ) {
      boolean named =
          comments && nodes.marked(i, NodeTable.COMMENTS)
              || (nodes.marked(i, furniture) || pruning && nodes.tag[i] == Tags.HEADER)
                  && text[i] <= MISNAMED * all;
      int tag = nodes.tag[i];
      if (!out[i] && named && tag != Tags.MAIN && tag != Tags.ARTICLE) {
        out[i] = true;
      }
      i = out[i] ? nodes.end[i] : i + 1;
    }
    Arrays.fill(text, 0, nodes.size, 0);
  }

  /** Returns the text in what is named comments. */
  private int commentText() {
    int sum = 0;
    for (int i = 1; i < nodes.size; ) {
      boolean comment = nodes.marked(i, NodeTable.COMMENTS);
      sum += comment ? text[i] : 0;
      i = comment || out[i] ? nodes.end[i] : i + 1;
    }
    return sum;
  }

  /** Own values first, then sums over subtrees. */
  private void addUp() {
    block[0] = 0;
    for (int i = 1; i < nodes.size; ) {
      int parent = nodes.parent[i];
      block[i] = nodes.is(i, Tags.BLOCK) ? i : block[parent];
      if (out[i]) {
        i = nodes.end[i];
        continue;
      }
      if (nodes.tag[i] == Tags.TEXT) {
        int b = block[i];
        text[b] += nodes.weight[i];
        if (nodes.marked(i, NodeTable.LINK)) {
          link[b] += nodes.weight[i];
        } else if (nodes.tag[b] != Tags.PRE) {
          commas[b] += commas(i);
        }
      }
      i++;
    }
    System.arraycopy(text, 0, own, 0, nodes.size);
    for (int i = 0; i < nodes.size; i++) {
      if (block[i] == i && (kind.links || link[i] <= LINK_LIST * text[i])) {
        points[i] = (text[i] - (kind.links ? 0 : link[i])) / CHARACTERS_PER_POINT + commas[i];
      }
    }
    for (int i = nodes.size - 1; i > 0; i--) {
      if (block[i] == i && !out[i]) {
        int outer = block[nodes.parent[i]];
        points[outer] += points[i];
        text[outer] += text[i];
        link[outer] += link[i];
        structure[outer] |= structure[i] || nodes.is(i, Tags.STRUCTURE);
        rowAsLine[i] = nodes.tag[i] == Tags.TR && !structure[i];
      }
    }
  }

  /** Counts commas, full-width and ideographic ones too: a sign of sentences. */
  private int commas(int node) {
    int count = 0;
    for (int i = nodes.from[node]; i < nodes.to[node]; i++) {
      int b = html[i];
      if (b == ','
          || b == (byte) 0xE3 && follows(i, 0x80, 0x81)
          || b == (byte) 0xEF && follows(i, 0xBC, 0x8C)) {
        count++;
      }
    }
    return count;
  }

  private boolean follows(int at, int second, int third) {
    return at + 2 < html.length && html[at + 1] == (byte) second && html[at + 2] == (byte) third;
  }

  private void cutLinkLists() {
    for (int i = 1; i < nodes.size; i++) {
      if (block[i] == i
          && nodes.is(i, Tags.LIST)
          && link[i] > LINK_LIST * text[i]
          && text[i] - link[i] < (nodes.tag[i] == Tags.P ? SENTENCE : EXPLANATION)) {
        out[i] = true;
      }
    }
  }

  /**
   * Cuts lists of short links, which lead to other pages and say nothing of them. In {@code main}
   * and {@code article} they are what the page is about, except beside goods, where they are
   * filters.
   */
  private void cutMenus() {
    int mainEnd = 0;
    for (int i = 1; i < nodes.size; i++) {
      if (kind != PageKind.COLLECTION
          && (nodes.tag[i] == Tags.MAIN || nodes.tag[i] == Tags.ARTICLE)) {
        mainEnd = Math.max(mainEnd, nodes.end[i]);
      }
      if (i >= mainEnd
          && block[i] == i
          && !out[i]
          && nodes.is(i, Tags.LIST)
          && nodes.tag[i] != Tags.TABLE
          && link[i] > MENU_LINKS * text[i]
          && isMenu(i)) {
        out[i] = true;
        float cut = points[i];
        for (int outer = i; outer > 0; outer = block[nodes.parent[outer]]) {
          points[outer] -= cut;
        }
        points[0] -= cut;
      }
    }
  }

  private boolean isMenu(int list) {
    int items = 0;
    int sentences = 0;
    for (int i = list; i < nodes.end[list]; i++) {
      if (nodes.is(i, Tags.HEADING) || nodes.tag[i] == Tags.IMG) {
        return false;
      }
      if (block[i] == i && own[i] > 0) {
        items++;
        sentences += own[i] > SENTENCE ? 1 : 0;
      }
    }
    return items >= MENU && sentences * ITEMS_PER_SENTENCE < items;
  }

  /**
   * Returns the main element. Its core is the deepest container that holds {@link #SHARE} of all
   * points; the core is widened to the enclosing block as long as what that adds is prose and
   * stands mostly before it (introductions and summaries come before the bulk of a text, comments
   * and other pages' teasers after it), or what stands before it is a good part of the text.
   */
  private int mainElement() {
    int whole = kind == PageKind.ARTICLE ? titled() : 0;
    int main = whole;
    for (int i = whole; i < nodes.end[whole]; ) {
      if (out[i] && points[i] == 0) {
        i = nodes.end[i];
        continue;
      }
      if (block[i] == i
          && nodes.is(i, Tags.CONTAINER)
          && points[i] > 0
          && points[i] >= (kind.cards ? CARDS_SHARE : SHARE) * points[whole]) {
        main = i;
      }
      i++;
    }
    while (main > whole) {
      int outer = block[nodes.parent[main]];
      if (kind == PageKind.DOCUMENTATION && isSection(main, outer)) {
        main = outer;
        continue;
      }
      if (!leadsInto(main, outer) && pointsBefore(main, outer) < JOIN * points[main]) {
        break;
      }
      cutAfter(main, outer);
      main = outer;
    }
    return main;
  }

  /**
   * Returns the {@code article} that holds the headline and a good part of the page's points, else
   * the root: other pages' teasers may outweigh a short article.
   */
  private int titled() {
    int article = headline(0);
    while (article > 0 && nodes.tag[article] != Tags.ARTICLE) {
      article = nodes.parent[article];
    }
    return article > 0 && !out[article] && points[article] >= TITLED * points[0] ? article : 0;
  }

  /** Whether an element is one of several sections: elements of one tag, each with a heading. */
  private boolean isSection(int element, int outer) {
    int sections = 0;
    for (int i = outer + 1; i < nodes.end[outer]; i = nodes.end[i]) {
      boolean section = nodes.tag[i] == nodes.tag[element] && !out[i] && startsWithHeading(i);
      sections += section ? 1 : 0;
    }
    return sections >= SECTIONS && startsWithHeading(element);
  }

  private boolean startsWithHeading(int element) {
    for (int i = element + 1; i < nodes.end[element]; i++) {
      if (nodes.is(i, Tags.HEADING) || nodes.weight[i] > 0) {
        return nodes.is(i, Tags.HEADING);
      }
    }
    return false;
  }

  /** Cuts what follows an element inside an outer one, except elements that hold as much. */
  private void cutAfter(int core, int outer) {
    for (int i = nodes.end[core]; i < nodes.end[outer]; i = nodes.end[i]) {
      out[i] = out[i] || points[block[i]] < JOIN * points[core] || block[i] != i;
    }
  }

  private boolean leadsInto(int core, int outer) {
    long addedText = text[outer] - text[core];
    double addedPoints = points[outer] - points[core];
    return addedText == 0
        || addedPoints * text[core] >= LEAD_DENSITY * points[core] * addedText
            && pointsBefore(core, outer) >= LEAD_SHARE * addedPoints;
  }

  private double pointsBefore(int core, int outer) {
    double sum = 0;
    for (int i = outer + 1; i < core; ) {
      if (i < core && nodes.end[i] > core) {
        i++;
      } else {
        if (block[i] == i && !(out[i] && points[i] == 0)) {
          sum += points[i];
        }
        i = nodes.end[i];
      }
    }
    return sum;
  }

  /** Cuts the paragraphs that the main element has already: quotes, copies for small screens. */
  private void cutRepeats(int main) {
    repeats.clear();
    for (int i = main + 1; i < nodes.end[main]; ) {
      if (out[i]) {
        i = nodes.end[i];
        continue;
      }
      out[i] =
          block[i] == i
              && own[i] >= PARAGRAPH
              && own[i] == text[i]
              && nodes.tag[i] != Tags.PRE
              && !repeats.add(wordsOf(i));
      i = out[i] ? nodes.end[i] : i + 1;
    }
  }

  /** Returns a hash of what is printed of an element. */
  private long wordsOf(int node) {
    long key = Name.empty();
    for (int n = node; n < nodes.end[node]; n++) {
      if (nodes.tag[n] == Tags.TEXT && !out[n]) {
        for (int i = nodes.from[n]; i < nodes.to[n]; i++) {
          key = Name.isSpace(html[i]) ? key : Name.append(key, html[i]);
        }
      }
    }
    return key;
  }

  /**
   * Cuts the headline with what stands before it, and the lines between it and the first paragraph
   * that say when the page was written: they are about the text, not part of it.
   */
  private void cutHeadline(int main) {
    int headline = headline(main);
    if (headline > 0 && textBefore(headline, main) <= BEFORE_HEADLINE * text[main]) {
      for (int i = main + 1; i < headline; ) {
        boolean before = nodes.end[i] <= headline;
        out[i] |= before;
        i = before ? nodes.end[i] : i + 1;
      }
      out[headline] = true;
    }
    for (int i = main + 1; i < nodes.end[main]; ) {
      if (out[i]) {
        i = nodes.end[i];
        continue;
      }
      if (block[i] == i && own[i] > 0) {
        if (own[i] >= PARAGRAPH && link[i] <= LINK_LIST * text[i]) {
          return;
        }
        if (own[i] == text[i] && own[i] < PARAGRAPH && !nodes.is(i, Tags.HEADING) && holdsYear(i)) {
          out[i] = true;
        }
      }
      i++;
    }
  }

  /** Returns the heading that says what the page's title says, else the only h1, else 0. */
  private int headline(int main) {
    int title = 0;
    for (int i = 1; i < nodes.size && title == 0; i++) {
      title = nodes.tag[i] == Tags.TITLE && nodes.to[i] > nodes.from[i] ? i : 0;
    }
    if (title == 0) {
      return 0;
    }
    titleLength = letters(title, titleLetters);
    int only = 0;
    int h1 = 0;
    for (int i = main + 1; i < nodes.end[main]; i++) {
      if (nodes.is(i, Tags.HEADING)) {
        int length = letters(i, headingLetters);
        if (length >= HEADLINE && contains(length)) {
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

  private boolean contains(int length) {
    for (int i = 0; i + length <= titleLength; i++) {
      if (Arrays.equals(titleLetters, i, i + length, headingLetters, 0, length)) {
        return true;
      }
    }
    return false;
  }

  /** Collects letters and digits of an element, as many as fit. */
  private int letters(int node, byte[] letters) {
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

  private long textBefore(int node, int main) {
    long before = 0;
    for (int i = main + 1; i < node; ) {
      if (out[i]) {
        i = nodes.end[i];
      } else {
        before += nodes.weight[i];
        i++;
      }
    }
    return before;
  }

  private boolean holdsYear(int node) {
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
