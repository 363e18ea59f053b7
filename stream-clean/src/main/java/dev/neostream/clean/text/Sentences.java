package dev.neostream.clean.text;

/** Counts sentences by their terminal marks. */
public final class Sentences {

  private static final String TERMINAL = ".!?";
  private static final String FULL_WIDTH = "\u3002\uff01\uff1f\u2026";
  private static final String CLOSING = "\"'\u201d\u2019)]\u300d\u300f";

  private Sentences() {}

  /**
   * Returns the number of runs of terminal marks that follow a letter or digit and end a word:
   * {@code . ! ?} do when white space, a closing quote or bracket or the end follows, full-width
   * marks always. Decimal points and dotted names end nothing; a text without marks has no
   * sentence.
   */
  public static int count(String text) {
    int sentences = 0;
    boolean words = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isLetterOrDigit(c) || Character.isSurrogate(c)) {
        words = true;
      } else if (words
          && (FULL_WIDTH.indexOf(c) >= 0 || TERMINAL.indexOf(c) >= 0 && endsWord(text, i))) {
        sentences++;
        words = false;
      }
    }
    return sentences;
  }

  private static boolean endsWord(String text, int mark) {
    if (mark + 1 == text.length()) {
      return true;
    }
    char next = text.charAt(mark + 1);
    return Characters.isSpace(next) || TERMINAL.indexOf(next) >= 0 || CLOSING.indexOf(next) >= 0;
  }
}
