package dev.neostream.clean.html;

/** What authors' names of elements ({@code class}, {@code id}, {@code role}) say about them. */
final class Names {

  private static final Name.Table WORDS = new Name.Table(256);
  private static final Name.Table ROLES = new Name.Table(16);

  static {
    put(
        WORDS,
        NodeTable.FURNITURE,
        "ad addthis addtoany ads advert advertisement advertising author banner breadcrumb"
            + " breadcrumbs byline caption captions copyright credit"
            + " credits date dateline disclaimer footer login masthead menu meta metadata modal"
            + " nav navbar navigation newsletter outbrain overlay pager pagination popup postmeta"
            + " promo promotion recommendations recommended related relatedposts share"
            + " sharedaddy sharing sidebar signup social sponsor sponsored subscribe"
            + " subscription taboola tags timestamp toolbar");
    put(WORDS, NodeTable.CHROME, "consent cookie cookies gdpr lineno linenos");
    put(WORDS, NodeTable.COMMENTS, "comment comments commentlist disqus replies respond");
    put(WORDS, NodeTable.FORMULA, "math tex latex mwe equation formula");
    put(
        ROLES,
        NodeTable.FURNITURE,
        "alert alertdialog banner complementary contentinfo dialog menu menubar navigation search"
            + " toolbar tooltip");
  }

  private Names() {}

  /** Returns the marks of the words in a class or id: words end where letters or case do. */
  static int marks(byte[] html, int from, int to) {
    int marks = 0;
    long key = Name.empty();
    boolean lower = false;
    boolean open = false;
    for (int i = from; i < to; i++) {
      int b = html[i];
      boolean letter = Name.isLetter(b);
      if (open && (!letter || lower && b <= 'Z')) {
        marks |= WORDS.get(key);
        key = Name.empty();
        open = false;
      }
      if (letter) {
        key = Name.append(key, b | 0x20);
        open = true;
      }
      lower = b >= 'a' && letter;
    }
    return open ? marks | WORDS.get(key) : marks;
  }

  static int role(byte[] html, int from, int to) {
    long key = Name.empty();
    for (int i = from; i < to; i++) {
      key = Name.append(key, Name.lower(html[i]));
    }
    return ROLES.get(key);
  }

  private static void put(Name.Table table, int mark, String words) {
    for (String word : words.split(" ")) {
      long key = Name.of(word);
      table.put(key, table.get(key) | mark);
    }
  }
}
