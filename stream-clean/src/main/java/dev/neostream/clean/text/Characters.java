package dev.neostream.clean.text;

/**
 * Character statistics of a text.
 *
 * @param count all characters, white space included
 * @param whitespace Unicode white space
 * @param letters Unicode letters
 * @param digits Unicode decimal digits
 * @param punctuation Unicode punctuation, ASCII or full-width
 * @param curlyBrackets <code>{</code> and <code>}</code>
 * @param distinctHanShare mean over consecutive segments of {@value #SEGMENT} Han characters of
 *     (distinct / all); a text with fewer is one segment, a rest shorter than one is left out.
 *     Unlike the share over a whole text it does not sink with length; letters of alphabets are not
 *     counted, since they repeat in any text. 1 without Han characters
 * @param entropy Shannon entropy of the distribution of characters, nats
 */
public record Characters(
    int count,
    int whitespace,
    int letters,
    int digits,
    int punctuation,
    int curlyBrackets,
    double distinctHanShare,
    double entropy) {

  static final int SEGMENT = 1000;

  /** Types of {@link Character#getType(int)} that are punctuation, as a bit set. */
  private static final int PUNCTUATION =
      1 << Character.CONNECTOR_PUNCTUATION
          | 1 << Character.DASH_PUNCTUATION
          | 1 << Character.START_PUNCTUATION
          | 1 << Character.END_PUNCTUATION
          | 1 << Character.INITIAL_QUOTE_PUNCTUATION
          | 1 << Character.FINAL_QUOTE_PUNCTUATION
          | 1 << Character.OTHER_PUNCTUATION;

  public static Characters of(String text) {
    int count = 0;
    int whitespace = 0;
    int letters = 0;
    int digits = 0;
    int punctuation = 0;
    int curlyBrackets = 0;
    var all = new Counts(256);
    var segment = new Counts(SEGMENT);
    int segmentLength = 0;
    int segments = 0;
    double shares = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      count++;
      all.add(c);
      if (isHan(c)) {
        segment.add(c);
        if (++segmentLength == SEGMENT) {
          shares += (double) segment.distinct() / SEGMENT;
          segments++;
          segment.clear();
          segmentLength = 0;
        }
      }
      if (isSpace(c)) {
        whitespace++;
      } else if (Character.isLetter(c)) {
        letters++;
      } else if (Character.isDigit(c)) {
        digits++;
      } else if (isPunctuation(c)) {
        punctuation++;
        curlyBrackets += c == '{' || c == '}' ? 1 : 0;
      }
    }
    if (segments == 0) {
      shares = segmentLength == 0 ? 1 : (double) segment.distinct() / segmentLength;
      segments = 1;
    }
    return new Characters(
        count,
        whitespace,
        letters,
        digits,
        punctuation,
        curlyBrackets,
        shares / segments,
        all.entropy());
  }

  static boolean isHan(int c) {
    return c >= 0x2e80 && Character.isIdeographic(c);
  }

  /** Returns true for Unicode white space, no-break spaces included. */
  static boolean isSpace(int c) {
    return c <= ' ' || c >= 0x80 && (Character.isWhitespace(c) || Character.isSpaceChar(c));
  }

  static boolean isPunctuation(int c) {
    return (1 << Character.getType(c) & PUNCTUATION) != 0;
  }
}
