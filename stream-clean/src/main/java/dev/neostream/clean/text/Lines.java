package dev.neostream.clean.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Line and paragraph statistics of a text; lines end with LF, paragraphs with an empty line. A line
 * of white space only is blank.
 */
public final class Lines {

  /** Characters up to which a line is short (FineWeb). */
  public static final int SHORT = 30;

  /**
   * Bullets of MAP-Neo's list without U+2013, which starts dialogue, and with the ASCII ones of
   * plain text and Markdown.
   */
  private static final String BULLETS =
      "\u2022\u25cf\u25cb\u25a0\u25a1\u25aa\u25ab\u203b\u00b7\u27a2\u2023\u25b6\u25c0\u25e6-*";

  private static final byte[][] READ_MORE = {
    "read more".getBytes(StandardCharsets.UTF_8),
    "readmore".getBytes(StandardCharsets.UTF_8),
    "展开".getBytes(StandardCharsets.UTF_8),
    "更多".getBytes(StandardCharsets.UTF_8)
  };

  /** Numbers kept of each line that is not blank, at these places of its part of {@link #spans}. */
  private static final int FIRST = 0;

  private static final int LAST = 1;
  private static final int CONTINUATION = 2;
  private static final int WORD = 3;
  private static final int PLAIN_WORD = 4;
  private static final int ALPHABETIC = 5;
  private static final int SPAN = 6;

  private final Words words;
  private final Units nonBlank = new Units();
  private final Units paragraphs = new Units();
  private final Counts counts = new Counts();
  private final Duplicates duplicateLines = new Duplicates(nonBlank);
  private final Duplicates duplicateParagraphs = new Duplicates(paragraphs);
  private int[] spans = new int[64 * SPAN];
  private int count;
  private int bullets;
  private int ellipses;
  private int terminal;
  private int shortLines;
  private int readMore;
  private long characters;
  private int longest;
  private int paragraphStart;
  private int paragraphEnd;
  private int paragraphLength;
  private boolean paragraphBlank;

  /**
   * @param words the words added before a line is
   */
  Lines(Words words) {
    this.words = words;
  }

  void clear() {
    nonBlank.clear();
    paragraphs.clear();
    duplicateLines.known = false;
    duplicateParagraphs.known = false;
    count = 0;
    bullets = 0;
    ellipses = 0;
    terminal = 0;
    shortLines = 0;
    readMore = 0;
    characters = 0;
    longest = 0;
    paragraphLength = 0;
  }

  /**
   * Adds the line of bytes {@code start} to {@code end}, LF left out.
   *
   * @param length its characters
   * @param first where its first word starts; negative if it is blank
   * @param last where its last word ends
   */
  void add(byte[] utf8, int start, int end, int length, int first, int last) {
    count++;
    characters += length;
    longest = Math.max(longest, length);
    if (length == 0) {
      endParagraph(utf8);
      return;
    }
    if (paragraphLength == 0) {
      paragraphStart = start;
      paragraphBlank = true;
    } else {
      paragraphLength++;
    }
    paragraphLength += length;
    paragraphEnd = end;
    if (first < 0) {
      return;
    }
    paragraphBlank = false;
    int span = nonBlank.count() * SPAN;
    if (spans.length < span + 2 * SPAN) {
      spans = Arrays.copyOf(spans, 2 * spans.length);
    }
    spans[span + FIRST] = first;
    spans[span + LAST] = last;
    spans[span + CONTINUATION] = end - start - length;
    // Where the words of the next line start.
    spans[span + SPAN + WORD] = words.count();
    spans[span + SPAN + PLAIN_WORD] = words.plain.count();
    spans[span + SPAN + ALPHABETIC] = words.alphabetic();
    nonBlank.add(Hash.of(utf8, start, end), length);
    shortLines += length <= SHORT ? 1 : 0;
    bullets += startsWithBullet(utf8, first, last) ? 1 : 0;
    int c = CodePoints.before(utf8, last);
    ellipses += endsWithEllipsis(utf8, first, last, c) ? 1 : 0;
    readMore += endsWithReadMore(utf8, first, last) ? 1 : 0;
    terminal += last == end && (CodePoints.CLASSES[c] & CodePoints.TERMINAL) != 0 ? 1 : 0;
  }

  /** Ends the paragraph that is open, if one is. */
  void endParagraph(byte[] utf8) {
    if (paragraphLength > 0 && !paragraphBlank) {
      paragraphs.add(Hash.of(utf8, paragraphStart, paragraphEnd), paragraphLength);
    }
    paragraphLength = 0;
  }

  /** Returns all lines; a last line without LF counts if it is not empty. */
  public int count() {
    return count;
  }

  /** Returns the lines with anything but white space. */
  public int nonBlank() {
    return nonBlank.count();
  }

  /** Returns the hash of a non-blank line. */
  long hash(int line) {
    return nonBlank.hashes[line];
  }

  /** Returns the characters of a non-blank line. */
  int length(int line) {
    return nonBlank.characters(line, line + 1);
  }

  /** Returns the offset where a non-blank line's first word starts. */
  int first(int line) {
    return spans[line * SPAN + FIRST];
  }

  /** Returns the offset where a non-blank line's last word ends. */
  int last(int line) {
    return spans[line * SPAN + LAST];
  }

  /**
   * Returns the bytes of a non-blank line that continue a character: two for each Han character.
   */
  int continuationBytes(int line) {
    return spans[line * SPAN + CONTINUATION];
  }

  /** Returns the first word of a non-blank line; of the number of lines, all words. */
  int word(int line) {
    return spans[line * SPAN + WORD];
  }

  /** The same of {@link Words#plain}. */
  int plainWord(int line) {
    return spans[line * SPAN + PLAIN_WORD];
  }

  /** Returns the words with a letter before a non-blank line. */
  int alphabetic(int line) {
    return spans[line * SPAN + ALPHABETIC];
  }

  /** Returns the non-blank lines that start with a bullet, white space aside. */
  public int bullets() {
    return bullets;
  }

  /** Returns the non-blank lines that end with an ellipsis, white space aside. */
  public int ellipses() {
    return ellipses;
  }

  /** Returns the non-blank lines whose last character ends a sentence. */
  public int terminal() {
    return terminal;
  }

  /** Returns the non-blank lines of at most {@value #SHORT} characters. */
  public int shortLines() {
    return shortLines;
  }

  /**
   * Returns the non-blank lines that end in "read more", 展开 or 更多, in any case, white space and
   * full stops aside.
   */
  public int readMore() {
    return readMore;
  }

  /** Returns the characters of all lines, LF left out. */
  public long characters() {
    return characters;
  }

  /** Returns the characters of the longest line. */
  public int longest() {
    return longest;
  }

  /** Returns the non-blank lines equal to an earlier one. */
  public int duplicates() {
    return duplicateLines.known().count;
  }

  /** Returns the characters of {@link #duplicates}. */
  public long duplicateCharacters() {
    return duplicateLines.known().characters;
  }

  /** Returns the paragraphs that are not blank. */
  public int paragraphs() {
    return paragraphs.count();
  }

  /** Returns the paragraphs equal to an earlier one. */
  public int duplicateParagraphs() {
    return duplicateParagraphs.known().count;
  }

  /** Returns the characters of {@link #duplicateParagraphs}, inner line ends included. */
  public long duplicateParagraphCharacters() {
    return duplicateParagraphs.known().characters;
  }

  /** A hyphen or star is a bullet only before white space: "-1", "*emphasis*" are none. */
  private static boolean startsWithBullet(byte[] utf8, int first, int last) {
    int c = CodePoints.at(utf8, first);
    return (CodePoints.CLASSES[c] & CodePoints.LETTER) == 0
        && BULLETS.indexOf(c) >= 0
        && (c >= 0x80 || first + 1 < last && CodePoints.isSpace(CodePoints.at(utf8, first + 1)));
  }

  private static boolean endsWithEllipsis(byte[] utf8, int first, int last, int c) {
    return c == '\u2026'
        || (c == '.' || c == '\u3002')
            && last - CodePoints.bytes(c) > first
            && CodePoints.before(utf8, last - CodePoints.bytes(c)) == c;
  }

  private static boolean endsWithReadMore(byte[] utf8, int first, int last) {
    int end = last;
    int c = CodePoints.before(utf8, end);
    while (end > first && (c == '.' || c == '\u2026' || c == '\u3002' || CodePoints.isSpace(c))) {
      end -= CodePoints.bytes(c);
      c = end > first ? CodePoints.before(utf8, end) : 0;
    }
    for (byte[] words : READ_MORE) {
      if (end - words.length >= first && Phrases.occurs(utf8, end - words.length, words)) {
        return true;
      }
    }
    return false;
  }

  /** The units that occurred before, counted when first asked for. */
  private final class Duplicates {
    private final Units units;
    private boolean known;
    private int count;
    private long characters;

    Duplicates(Units units) {
      this.units = units;
    }

    Duplicates known() {
      if (!known) {
        count = 0;
        characters = 0;
        counts.clear(units.count());
        for (int i = 0; i < units.count(); i++) {
          if (counts.count(counts.add(units.hashes[i])) > 1) {
            count++;
            characters += units.characters(i, i + 1);
          }
        }
        known = true;
      }
      return this;
    }
  }
}
