package dev.neostream.clean.html;

/**
 * The kinds of page that are read differently. {@link ContentScorer} reads them all by one method;
 * a kind says what counts in it and what surrounds the main text.
 *
 * <p>Articles, documentation and threads have one body, which holds more than half of all points.
 * The other pages are made of cards and sections of equal standing, often links as a whole: there
 * links count, the main element holds nearly everything, and the headline belongs to it.
 */
enum PageKind {
  /** Prose under one headline; readers' comments are not part of it. */
  ARTICLE(false, false, NodeTable.FURNITURE),

  /** Prose with code. */
  DOCUMENTATION(false, false, NodeTable.FURNITURE),

  /** Posts of several people, which may be named comments; what is said of the writers is cut. */
  FORUM(false, false, NodeTable.FURNITURE | NodeTable.WRITER),

  /** One thing to buy; links lead to others. */
  PRODUCT(true, false, NodeTable.FURNITURE | NodeTable.CONTROL),

  /** Things to buy. */
  COLLECTION(true, true, NodeTable.FURNITURE | NodeTable.CONTROL),

  /** Other pages, each with what is said of it. */
  LISTING(true, true, NodeTable.FURNITURE | NodeTable.CONTROL),

  /** Sections of equal standing: an offer, a front page. */
  SERVICE(true, true, NodeTable.FURNITURE | NodeTable.CONTROL);

  /** Share of prose from which on a page is an article, whatever else is on it. */
  private static final double PROSE = 0.75;

  /** The same where the page says that it is an article. */
  private static final double DECLARED_PROSE = 0.4;

  /** Share of the text in what is named as an answer or comment that makes a thread. */
  private static final double THREAD = 0.5;

  /** The same where the page says that it is an article, which may have many readers. */
  private static final double DECLARED_THREAD = 0.8;

  /** Fewer posts with something said of their writers do not make a thread. */
  private static final int POSTS = 3;

  /** As many blocks of code are documentation. */
  private static final int CODE = 2;

  /** As many products on a page are a collection. */
  private static final int PRODUCTS = 3;

  /** As many prices are a collection, even where the page calls itself a product. */
  private static final int SHELF = 20;

  /** As many prices on a page are a collection. */
  private static final int PRICES = 4;

  /** Share of link text from which on a page is a listing. */
  private static final double LINKS = 0.25;

  /** Whether the page is made of cards and sections of equal standing. */
  final boolean cards;

  /** Whether links are text. */
  final boolean links;

  /** Marks of the names of what surrounds the main text. */
  final int furniture;

  PageKind(boolean cards, boolean links, int furniture) {
    this.cards = cards;
    this.links = links;
    this.furniture = furniture;
  }

  /** Returns the kind of a page: what it says of itself, else what it is made of. */
  static PageKind of(PageEvidence page) {
    boolean article = page.declares(NodeTable.ARTICLE_PAGE);
    if (page.declares(NodeTable.FORUM_PAGE)
        || page.thread > (article ? DECLARED_THREAD : THREAD) * page.whole
        || page.posts >= POSTS && page.postText > THREAD * page.whole) {
      return FORUM;
    }
    if (page.products > 0) {
      return page.products < PRODUCTS && page.prices < SHELF ? PRODUCT : COLLECTION;
    }
    if (page.code >= CODE) {
      return DOCUMENTATION;
    }
    if (page.prose >= (article ? DECLARED_PROSE : PROSE) * page.text) {
      return ARTICLE;
    }
    if (page.prices >= PRICES) {
      return COLLECTION;
    }
    return page.links >= LINKS * page.text ? LISTING : SERVICE;
  }
}
