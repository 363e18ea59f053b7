package dev.neostream.schemas;

/** What a document says of itself that goes with it into its token blocks: texts by these names. */
public final class Attributes {

  public static final String LICENCE = "licence";

  /** Id that the input gives it, which is not its DocumentId. */
  public static final String ID = "id";

  /** Where its pages stand. */
  public static final String PAGES = "pages";

  /** Longest text; every span of a block repeats it. */
  public static final int MAX_CHARS = 1_000;

  private Attributes() {}

  /**
   * Returns the text as it may travel: a longer one is cut to {@link #MAX_CHARS} and ends in "…". A
   * text that was cut before is not changed.
   */
  public static String bounded(String text) {
    if (text.length() <= MAX_CHARS) {
      return text;
    }
    int end = MAX_CHARS - 1;
    // Half of a character would not survive UTF-8.
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
  }
}
