package dev.neostream.dedup.line;

import dev.neostream.clean.text.CodePoints;
import java.util.Arrays;

/**
 * Divides Chinese text into what is compared: its lines, and these into sentences.
 *
 * <p>A sentence ends behind {@code 。 ！ ？ ｡ ．} or a run of them, and behind {@code . ! ?} if the
 * line ends there or white space or Chinese follows; closing quotes and brackets belong to it. A
 * full stop ends none if it is one of several (an ellipsis) or if fewer than {@value
 * SimilarLines#LONG} characters stand before it ("1.", "Mr."), and a decimal point is followed by a
 * digit. White space around a sentence is not part of it. Not thread-safe.
 */
final class Sentences {

  private static final String FULL_STOPS = ".\u3002\uff61\uff0e";

  /** A sentence goes on behind a mark, as after quoted speech or in the strings of code. */
  private static final String CONTINUING = ",;:`*|\uff0c\uff1b\uff1a\u3001\u2026";

  private static final String CLOSERS =
      "\"')]}\u2019\u201d\u300d\u300f\uff09\u3011\u300b\u3009\uff3d";

  /** Bytes at which a sentence starts and ends. */
  int[] from = new int[64];

  int[] to = new int[64];

  /** Whether it ends with a mark. */
  boolean[] marked = new boolean[64];

  int count;

  /** Divides a well-formed text. */
  void divide(byte[] utf8) {
    count = 0;
    int start = 0;
    int characters = 0;
    for (int i = 0; i < utf8.length; ) {
      int c = CodePoints.at(utf8, i);
      int next = i + CodePoints.bytes(c);
      if (c == '\n') {
        add(utf8, start, i, false);
        start = next;
        characters = 0;
      } else if (isMark(c)) {
        int end = next;
        boolean ellipsis = false;
        boolean ascii = c < 0x80;
        while (end < utf8.length && isMark(CodePoints.at(utf8, end))) {
          int d = CodePoints.at(utf8, end);
          ellipsis |= c == d && FULL_STOPS.indexOf(c) >= 0;
          ascii &= d < 0x80;
          end += CodePoints.bytes(d);
        }
        while (end < utf8.length && CLOSERS.indexOf(CodePoints.at(utf8, end)) >= 0) {
          end += CodePoints.bytes(CodePoints.at(utf8, end));
        }
        boolean ends =
            !ellipsis
                && (c != '.' || characters >= SimilarLines.LONG)
                && (end == utf8.length || isBorder(CodePoints.at(utf8, end), ascii));
        characters++;
        if (ends) {
          add(utf8, start, end, true);
          start = end;
          characters = 0;
        }
        next = end;
      } else {
        characters++;
      }
      i = next;
    }
    add(utf8, start, utf8.length, false);
  }

  private static boolean isMark(int c) {
    return switch (c) {
      case '.', '!', '?', '\u3002', '\uff01', '\uff1f', '\uff61', '\uff0e' -> true;
      default -> false;
    };
  }

  private static boolean isBorder(int c, boolean ascii) {
    return ascii ? CodePoints.isSpace(c) || CodePoints.isHan(c) : CONTINUING.indexOf(c) < 0;
  }

  private void add(byte[] utf8, int start, int end, boolean mark) {
    int a = start;
    while (a < end && CodePoints.isSpace(CodePoints.at(utf8, a))) {
      a += CodePoints.bytes(CodePoints.at(utf8, a));
    }
    int b = end;
    while (b > a && CodePoints.isSpace(CodePoints.before(utf8, b))) {
      b -= CodePoints.bytes(CodePoints.before(utf8, b));
    }
    if (a == b) {
      return;
    }
    if (count == from.length) {
      from = Arrays.copyOf(from, 2 * count);
      to = Arrays.copyOf(to, 2 * count);
      marked = Arrays.copyOf(marked, 2 * count);
    }
    from[count] = a;
    to[count] = b;
    marked[count++] = mark;
  }
}
