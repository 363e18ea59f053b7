package dev.neostream.dedup;

import dev.neostream.clean.text.CodePoints;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Cuts passages out of a text, line by line, so that what stays still reads.
 *
 * <ul>
 *   <li>Inside a line a cut shrinks to word borders: words that it covers in part stay. Where
 *       letters or digits would meet, one space stands between them, in Chinese too.
 *   <li>A line in which a cut leaves no letter or digit, its list marker aside, goes with its line
 *       end; a line that keeps some keeps its indentation and list marker.
 *   <li>Of the runs of blank lines around lines that went, the longest stays; at the start and at
 *       the end of the text only the one that stood there.
 * </ul>
 *
 * Lines that no cut touches stay byte by byte. Linear time.
 */
public final class Cut {

  /** Between two letters or digits these make one word: 3.14, 10:30, don't, e-mail, URLs. */
  private static final String JOINERS = ".,:'\u2019-_/@";

  /** Marks of list items, headings and quotations. */
  private static final String BULLETS =
      "-*+#>\u2022\u25cf\u25cb\u25a0\u25a1\u25aa\u25ab\u00b7\u25e6";

  /** Ends of the number of a list item: before white space, and anywhere. */
  private static final String NUMBER_ENDS = ".)";

  private static final String WIDE_NUMBER_ENDS = "\u3001\uff0e\uff09";

  /** Characters of such a number: 12, iii, 十二. */
  private static final int MAX_NUMBER = 3;

  private static final int ZERO_WIDTH_JOINER = 0x200d;

  private static final int MARKS =
      1 << Character.NON_SPACING_MARK
          | 1 << Character.ENCLOSING_MARK
          | 1 << Character.COMBINING_SPACING_MARK;

  private final byte[] utf8;
  private final Passages passages;
  private final BitSet drop;

  private final byte[] out;
  private int length;

  /** The union at hand of dropped passages that overlap or touch; the one after, or -1. */
  private int from;

  private int to;
  private int next;

  /** The gap before the next line to keep, from the end of a line to the start of another. */
  private int gapFrom;

  private int gapTo;

  /** Line ends in that gap, negative if no line was met since a line was kept. */
  private int gapLines = -1;

  /** The white space that stood where something of the line at hand was cut last, or nothing. */
  private int spaceFrom;

  private int spaceTo;

  private Cut(byte[] utf8, Passages passages, BitSet drop) {
    this.utf8 = utf8;
    this.passages = passages;
    this.drop = drop;
    this.out = new byte[utf8.length];
  }

  /**
   * Returns the text without the dropped passages; the same array if nothing goes.
   *
   * @param utf8 well-formed text
   * @param passages parts of it
   * @param drop numbers of the passages to cut
   */
  public static byte[] without(byte[] utf8, Passages passages, BitSet drop) {
    return drop.isEmpty() ? utf8 : new Cut(utf8, passages, drop).text();
  }

  private byte[] text() {
    next = drop.nextSetBit(0);
    boolean changed = false;
    boolean started = false;
    int end = 0;
    advance();
    for (int start = 0; start < utf8.length; ) {
      int lineEnd = start;
      while (lineEnd < utf8.length && utf8[lineEnd] != '\n') {
        lineEnd++;
      }
      if (skipSpace(start, lineEnd) < lineEnd) {
        gap(end, start, started);
        end = lineEnd;
        while (to <= start) {
          advance();
        }
        int mark = length;
        copy(gapFrom, gapTo);
        int line = length;
        if (from >= lineEnd) {
          copy(start, lineEnd);
        } else {
          write(start, lineEnd);
          changed |= !Arrays.equals(out, line, length, utf8, start, lineEnd);
        }
        if (length > line) {
          started = true;
          gapLines = -1;
        } else {
          length = mark;
        }
      }
      start = lineEnd + 1;
    }
    if (!changed) {
      return utf8;
    }
    if (started) {
      copy(end, utf8.length);
    }
    return Arrays.copyOf(out, length);
  }

  /** Takes the gap from the end of a line to the next if no longer one stands before it. */
  private void gap(int end, int start, boolean started) {
    int lines = 0;
    for (int i = end; i < start; i++) {
      lines += utf8[i] == '\n' ? 1 : 0;
    }
    if (gapLines < 0 || started && lines > gapLines) {
      gapFrom = end;
      gapTo = start;
      gapLines = lines;
    }
  }

  /** Moves to the next union of dropped passages, behind the text if there is none. */
  private void advance() {
    if (next < 0) {
      from = Integer.MAX_VALUE;
      to = Integer.MAX_VALUE;
      return;
    }
    from = passages.from()[next];
    to = passages.to()[next];
    next = drop.nextSetBit(next + 1);
    while (next >= 0 && passages.from()[next] <= to) {
      to = Math.max(to, passages.to()[next]);
      next = drop.nextSetBit(next + 1);
    }
  }

  /** Writes a line with its cuts, nothing if too little of it stays. */
  private void write(int start, int end) {
    int line = length;
    int body = body(start, end);
    copy(start, body);
    int written = length;
    int at = body;
    spaceTo = spaceFrom;
    for (; from < end; advance()) {
      int a = Math.max(from, at);
      int b = Math.max(a, Math.min(to, end));
      while (a < b && isInWord(a)) {
        a += CodePoints.bytes(CodePoints.at(utf8, a));
      }
      while (a < b && isInWord(b)) {
        b -= CodePoints.bytes(CodePoints.before(utf8, b));
      }
      if (skipSpace(a, b) < b) {
        int left = skipSpaceBack(at, a);
        keep(at, left, written);
        at = skipSpace(b, end);
        if (spaceFrom == spaceTo) {
          spaceFrom = left < a ? left : b;
          spaceTo = left < a ? a : at;
        }
      }
      if (to > end) {
        break;
      }
    }
    keep(at, end, written);
    boolean cut = length - line < end - start;
    if (cut && (length == written || !hasWord(out, written, length) && hasWord(utf8, body, end))) {
      length = line;
    }
  }

  /** Writes a piece of a line, behind white space that stood where something was cut before it. */
  private void keep(int start, int end, int written) {
    if (start == end) {
      return;
    }
    if (length > written) {
      if (spaceFrom < spaceTo) {
        copy(spaceFrom, spaceTo);
      } else if (CodePoints.isLetterOrDigit(CodePoints.before(out, length))
          && CodePoints.isLetterOrDigit(CodePoints.at(utf8, start))) {
        out[length++] = ' ';
      }
    }
    copy(start, end);
    spaceTo = spaceFrom;
  }

  private void copy(int start, int end) {
    System.arraycopy(utf8, start, out, length, end - start);
    length += end - start;
  }

  /** Returns where a line's text starts behind indentation and list markers. */
  private int body(int start, int end) {
    int body = skipSpace(start, end);
    int i = body;
    while (i < end && BULLETS.indexOf(CodePoints.at(utf8, i)) >= 0) {
      i += CodePoints.bytes(CodePoints.at(utf8, i));
    }
    if (i > body && i < end && CodePoints.isSpace(CodePoints.at(utf8, i))) {
      body = skipSpace(i, end);
    }
    i = body;
    int characters = 0;
    while (i < end && CodePoints.isLetterOrDigit(CodePoints.at(utf8, i))) {
      i += CodePoints.bytes(CodePoints.at(utf8, i));
      if (++characters > MAX_NUMBER) {
        return body;
      }
    }
    if (characters == 0 || i == end) {
      return body;
    }
    int c = CodePoints.at(utf8, i);
    i += CodePoints.bytes(c);
    boolean numbered =
        WIDE_NUMBER_ENDS.indexOf(c) >= 0
            || NUMBER_ENDS.indexOf(c) >= 0 && i < end && CodePoints.isSpace(CodePoints.at(utf8, i));
    return numbered ? skipSpace(i, end) : body;
  }

  private int skipSpace(int start, int end) {
    int i = start;
    while (i < end) {
      int c = CodePoints.at(utf8, i);
      if (!CodePoints.isSpace(c)) {
        break;
      }
      i += CodePoints.bytes(c);
    }
    return i;
  }

  private int skipSpaceBack(int start, int end) {
    int i = end;
    while (i > start) {
      int c = CodePoints.before(utf8, i);
      if (!CodePoints.isSpace(c)) {
        break;
      }
      i -= CodePoints.bytes(c);
    }
    return i;
  }

  /** Returns whether the characters before and after an offset belong to one word. */
  private boolean isInWord(int i) {
    if (i == 0 || i == utf8.length) {
      return false;
    }
    int before = CodePoints.before(utf8, i);
    int after = CodePoints.at(utf8, i);
    if (after == ZERO_WIDTH_JOINER || before == ZERO_WIDTH_JOINER || isMark(after)) {
      return true;
    }
    if (isOfWord(before)) {
      int behind = i + CodePoints.bytes(after);
      return isOfWord(after)
          || JOINERS.indexOf(after) >= 0
              && behind < utf8.length
              && isOfWord(CodePoints.at(utf8, behind));
    }
    int ahead = i - CodePoints.bytes(before);
    return isOfWord(after)
        && JOINERS.indexOf(before) >= 0
        && ahead > 0
        && isOfWord(CodePoints.before(utf8, ahead));
  }

  private static boolean isMark(int c) {
    return c >= 0x300 && (1 << Character.getType(c) & MARKS) != 0;
  }

  /** Returns whether a character is of a word that has borders: not in Chinese, Thai and so on. */
  private static boolean isOfWord(int c) {
    return CodePoints.isLetterOrDigit(c)
        ? c < 0xe00 || !CodePoints.isHan(c) && !isWrittenWithoutSpaces(c)
        : isMark(c);
  }

  private static boolean isWrittenWithoutSpaces(int c) {
    return c <= 0xeff // Thai, Lao
        || c >= 0x1000 && c <= 0x109f // Myanmar
        || c >= 0x1780 && c <= 0x17ff // Khmer
        || c >= 0x3040 && c <= 0x30ff; // Kana
  }

  private static boolean hasWord(byte[] text, int start, int end) {
    for (int i = start; i < end; ) {
      int c = CodePoints.at(text, i);
      if (CodePoints.isLetterOrDigit(c)) {
        return true;
      }
      i += CodePoints.bytes(c);
    }
    return false;
  }
}
