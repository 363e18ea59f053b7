package dev.neostream.clean.html;

/** What authors' names of elements ({@code class}, {@code id}, {@code role}) say about them. */
final class Names {

  private static final Name.Table WORDS = new Name.Table(256);
  private static final Name.Table ROLES = new Name.Table(16);
  private static final Name.Table TYPES = new Name.Table(32);

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
    put(WORDS, NodeTable.NONE, "no");
    put(WORDS, NodeTable.CHROME, "consent cookie cookies gdpr lineno linenos");
    put(WORDS, NodeTable.COMMENTS, "comment comments commentlist disqus replies respond");
    put(WORDS, NodeTable.FORMULA, "math tex latex mwe equation formula");
    put(WORDS, NodeTable.POST, "post blockpost message reply answer");
    put(WORDS, NodeTable.REPLY, "reply answer question");
    put(
        WORDS,
        NodeTable.WRITER,
        "avatar badge badges dropdown expand notice postleft poster postprofile postsignature"
            + " reactions signature user userdetails userinfo username usertitle");
    put(WORDS, NodeTable.BODY, "body content text");
    put(
        WORDS,
        NodeTable.CONTROL,
        "account checkbox compare crosssell dialog dropdown facet facets filter filters minicart"
            + " quantity quickview rating ratings refinement refinements review reviews sort"
            + " sorting sr swatch swatches toggle upsell wishlist");
    put(
        ROLES,
        NodeTable.FURNITURE,
        "alert alertdialog banner complementary contentinfo dialog menu menubar navigation search"
            + " toolbar tooltip");
    put(ROLES, NodeTable.PANEL, "tabpanel");
    put(
        TYPES,
        NodeTable.ARTICLE_PAGE,
        "article newsarticle blogposting techarticle scholarlyarticle reportagenewsarticle");
    put(TYPES, NodeTable.PRODUCT_PAGE, "product productgroup og:product product.item");
    put(TYPES, NodeTable.FORUM_PAGE, "discussionforumposting qapage");
  }

  private Names() {}

  /** Returns what a type of schema.org or of the Open Graph protocol says of a page. */
  static int type(byte[] html, int from, int to) {
    long key = Name.empty();
    for (int i = from; i < to; i++) {
      key = html[i] == '/' ? Name.empty() : Name.append(key, Name.lower(html[i]));
    }
    return TYPES.get(key);
  }

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
    marks = open ? marks | WORDS.get(key) : marks;
    if ((marks & NodeTable.NONE) != 0 && (marks & NodeTable.REPLY) != 0) {
      return marks & ~NodeTable.REPLY & ~NodeTable.POST | NodeTable.WRITER;
    }
    return (marks & NodeTable.BODY) != 0 ? marks & ~NodeTable.WRITER : marks;
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
