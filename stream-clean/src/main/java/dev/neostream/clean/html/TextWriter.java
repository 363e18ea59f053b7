package dev.neostream.clean.html;

import java.util.Arrays;

/**
 * Writes nodes as lines of well-formed UTF-8.
 *
 * <p>White space is collapsed except in {@code pre}; the strongest of consecutive breaks counts:
 * blank line, line, tab, space.
 */
final class TextWriter {

  private static final int NOTHING = 0;
  private static final int SPACE = 1;
  private static final int TAB = 2;
  private static final int LINE = 3;
  private static final int BLANK_LINE = 4;

  private static final int REPLACEMENT = 0xFFFD;
  private static final int NO_BREAK_SPACE = 0xA0;
  private static final int SOFT_HYPHEN = 0xAD;
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private static final int WIDE = 2;
  private static final String AMBIGUOUS = "\u2014\u2018\u2019\u201c\u201d\u2026";

  private final CharacterReferences references = new CharacterReferences();
  private byte[] text = new byte[1 << 14];
  private int length;
  private int pending;

  /** Where the headings start after which nothing has been written, else -1. */
  private int headings;

  /** Ends of the {@code pre}, the one-line row and the heading that the node at hand is in. */
  private int preEnd;

  private int rowEnd;

  private int headingEnd;

  /** Ends of the {@code code}, the {@code sup} and the {@code sub} that the node at hand is in. */
  private int codeEnd;

  private int supEnd;

  private int subEnd;

  private boolean inCode;

  /** Whether the pending white space holds a line break of the source. */
  private boolean broken;

  /** Where the text ended when the last wide character was written, and how wide it was. */
  private int wideEnd;

  private int lastWidth;

  byte[] toBytes() {
    int end = headings > 0 ? headings : length;
    while (end > 0 && text[end - 1] <= ' ' && text[end - 1] > 0) {
      end--;
    }
    return Arrays.copyOf(text, end);
  }

  void clear() {
    length = 0;
    pending = NOTHING;
    broken = false;
    wideEnd = -1;
    headings = -1;
  }

  /** Writes what a node holds, except what is left out. */
  void write(byte[] html, NodeTable nodes, BlockTable blocks, int root) {
    preEnd = 0;
    rowEnd = 0;
    headingEnd = 0;
    codeEnd = 0;
    supEnd = 0;
    subEnd = 0;
    int open = root;
    for (int i = root; i < nodes.end[root]; ) {
      // Leave the elements that end before this node.
      while (nodes.end[open] <= i) {
        boundary(nodes, blocks, open, false);
        open = nodes.parent[open];
      }
      if (i != root && blocks.out[i]) {
        i = nodes.end[i];
        continue;
      }
      if (nodes.tag[i] == Tags.TEXT) {
        if (i >= headingEnd && nodes.weight[i] > 0) {
          headings = -1;
        }
        writeText(html, nodes, i);
      } else {
        boundary(nodes, blocks, i, true);
        if (nodes.marked(i, NodeTable.FORMULA) && nodes.tag[i] != Tags.ANNOTATION) {
          separate(SPACE);
          write(html, nodes.from[i], nodes.to[i], nodes.tag[i] == Tags.SCRIPT, false);
          separate(SPACE);
        }
        open = i;
      }
      i++;
    }
    while (open != root) {
      boundary(nodes, blocks, open, false);
      open = nodes.parent[open];
    }
    separate(LINE);
  }

  private void writeText(byte[] html, NodeTable nodes, int node) {
    int from = nodes.from[node];
    int to = nodes.to[node];
    boolean raised = node < supEnd && pending == NOTHING && length > 0;
    boolean lowered = node < subEnd && pending == NOTHING && length > 0;
    String written =
        raised
            ? Superscripts.raised(html, from, to, text[length - 1])
            : lowered ? Superscripts.lowered(html, from, to, text, length) : "";
    if (!written.isEmpty()) {
      written.codePoints().forEach(c -> put(c, false));
      return;
    }
    inCode = node < codeEnd;
    write(html, from, to, nodes.marked(node, NodeTable.VERBATIM), node < preEnd);
    inCode = false;
  }

  /** Writes the value of an attribute as one line. */
  void writeValue(byte[] html, int from, int to) {
    preEnd = 0;
    rowEnd = 0;
    headings = -1;
    write(html, from, to, false, false);
  }

  private void boundary(NodeTable nodes, BlockTable blocks, int node, boolean start) {
    int tag = nodes.tag[node];
    if (!Tags.is(tag, Tags.BLOCK)) {
      if (start) {
        startInline(nodes, node);
      }
    } else if (tag == Tags.PRE) {
      separate(LINE);
      preEnd = Math.max(preEnd, nodes.end[node]);
    } else if (tag == Tags.TR) {
      if (start) {
        separate(LINE);
        rowEnd = blocks.isRowAsLine(node) ? nodes.end[node] : rowEnd;
      } else {
        rowEnd = 0;
        separate(LINE);
      }
    } else if (tag == Tags.TD || tag == Tags.TH) {
      separate(rowEnd > 0 ? TAB : LINE);
    } else if (Tags.is(tag, Tags.HEADING)) {
      if (start && headings < 0) {
        headings = length;
      }
      headingEnd = nodes.end[node];
      separate(start ? BLANK_LINE : LINE);
    } else {
      separate(LINE);
    }
  }

  private void startInline(NodeTable nodes, int node) {
    int tag = nodes.tag[node];
    if (tag == Tags.BR) {
      separate(LINE);
    } else if (Tags.is(tag, Tags.CODE)) {
      codeEnd = nodes.end[node];
    } else if (tag == Tags.SUP) {
      supEnd = nodes.end[node];
    } else if (tag == Tags.SUB) {
      subEnd = nodes.end[node];
    }
  }

  private void separate(int wanted) {
    int possible = rowEnd > 0 && wanted >= LINE ? SPACE : wanted;
    pending = Math.max(pending, possible);
  }

  private void write(byte[] html, int from, int to, boolean verbatim, boolean pre) {
    boolean exact = pre && rowEnd == 0;
    for (int i = from; i < to; ) {
      int b = html[i];
      if (isPlain(b)) {
        separateNow();
        i = copyPlain(html, i, to);
      } else if (b == ' ' && !exact) {
        separate(SPACE);
        i++;
      } else if (b == '&' && !verbatim) {
        int taken = references.read(html, i, to);
        if (taken == 0) {
          put('&', exact);
          i++;
        } else {
          put(references.first, exact);
          if (references.second != 0) {
            put(references.second, exact);
          }
          i += taken;
        }
      } else if (b >= 0) {
        if (b != '\r') {
          put(b, exact);
        } else if (i + 1 == to || html[i + 1] != '\n') {
          put('\n', exact);
        }
        i++;
      } else {
        i = multibyte(html, i, to, exact);
      }
    }
  }

  private static boolean isPlain(int b) {
    return b > ' ' && b != '&' && b != 0x7F;
  }

  /** Copies the bytes that stand for themselves; returns where the first other one is. */
  private int copyPlain(byte[] html, int from, int to) {
    if (text.length - length < to - from) {
      text = Arrays.copyOf(text, Math.max(text.length * 2, length + to - from));
    }
    byte[] target = text;
    int at = length;
    int i = from;
    for (; i < to && isPlain(html[i]); i++) {
      target[at++] = html[i];
    }
    length = at;
    return i;
  }

  /** Decodes a character of two to four bytes; malformed bytes become one U+FFFD each. */
  private int multibyte(byte[] html, int at, int to, boolean exact) {
    int b = html[at] & 0xFF;
    int more = b >= 0xF0 ? 3 : b >= 0xE0 ? 2 : 1;
    int c = b & 0x3F >> more;
    boolean wellFormed = b >= 0xC2 && b <= 0xF4 && at + more < to;
    for (int i = 1; wellFormed && i <= more; i++) {
      wellFormed = (html[at + i] & 0xC0) == 0x80;
      c = c << 6 | html[at + i] & 0x3F;
    }
    wellFormed &= c >= (more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000);
    wellFormed &= c <= Character.MAX_CODE_POINT && (c < 0xD800 || c > 0xDFFF);
    put(wellFormed ? c : REPLACEMENT, exact);
    return wellFormed ? at + more + 1 : at + 1;
  }

  private void put(int c, boolean exact) {
    if (c <= ' ' || c == NO_BREAK_SPACE) {
      if (c == NO_BREAK_SPACE && inCode) {
        separateNow();
        append(' ');
        return;
      }
      if (!exact) {
        separate(SPACE);
        broken |= c == '\n';
        return;
      }
      if (c == '\n' && pending != NOTHING || c < ' ' && c != '\n' && c != '\t') {
        // Blank lines at the start of a pre are layout.
        return;
      }
    } else if (c == BYTE_ORDER_MARK || c == SOFT_HYPHEN && !exact) {
      return;
    }
    int width = width(c);
    if (pending == SPACE && broken && wideEnd == length && width + lastWidth > WIDE) {
      pending = NOTHING; // lines of such text are broken anywhere, which means nothing
    }
    separateNow();
    append(c);
    if (width > 0) {
      lastWidth = width;
      wideEnd = length;
    }
  }

  /**
   * Returns {@link #WIDE} for Han, kana and their punctuation, between which no space stands (CSS
   * Text 4, section 4.1.3), less for quotation marks, dashes and ellipses, which are of both kinds.
   */
  private static int width(int c) {
    if (c >= 0x2E80 && c < 0xA000
        || c >= 0xF900 && c < 0xFB00
        || c >= 0xFE30 && c < 0xFE50
        || c >= 0xFF00 && c < 0xFF61
        || c >= 0x20000 && c < 0x40000) {
      return WIDE;
    }
    return AMBIGUOUS.indexOf(c) >= 0 ? 1 : 0;
  }

  private void separateNow() {
    if (pending == NOTHING) {
      return;
    }
    broken = false;
    if (length > 0) {
      switch (pending) {
        case SPACE -> append(' ');
        case TAB -> append('\t');
        case LINE -> append('\n');
        default -> {
          append('\n');
          append('\n');
        }
      }
    }
    pending = NOTHING;
  }

  private void append(int c) {
    if (length + 4 > text.length) {
      text = Arrays.copyOf(text, text.length * 2);
    }
    if (c < 0x80) {
      text[length++] = (byte) c;
    } else if (c < 0x800) {
      text[length++] = (byte) (0xC0 | c >> 6);
      text[length++] = (byte) (0x80 | c & 0x3F);
    } else if (c < 0x10000) {
      text[length++] = (byte) (0xE0 | c >> 12);
      text[length++] = (byte) (0x80 | c >> 6 & 0x3F);
      text[length++] = (byte) (0x80 | c & 0x3F);
    } else {
      text[length++] = (byte) (0xF0 | c >> 18);
      text[length++] = (byte) (0x80 | c >> 12 & 0x3F);
      text[length++] = (byte) (0x80 | c >> 6 & 0x3F);
      text[length++] = (byte) (0x80 | c & 0x3F);
    }
  }
}
