package dev.neostream.clean.html;

/** Reads the attributes of a tag and keeps what extraction asks of them. */
final class Attributes {

  private static final int CLASS = 1;
  private static final int HREF = 2;
  private static final int HIDDEN = 3;
  private static final int STYLE = 4;
  private static final int ROLE = 5;
  private static final int ARIA_HIDDEN = 6;
  private static final int TYPE = 7;
  private static final int ALT = 8;
  private static final int CONTENT = 9;
  private static final int META_NAME = 10;
  private static final int ENCODING = 11;
  private static final int ITEM_TYPE = 12;
  private static final int ID = 13;

  private static final Name.Table NAMES = new Name.Table(32);

  static {
    NAMES.put(Name.of("class"), CLASS);
    NAMES.put(Name.of("id"), ID);
    NAMES.put(Name.of("href"), HREF);
    NAMES.put(Name.of("hidden"), HIDDEN);
    NAMES.put(Name.of("style"), STYLE);
    NAMES.put(Name.of("role"), ROLE);
    NAMES.put(Name.of("aria-hidden"), ARIA_HIDDEN);
    NAMES.put(Name.of("type"), TYPE);
    NAMES.put(Name.of("alt"), ALT);
    NAMES.put(Name.of("content"), CONTENT);
    NAMES.put(Name.of("name"), META_NAME);
    NAMES.put(Name.of("property"), META_NAME);
    NAMES.put(Name.of("encoding"), ENCODING);
    NAMES.put(Name.of("itemtype"), ITEM_TYPE);
  }

  boolean selfClosing;
  boolean href;

  /** Range of the value that stands for text: {@code alt} or {@code content}. */
  int from;

  int to;

  private int named;

  /** The element says of which type the page is. */
  private boolean type;

  /** The element comes late, hidden, and a script puts it in its place, as React does. */
  private boolean streamed;

  private int marks;

  /**
   * Reads attributes from behind a tag's name.
   *
   * @return the position behind the tag, -1 when the page ends before it
   */
  int read(byte[] html, int at) {
    selfClosing = false;
    href = false;
    from = 0;
    to = 0;
    named = 0;
    type = false;
    streamed = false;
    marks = 0;
    int i = at;
    while (i < html.length) {
      int b = html[i];
      if (b == '>') {
        return i + 1;
      }
      selfClosing = b == '/';
      i = b == '/' || Name.isSpace(b) ? i + 1 : attribute(html, i);
    }
    return -1;
  }

  private int attribute(byte[] html, int at) {
    int i = at;
    long key = Name.empty();
    do {
      key = Name.append(key, Name.lower(html[i++]));
    } while (i < html.length && !endsName(html[i]));
    int name = NAMES.get(key);
    int value = skipSpace(html, i);
    if (value == html.length || html[value] != '=') {
      keep(html, name, i, i);
      return i;
    }
    value = skipSpace(html, value + 1);
    if (value == html.length) {
      return value;
    }
    int quote = html[value];
    if (quote == '"' || quote == '\'') {
      int end = Bytes.indexOf(html, quote, ++value);
      keep(html, name, value, end);
      return Math.min(html.length, end + 1);
    }
    int end = value;
    while (end < html.length && html[end] != '>' && !Name.isSpace(html[end])) {
      end++;
    }
    keep(html, name, value, end);
    return end;
  }

  private static boolean endsName(int b) {
    return b == '=' || Name.endsTag(b);
  }

  private static int skipSpace(byte[] html, int at) {
    int i = at;
    while (i < html.length && Name.isSpace(html[i])) {
      i++;
    }
    return i;
  }

  private void keep(byte[] html, int name, int valueFrom, int valueTo) {
    switch (name) {
      case CLASS -> named |= Names.marks(html, valueFrom, valueTo);
      case ID -> {
        named |= Names.marks(html, valueFrom, valueTo);
        streamed |= startsWith(html, valueFrom, valueTo, "s:");
      }
      case HREF -> href = true;
      case HIDDEN -> marks |= NodeTable.HIDDEN;
      case STYLE -> marks |= hides(html, valueFrom, valueTo) ? NodeTable.HIDDEN : 0;
      case ROLE -> marks |= Names.role(html, valueFrom, valueTo);
      case ARIA_HIDDEN -> marks |= equal(html, valueFrom, valueTo, "true") ? NodeTable.HIDDEN : 0;
      case TYPE ->
          marks |=
              equal(html, valueFrom, valueTo, "application/ld+json")
                  ? NodeTable.JSON_LD
                  : startsWith(html, valueFrom, valueTo, "math/tex") ? NodeTable.FORMULA : 0;
      case ENCODING ->
          marks |= equal(html, valueFrom, valueTo, "application/x-tex") ? NodeTable.FORMULA : 0;
      case ITEM_TYPE -> marks |= Names.type(html, valueFrom, valueTo);
      case META_NAME -> {
        type |= equal(html, valueFrom, valueTo, "og:type");
        marks |=
            equal(html, valueFrom, valueTo, "description")
                    || equal(html, valueFrom, valueTo, "og:description")
                ? NodeTable.DESCRIPTION
                : 0;
      }
      case ALT, CONTENT -> {
        from = valueFrom;
        to = valueTo;
      }
      default -> {}
    }
  }

  /** Returns what the attributes say of an element. */
  int marks(byte[] html, int tag) {
    boolean shown = streamed || (marks & NodeTable.PANEL) != 0;
    int all = shown ? (marks | named) & ~NodeTable.HIDDEN : marks | named;
    if (tag == Tags.META && type) {
      return all | Names.type(html, from, to);
    }
    if (tag == Tags.IMG) {
      boolean tex = (named & NodeTable.FORMULA) != 0 || to > from && html[from] == '\\';
      return tex ? all | NodeTable.FORMULA : all & ~NodeTable.FORMULA;
    }
    boolean formula =
        tag == Tags.ANNOTATION || tag == Tags.SCRIPT && (marks & NodeTable.FORMULA) != 0;
    return formula ? all : all & ~NodeTable.FORMULA;
  }

  private static boolean equal(byte[] html, int from, int to, String lowerCase) {
    return to - from == lowerCase.length() && startsWith(html, from, to, lowerCase);
  }

  private static boolean startsWith(byte[] html, int from, int to, String lowerCase) {
    if (to - from < lowerCase.length()) {
      return false;
    }
    for (int i = 0; i < lowerCase.length(); i++) {
      if (Name.lower(html[from + i]) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Returns true for a style with {@code display:none} or {@code visibility:hidden}. */
  private static boolean hides(byte[] html, int from, int to) {
    for (int i = from; i < to; i++) {
      if (html[i] == ':') {
        int value = i + 1;
        while (value < to && Name.isSpace(html[value])) {
          value++;
        }
        if (startsWith(html, value, to, "none") && ends(html, from, i, "display")
            || startsWith(html, value, to, "hidden") && ends(html, from, i, "visibility")) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean ends(byte[] html, int from, int to, String lowerCase) {
    int end = to;
    while (end > from && Name.isSpace(html[end - 1])) {
      end--;
    }
    int start = end - lowerCase.length();
    return start >= from && startsWith(html, start, end, lowerCase);
  }
}
