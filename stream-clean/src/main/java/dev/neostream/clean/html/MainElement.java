package dev.neostream.clean.html;

/**
 * Finds the element that holds the main text. Its core is the deepest container that holds {@link
 * #SHARE} of all points; the core is widened to the enclosing block as long as what that adds is
 * prose and stands mostly before it (introductions and summaries come before the bulk of a text,
 * comments and other pages' teasers after it), or what stands before it is a good part of the text.
 */
final class MainElement {

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

  /** An article with fewer of the page's points is a teaser. */
  private static final double TITLED = 0.25;

  /** As many elements with headings beside each other are the sections of one text. */
  private static final int SECTIONS = 3;

  private final NodeTable nodes;
  private final BlockTable blocks;
  private final PageKind kind;

  private MainElement(NodeTable nodes, BlockTable blocks, PageKind kind) {
    this.nodes = nodes;
    this.blocks = blocks;
    this.kind = kind;
  }

  /**
   * Returns the main element of a page, and cuts what follows its core and is no part of the text.
   *
   * @param headline the heading that is the page's headline, 0 if there is none
   */
  static int find(NodeTable nodes, BlockTable blocks, PageKind kind, int headline) {
    var element = new MainElement(nodes, blocks, kind);
    int whole = kind == PageKind.ARTICLE ? element.titled(headline) : 0;
    return element.widened(element.core(whole), whole);
  }

  /**
   * Returns the {@code article} that holds the headline and a good part of the page's points, else
   * the root: other pages' teasers may outweigh a short article.
   */
  private int titled(int headline) {
    int article = headline;
    while (article > 0 && nodes.tag[article] != Tags.ARTICLE) {
      article = nodes.parent[article];
    }
    return article > 0
            && !blocks.out[article]
            && blocks.points[article] >= TITLED * blocks.points[0]
        ? article
        : 0;
  }

  private int core(int whole) {
    int core = whole;
    for (int i = whole; i < nodes.end[whole]; ) {
      if (blocks.out[i] && blocks.points[i] == 0) {
        i = nodes.end[i];
        continue;
      }
      if (nodes.is(i, Tags.CONTAINER)
          && blocks.points[i] > 0
          && blocks.points[i] >= (kind.cards ? CARDS_SHARE : SHARE) * blocks.points[whole]) {
        core = i;
      }
      i++;
    }
    return core;
  }

  private int widened(int core, int whole) {
    int main = core;
    while (main > whole) {
      int outer = blocks.block[nodes.parent[main]];
      if (kind == PageKind.DOCUMENTATION && isSection(main, outer)) {
        main = outer;
        continue;
      }
      if (!leadsInto(main, outer) && pointsBefore(main, outer) < JOIN * blocks.points[main]) {
        break;
      }
      cutAfter(main, outer);
      main = outer;
    }
    return main;
  }

  /** Whether an element is one of several sections: elements of one tag, each with a heading. */
  private boolean isSection(int element, int outer) {
    int sections = 0;
    for (int i = outer + 1; i < nodes.end[outer]; i = nodes.end[i]) {
      boolean section =
          nodes.tag[i] == nodes.tag[element] && !blocks.out[i] && startsWithHeading(i);
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
      blocks.out[i] |= !blocks.isBlock(i) || blocks.points[i] < JOIN * blocks.points[core];
    }
  }

  private boolean leadsInto(int core, int outer) {
    long addedText = blocks.text[outer] - blocks.text[core];
    double addedPoints = blocks.points[outer] - blocks.points[core];
    return addedText == 0
        || addedPoints * blocks.text[core] >= LEAD_DENSITY * blocks.points[core] * addedText
            && pointsBefore(core, outer) >= LEAD_SHARE * addedPoints;
  }

  private double pointsBefore(int core, int outer) {
    double sum = 0;
    for (int i = outer + 1; i < core; ) {
      if (nodes.end[i] > core) {
        i++;
      } else {
        sum += blocks.isBlock(i) ? blocks.points[i] : 0;
        i = nodes.end[i];
      }
    }
    return sum;
  }
}
