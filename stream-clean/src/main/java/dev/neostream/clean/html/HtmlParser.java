package dev.neostream.clean.html;

/**
 * Reads HTML in one pass over its UTF-8 bytes into a {@link NodeTable}.
 *
 * <p>Tokens are those of the HTML standard (section 13.2.5). The tree is the standard's (13.2.6)
 * where it matters for text: void and raw elements, implied end tags, stray and missing end tags,
 * the scope of tables. Left out, because it moves text rather than changing it: foster parenting
 * and the adoption agency; formatting that overlaps ends with the block it started in, except that
 * links reach to their end tag wherever it is.
 *
 * <p>Elements deeper than {@link #MAX_DEPTH} become siblings, as in browsers. Linear in the page;
 * values of attributes are looked at in place. Not thread-safe.
 */
final class HtmlParser {

  /** What Chromium allows; deeper elements are tags that somebody forgot to close. */
  static final int MAX_DEPTH = 512;

  /** As far as the namespace of the first element may be. */
  private static final int XHTML_BYTES = 1024;

  private static final long SCRIPT = Name.of("script");
  private static final long SELECT = Name.of("select");

  private static final byte[] WEIGHT = weights();
  private static final int MOST_WEIGHT = 3;

  /** Open elements: node, and the key of its name. */
  private final int[] openNode = new int[MAX_DEPTH];

  private final long[] openKey = new long[MAX_DEPTH];
  private final Attributes attributes = new Attributes();

  private byte[] html;
  private NodeTable nodes;
  private int depth;

  /** Open elements of SVG or MathML, in which CDATA sections and self-closing tags exist. */
  private int foreign;

  private boolean inLink;

  /** A head may not start any more. */
  private boolean headPassed;

  /** The page is XML, in which any element ends where it says {@code />}. */
  private boolean xml;

  /** Parses a page into a table, whose content is replaced. */
  void parse(byte[] page, NodeTable table) {
    html = page;
    nodes = table;
    nodes.clear();
    depth = 0;
    foreign = 0;
    inLink = false;
    headPassed = false;
    xml = startsWith("<?xml", startOfContent());
    push(nodes.add(Tags.ROOT, -1, 0), 0);
    int at = 0;
    while (at < html.length) {
      at = html[at] == '<' && startsMarkup(at) ? markup(at) : text(at);
    }
    while (depth > 0) {
      pop();
    }
  }

  private int startOfContent() {
    int at = 0;
    while (at < html.length && Name.isSpace(html[at])) {
      at++;
    }
    return at;
  }

  private boolean startsMarkup(int at) {
    if (at + 1 == html.length) {
      return false;
    }
    int b = html[at + 1];
    return Name.isLetter(b) || b == '!' || b == '?' || b == '/' && at + 2 < html.length;
  }

  private int text(int at) {
    int i = at;
    int weight = 0;
    int commas = 0;
    int marks = 0;
    for (; i < html.length; i++) {
      int b = html[i];
      int w = WEIGHT[b & 0xFF];
      if (w < 0) {
        if (b == '<' && startsMarkup(i)) {
          break;
        }
        commas += isComma(i) ? 1 : 0;
        marks |= isCurrency(i) ? NodeTable.CURRENCY : 0;
        i = b == '&' ? skipReference(i) : i;
      }
      weight += w & MOST_WEIGHT;
    }
    if (weight > 0) {
      leaveHead();
    }
    if (i > at) {
      addText(openNode[depth - 1], at, i, weight, commas, marks | linkMark());
    }
    return i;
  }

  private int linkMark() {
    return inLink ? NodeTable.LINK : 0;
  }

  private boolean isComma(int at) {
    int b = html[at] & 0xFF;
    return b == ','
        || b == 0xE3 && Name.follow(html, at, 0x80, 0x81)
        || b == 0xEF && Name.follow(html, at, 0xBC, 0x8C);
  }

  /** Skips what looks like a character reference, so that it weighs as one character. */
  private int skipReference(int at) {
    int i = at + 1;
    int end = Math.min(html.length, at + 10);
    while (i < end && (html[i] == '#' || Character.digit(html[i], 36) >= 0)) {
      i++;
    }
    return i < end && html[i] == ';' ? i : at;
  }

  private boolean isCurrency(int at) {
    int b = html[at] & 0xFF;
    return b == '$'
        || b == 0xC2 && Name.follow(html, at, 0xA3)
        || b == 0xE2 && Name.follow(html, at, 0x82, 0xAC);
  }

  private void addText(int parent, int from, int to, int weight, int commas, int marks) {
    int node = nodes.add(Tags.TEXT, parent, marks);
    nodes.from[node] = from;
    nodes.to[node] = to;
    nodes.weight[node] = weight;
    nodes.commas[node] = commas;
  }

  /** Adds a text in which neither tags nor character references count. */
  private void addVerbatim(int parent, int from, int to, int marks) {
    int weight = 0;
    int commas = 0;
    int all = marks | NodeTable.VERBATIM;
    for (int i = from; i < to; i++) {
      int w = WEIGHT[html[i] & 0xFF];
      if (w < 0) {
        commas += isComma(i) ? 1 : 0;
        all |= isCurrency(i) ? NodeTable.CURRENCY : 0;
      }
      weight += w & MOST_WEIGHT;
    }
    addText(parent, from, to, weight, commas, all);
  }

  /** Reads a tag or a comment; returns where what follows it starts. */
  private int markup(int at) {
    int b = html[at + 1];
    if (b == '!') {
      return declaration(at);
    }
    if (b == '?') {
      return after('>', at + 2);
    }
    if (b != '/') {
      return startTag(at);
    }
    if (Name.isLetter(html[at + 2])) {
      return endTag(at);
    }
    return after('>', at + 2);
  }

  private int declaration(int at) {
    if (startsWith("<!--", at)) {
      return comment(at + 4);
    }
    if (foreign > 0 && startsWith("<![CDATA[", at)) {
      int from = at + 9;
      int to = from;
      while (to < html.length && !(html[to] == ']' && startsWith("]]>", to))) {
        to++;
      }
      if (to > from) {
        addVerbatim(openNode[depth - 1], from, to, linkMark());
      }
      return Math.min(html.length, to + 3);
    }
    return after('>', at + 2);
  }

  private int comment(int from) {
    if (startsWith(">", from)) {
      return from + 1;
    }
    if (startsWith("->", from)) {
      return from + 2;
    }
    for (int i = Bytes.indexOf(html, '-', from);
        i < html.length;
        i = Bytes.indexOf(html, '-', i + 1)) {
      if (startsWith("-->", i)) {
        return i + 3;
      }
      if (startsWith("--!>", i)) {
        return i + 4;
      }
    }
    return html.length;
  }

  private int after(char wanted, int at) {
    return Math.min(html.length, Bytes.indexOf(html, wanted, at) + 1);
  }

  private boolean startsWith(String ascii, int at) {
    if (at + ascii.length() > html.length) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (html[at + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private int startTag(int at) {
    int i = at + 1;
    long key = Name.empty();
    while (i < html.length && !Name.endsTag(html[i])) {
      key = Name.append(key, Name.lower(html[i++]));
    }
    int end = attributes.read(html, i);
    if (end < 0) {
      // The page ends inside the tag: the tag is dropped.
      return html.length;
    }
    int tag = Tags.of(key);
    int node = open(tag, key);
    if (node < 0) {
      return end;
    }
    boolean raw = Tags.is(tag, Tags.RAW_TEXT) && foreign == 0;
    boolean empty =
        Tags.is(tag, Tags.VOID)
            || attributes.selfClosing && (foreign > 0 || xml || raw && isXhtml());
    if (raw && !empty) {
      return rawText(end, tag, key, node);
    }
    if (empty && tag == Tags.A) {
      inLink = false;
    }
    if (!empty && depth < MAX_DEPTH) {
      push(node, key);
      foreign += tag == Tags.SVG || tag == Tags.MATH ? 1 : 0;
    }
    return end;
  }

  /** Adds the node of a start tag after closing what it implies; -1 when the tag is ignored. */
  private int open(int tag, long key) {
    if (tag == Tags.HTML || tag == Tags.BODY) {
      if (tag == Tags.BODY) {
        leaveHead();
      }
      return -1;
    }
    if (tag == Tags.HEAD) {
      if (headPassed) {
        return -1;
      }
      headPassed = true;
    } else if (!Tags.is(tag, Tags.HEAD_CONTENT)) {
      leaveHead();
    }
    if (foreign > 0) {
      if (Tags.is(tag, Tags.BREAKS_OUT)) {
        leaveForeign();
      } else {
        return add(tag);
      }
    }
    if ((tag == Tags.SELECT || tag == Tags.INPUT) && inSelect()) {
      closeInScope(SELECT);
      if (tag == Tags.SELECT) {
        return -1;
      }
    }
    if (tag == Tags.FORM && inForm()) {
      return -1;
    }
    if (Tags.is(tag, Tags.CLOSES_P)) {
      closeP();
    }
    if (Tags.is(tag, Tags.HEADING) && Tags.is(topTag(), Tags.HEADING)) {
      pop();
    } else if (tag == Tags.LI || tag == Tags.DD || tag == Tags.DT) {
      closeItem(tag);
    } else if (tag == Tags.OPTION || tag == Tags.OPTGROUP || tag == Tags.HR) {
      closeOption(tag);
    } else if (tag == Tags.BUTTON) {
      closeInScope(key);
    } else if (tag == Tags.A) {
      closeFormatting(key);
      inLink = attributes.href;
    } else if (Tags.is(tag, Tags.TABLE_PART) && !closeTablePart(tag)) {
      return -1;
    }
    return add(tag);
  }

  private int add(int tag) {
    int node = nodes.add(tag, openNode[depth - 1], attributes.marks(html, tag));
    nodes.from[node] = attributes.from;
    nodes.to[node] = attributes.to;
    return node;
  }

  private void leaveHead() {
    headPassed = true;
    if (depth > 1 && topTag() == Tags.HEAD) {
      pop();
    }
  }

  /** Whether the page says that it is XHTML: as HTML it would be lost behind such an element. */
  private boolean isXhtml() {
    for (int i = 0; i < Math.min(html.length, XHTML_BYTES); i++) {
      if (html[i] == 'h' && startsWith("http://www.w3.org/1999/xhtml", i)) {
        return true;
      }
    }
    return false;
  }

  private boolean inForm() {
    for (int i = depth - 1; i > 0; i--) {
      if (nodes.tag[openNode[i]] == Tags.FORM) {
        return true;
      }
    }
    return false;
  }

  private boolean inSelect() {
    for (int i = depth - 1; i > 0; i--) {
      int tag = nodes.tag[openNode[i]];
      if (tag == Tags.SELECT) {
        return true;
      }
      if (Tags.is(tag, Tags.SCOPE)) {
        return false;
      }
    }
    return false;
  }

  /** A select holds any element; options, their groups and rules end what is open before them. */
  private void closeOption(int next) {
    if (inSelect()) {
      while (Tags.is(topTag(), Tags.IMPLIED_END)
          && !(next == Tags.OPTION && topTag() == Tags.OPTGROUP)) {
        pop();
      }
    } else if (next != Tags.HR && topTag() == Tags.OPTION) {
      pop();
    }
  }

  /** Returns false when no paragraph is open. */
  private boolean closeP() {
    for (int i = depth - 1; i > 0; i--) {
      int tag = nodes.tag[openNode[i]];
      if (tag == Tags.P) {
        popTo(i);
        return true;
      }
      if (Tags.is(tag, Tags.SCOPE) || tag == Tags.BUTTON) {
        return false;
      }
    }
    return false;
  }

  private void closeItem(int item) {
    for (int i = depth - 1; i > 0; i--) {
      int tag = nodes.tag[openNode[i]];
      if (tag == item || item != Tags.LI && (tag == Tags.DD || tag == Tags.DT)) {
        popTo(i);
        return;
      }
      if (Tags.is(tag, Tags.SPECIAL) && tag != Tags.ADDRESS && tag != Tags.DIV && tag != Tags.P) {
        return;
      }
    }
  }

  /** Returns false when no table is open, so that the tag has no meaning. */
  private boolean closeTablePart(int part) {
    int table = depth - 1;
    while (table > 0 && !isTableRoot(nodes.tag[openNode[table]])) {
      table--;
    }
    if (table == 0) {
      return false;
    }
    inLink = false;
    int keep = table + 1;
    while (keep < depth && holds(nodes.tag[openNode[keep]], part)) {
      keep++;
    }
    popTo(keep);
    return true;
  }

  private static boolean isTableRoot(int tag) {
    return tag == Tags.TABLE || tag == Tags.TEMPLATE;
  }

  private static boolean holds(int outer, int part) {
    boolean cell = part == Tags.TD || part == Tags.TH;
    if (outer == Tags.TBODY || outer == Tags.THEAD || outer == Tags.TFOOT) {
      return cell || part == Tags.TR;
    }
    return outer == Tags.TR && cell;
  }

  private void closeFormatting(long key) {
    for (int i = depth - 1; i > 0; i--) {
      if (openKey[i] == key) {
        popTo(i);
        return;
      }
      if (Tags.is(nodes.tag[openNode[i]], Tags.SPECIAL)) {
        return;
      }
    }
  }

  private int endTag(int at) {
    int i = at + 2;
    long key = Name.empty();
    while (i < html.length && !Name.endsTag(html[i])) {
      key = Name.append(key, Name.lower(html[i++]));
    }
    int end = attributes.read(html, i);
    if (end < 0) {
      return html.length;
    }
    close(Tags.of(key), key);
    return end;
  }

  private void close(int tag, long key) {
    if (tag == Tags.HTML || tag == Tags.BODY) {
      return;
    }
    if (tag == Tags.A) {
      inLink = false;
    }
    if (tag == Tags.BR || tag == Tags.P && !closeP()) {
      // An end tag without its start tag means an empty element.
      leaveHead();
      nodes.add(tag, openNode[depth - 1], 0);
    } else if (Tags.is(tag, Tags.HEADING)) {
      closeHeading();
    } else if (Tags.is(tag, Tags.TABLE_PART) || tag == Tags.TABLE || tag == Tags.TEMPLATE) {
      closeInTable(key);
    } else if (Tags.is(tag, Tags.CLOSED_IN_SCOPE)) {
      closeInScope(key);
    } else {
      closeFormatting(key);
    }
  }

  private void closeHeading() {
    for (int i = depth - 1; i > 0; i--) {
      int tag = nodes.tag[openNode[i]];
      if (Tags.is(tag, Tags.HEADING)) {
        popTo(i);
        return;
      }
      if (Tags.is(tag, Tags.SCOPE)) {
        return;
      }
    }
  }

  private void closeInTable(long key) {
    for (int i = depth - 1; i > 0; i--) {
      if (openKey[i] == key) {
        popTo(i);
        inLink = false;
        return;
      }
      if (isTableRoot(nodes.tag[openNode[i]])) {
        return;
      }
    }
  }

  private void closeInScope(long key) {
    for (int i = depth - 1; i > 0; i--) {
      if (openKey[i] == key) {
        popTo(i);
        return;
      }
      if (Tags.is(nodes.tag[openNode[i]], Tags.SCOPE)) {
        return;
      }
    }
  }

  private void leaveForeign() {
    while (foreign > 0 && !Tags.is(topTag(), Tags.SCOPE)) {
      pop();
    }
  }

  private int topTag() {
    return nodes.tag[openNode[depth - 1]];
  }

  private void push(int node, long key) {
    openNode[depth] = node;
    openKey[depth++] = key;
  }

  private void pop() {
    int node = openNode[--depth];
    nodes.end[node] = nodes.size;
    int tag = nodes.tag[node];
    foreign -= tag == Tags.SVG || tag == Tags.MATH ? 1 : 0;
  }

  private void popTo(int newDepth) {
    while (depth > newDepth) {
      pop();
    }
  }

  /** Reads up to the end tag of a raw element; returns where what follows it starts. */
  private int rawText(int at, int tag, long key, int node) {
    int to = tag == Tags.PLAINTEXT ? html.length : endOfRawText(at, key);
    nodes.from[node] = at;
    nodes.to[node] = to;
    if (!Tags.is(tag, Tags.FURNITURE)) {
      addVerbatim(node, at, to, 0);
      nodes.end[node] = nodes.size;
    } else if (nodes.marked(node, NodeTable.FORMULA)) {
      for (int i = at; i < to; i++) {
        nodes.weight[node] += WEIGHT[html[i] & 0xFF] & MOST_WEIGHT;
      }
    }
    return to == html.length ? to : Math.max(to, after('>', to));
  }

  /** The end tag of a script does not count between {@code <!-- <script>} and its own end tag. */
  private int endOfRawText(int at, long key) {
    boolean escaped = false;
    boolean nested = false;
    for (int i = at; i < html.length; i++) {
      if (!escaped) {
        i = Bytes.indexOf(html, '<', i);
      }
      if (i + 1 >= html.length) {
        break;
      }
      int b = html[i];
      if (b == '<') {
        if (html[i + 1] == '/' && isTag(i + 2, key)) {
          if (!nested) {
            return i;
          }
          nested = false;
        } else if (key == SCRIPT) {
          escaped |= html[i + 1] == '!' && startsWith("<!--", i);
          nested |= escaped && isTag(i + 1, SCRIPT);
        }
      } else if (escaped && b == '-' && startsWith("-->", i)) {
        escaped = false;
        nested = false;
      }
    }
    return html.length;
  }

  private boolean isTag(int at, long key) {
    long found = Name.empty();
    int i = at;
    // No raw element has a longer name.
    int end = Math.min(html.length, at + 10);
    while (i < end && Name.isLetter(html[i])) {
      found = Name.append(found, Name.lower(html[i++]));
    }
    return found == key && i < html.length && Name.endsTag(html[i]);
  }

  /**
   * Printable characters by first byte; a character of three bytes from U+3000 on counts two.
   * Negative for bytes that mean something in text: a tag, a reference, a comma, a sign of a
   * currency.
   */
  private static byte[] weights() {
    var weights = new byte[256];
    for (int b = '!'; b < 256; b++) {
      boolean first = b < 0x7F || b >= 0xC2;
      weights[b] = (byte) (first ? b >= 0xE3 ? 2 : 1 : 0);
    }
    for (int b : new int[] {'<', '&', ',', 0xE3, 0xEF, '$', 0xC2, 0xE2}) {
      weights[b] |= Byte.MIN_VALUE;
    }
    return weights;
  }
}
