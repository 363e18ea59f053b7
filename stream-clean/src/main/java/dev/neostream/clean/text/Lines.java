package dev.neostream.clean.text;

/**
 * Line statistics of a text; lines end with LF.
 *
 * @param count all lines; a last line without LF counts if it is not empty
 * @param nonBlank lines with anything but white space
 * @param bullets non-blank lines that start with a bullet, white space aside
 * @param ellipses non-blank lines that end with an ellipsis, white space aside
 * @param characters characters of all lines, LF left out
 * @param longest characters of the longest line
 */
public record Lines(
    int count, int nonBlank, int bullets, int ellipses, int characters, int longest) {

  /**
   * Bullets of MAP-Neo's list without U+2013, which starts dialogue, and with the ASCII ones of
   * plain text and Markdown.
   */
  private static final String BULLETS =
      "\u2022\u25cf\u25cb\u25a0\u25a1\u25aa\u25ab\u203b\u00b7\u27a2\u2023\u25b6\u25c0\u25e6-*";

  public static Lines of(String text) {
    int count = 0;
    int nonBlank = 0;
    int bullets = 0;
    int ellipses = 0;
    int characters = 0;
    int longest = 0;
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        end = text.length();
      }
      int length = text.codePointCount(start, end);
      count++;
      characters += length;
      longest = Math.max(longest, length);
      int first = start;
      int last = end - 1;
      while (first < end && Characters.isSpace(text.charAt(first))) {
        first++;
      }
      while (last > first && Characters.isSpace(text.charAt(last))) {
        last--;
      }
      if (first < end) {
        nonBlank++;
        bullets += isBullet(text, first, last) ? 1 : 0;
        ellipses += endsWithEllipsis(text, first, last) ? 1 : 0;
      }
      start = end + 1;
    }
    return new Lines(count, nonBlank, bullets, ellipses, characters, longest);
  }

  /** A hyphen or star is a bullet only before white space: "-1", "*emphasis*" are none. */
  private static boolean isBullet(String text, int first, int last) {
    char c = text.charAt(first);
    return BULLETS.indexOf(c) >= 0
        && (c >= 0x80 || first < last && Characters.isSpace(text.charAt(first + 1)));
  }

  private static boolean endsWithEllipsis(String text, int first, int last) {
    char c = text.charAt(last);
    return c == '\u2026'
        || last > first && (c == '.' || c == '\u3002') && text.charAt(last - 1) == c;
  }
}
