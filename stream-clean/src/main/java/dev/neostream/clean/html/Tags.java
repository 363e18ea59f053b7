package dev.neostream.clean.html;

import java.util.ArrayList;
import java.util.List;

/** The HTML elements that are treated differently from an unknown one, numbered, and how. */
final class Tags {

  /** No end tag, nothing inside. */
  static final int VOID = 1;

  /** Starts and ends a line of text. */
  static final int BLOCK = 1 << 1;

  /** "Special" in the HTML standard: an end tag of another element does not close it. */
  static final int SPECIAL = 1 << 2;

  /** A start tag closes an open {@code p}. */
  static final int CLOSES_P = 1 << 3;

  /** End tags do not reach beyond it. */
  static final int SCOPE = 1 << 4;

  /** The content is text up to the end tag. */
  static final int RAW_TEXT = 1 << 5;

  /** May stand in the head; any other element starts the body. */
  static final int HEAD_CONTENT = 1 << 7;

  /** Never part of the main text. */
  static final int FURNITURE = 1 << 8;

  /** Formatting, which may overlap with other elements. */
  static final int FORMATTING = 1 << 9;

  /** Part of a table's skeleton. */
  static final int TABLE_PART = 1 << 10;

  /** A start tag ends SVG or MathML that was left open. */
  static final int BREAKS_OUT = 1 << 11;

  /** An end tag closes it wherever it is in scope, with what is open inside. */
  static final int CLOSED_IN_SCOPE = 1 << 12;

  /** One of h1 to h6. */
  static final int HEADING = 1 << 13;

  /** In a table row it makes the row more than one line. */
  static final int STRUCTURE = 1 << 14;

  /** Left out when links hold most of its text. */
  static final int LIST = 1 << 15;

  /** May be the main element. */
  static final int CONTAINER = 1 << 16;

  /** Elements whose end tag the standard implies. */
  static final int IMPLIED_END = 1 << 17;

  /** Says what comes after it, even where it is a button that opens it. */
  static final int LABEL = 1 << 18;

  /** Text of a machine, in which no-break spaces are indentation. */
  static final int CODE = 1 << 19;

  /** Stands beside the main text, unless somebody forgot to close it. */
  static final int BESIDE = 1 << 20;

  private static final Name.Table IDS = new Name.Table(256);
  private static final int[] TRAITS = new int[256];
  private static final List<String> NAMES = new ArrayList<>();

  static final int UNKNOWN = id("#unknown");
  static final int TEXT = id("#text");
  static final int ROOT = id("#root");

  static {
    trait(VOID, "area base basefont bgsound br col embed frame hr img input keygen link meta");
    trait(VOID, "param source track wbr");
    trait(
        BLOCK,
        "#root address article blockquote body caption center dd details dialog dir div dl dt"
            + " fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr"
            + " html legend li listing main menu nav noscript ol optgroup option p plaintext pre"
            + " section summary table tbody td tfoot th thead tr ul xmp aside textarea title");
    trait(
        SPECIAL,
        "#root address applet area article aside base basefont bgsound blockquote body br button"
            + " caption center col colgroup dd details dir div dl dt embed fieldset figcaption"
            + " figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html"
            + " iframe img input keygen li link listing main marquee menu meta nav noembed"
            + " noframes noscript object ol p param plaintext pre script search section select"
            + " source style summary table tbody td template textarea tfoot th thead title tr"
            + " track ul wbr xmp foreignobject desc annotation-xml");
    trait(
        CLOSES_P,
        "address article aside blockquote center dd details dialog dir div dl dt fieldset"
            + " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main"
            + " menu nav ol p plaintext pre search section summary table ul xmp");
    trait(
        SCOPE,
        "#root applet caption html marquee object select table td template th foreignobject desc"
            + " annotation-xml");
    trait(RAW_TEXT, "script style textarea title xmp iframe noembed noframes plaintext");
    trait(
        HEAD_CONTENT,
        "base basefont bgsound link meta noframes noscript script style template title");
    trait(
        FURNITURE,
        "applet aside audio button canvas datalist dialog embed footer frameset head iframe"
            + " input map menu nav noembed noframes noscript object rp rt rtc script select style"
            + " svg template textarea title video figcaption");
    trait(FORMATTING, "a b big code em font i nobr s small strike strong tt u");
    trait(TABLE_PART, "caption col colgroup tbody td tfoot th thead tr");
    trait(
        BREAKS_OUT,
        "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i"
            + " img li listing menu meta nobr ol p pre ruby s small span strong strike sub sup"
            + " table tt u ul var");
    trait(
        CLOSED_IN_SCOPE,
        "address applet article aside blockquote button center dd details dialog dir div dl dt"
            + " fieldset figcaption figure footer form header hgroup li listing main marquee menu"
            + " nav object ol pre search section select summary ul");
    trait(IMPLIED_END, "dd dt li optgroup option p rb rp rt rtc");
    trait(HEADING, "h1 h2 h3 h4 h5 h6");
    trait(STRUCTURE, "article blockquote dl h1 h2 h3 h4 h5 h6 ol p pre section table ul");
    trait(CONTAINER, "#root article body center div fieldset form main section td");
    trait(LIST, "div dl li ol p section table ul");
    trait(BESIDE, "aside footer menu nav");
    trait(LABEL, "dt h1 h2 h3 h4 h5 h6 summary");
    trait(CODE, "code kbd samp tt");
  }

  static final int A = id("a");
  static final int ARTICLE = id("article");
  static final int BODY = id("body");
  static final int BR = id("br");
  static final int BUTTON = id("button");
  static final int DD = id("dd");
  static final int DIV = id("div");
  static final int DT = id("dt");
  static final int FORM = id("form");
  static final int H1 = id("h1");
  static final int HEAD = id("head");
  static final int HEADER = id("header");
  static final int HR = id("hr");
  static final int HTML = id("html");
  static final int IMG = id("img");
  static final int INPUT = id("input");
  static final int LI = id("li");
  static final int MAIN = id("main");
  static final int MATH = id("math");
  static final int META = id("meta");
  static final int NOSCRIPT = id("noscript");
  static final int ADDRESS = id("address");
  static final int ANNOTATION = id("annotation");
  static final int OPTGROUP = id("optgroup");
  static final int OPTION = id("option");
  static final int P = id("p");
  static final int PLAINTEXT = id("plaintext");
  static final int PRE = id("pre");
  static final int SCRIPT = id("script");
  static final int SELECT = id("select");
  static final int SUB = id("sub");
  static final int SUP = id("sup");
  static final int SVG = id("svg");
  static final int TABLE = id("table");
  static final int TBODY = id("tbody");
  static final int TD = id("td");
  static final int TEMPLATE = id("template");
  static final int TFOOT = id("tfoot");
  static final int TH = id("th");
  static final int THEAD = id("thead");
  static final int TITLE = id("title");
  static final int TR = id("tr");

  private Tags() {}

  /** Returns the number of a tag by the key of its lower-case name, else {@link #UNKNOWN}. */
  static int of(long key) {
    return IDS.get(key);
  }

  static boolean is(int tag, int trait) {
    return (TRAITS[tag] & trait) != 0;
  }

  private static void trait(int trait, String names) {
    for (String name : names.split(" ")) {
      TRAITS[id(name)] |= trait;
    }
  }

  private static int id(String name) {
    int id = NAMES.indexOf(name);
    if (id < 0) {
      id = NAMES.size();
      NAMES.add(name);
      IDS.put(Name.of(name), id);
    }
    return id;
  }
}
