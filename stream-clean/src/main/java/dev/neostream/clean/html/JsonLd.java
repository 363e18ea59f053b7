package dev.neostream.clean.html;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds the article body that a page's JSON-LD gives ({@code articleBody} of schema.org's Article).
 */
final class JsonLd {

  private static final byte[] KEY = {
    '"', 'a', 'r', 't', 'i', 'c', 'l', 'e', 'B', 'o', 'd', 'y', '"'
  };
  private static final byte[] LINE_BREAK = {'<', 'b', 'r', '>'};

  private byte[] body = new byte[1 << 12];
  private int length;

  /** The first half of a surrogate pair, while the second is awaited. */
  private int high;

  /**
   * Returns the longest article body of a page as HTML, its line breaks as {@code br}; empty when
   * there is none.
   */
  byte[] articleBody(byte[] html, NodeTable nodes) {
    int longest = -1;
    int longestLength = 0;
    int size = nodes.holdsMarked(NodeTable.JSON_LD) ? nodes.size : 0;
    for (int node = 1; node < size; node++) {
      if (nodes.marked(node, NodeTable.JSON_LD)) {
        for (int at = nodes.from[node]; at + KEY.length < nodes.to[node]; at++) {
          if (html[at] == '"' && Arrays.equals(html, at, at + KEY.length, KEY, 0, KEY.length)) {
            int value = value(html, at + KEY.length, nodes.to[node]);
            int end = end(html, value, nodes.to[node]);
            if (end - value > longestLength) {
              longest = value;
              longestLength = end - value;
            }
            at = Math.max(at, end);
          }
        }
      }
    }
    length = 0;
    high = 0;
    if (longest >= 0) {
      unescape(html, longest, longest + longestLength);
    }
    return Arrays.copyOf(body, length);
  }

  /** Returns where the string after a key starts; the limit when there is no string. */
  private static int value(byte[] html, int at, int to) {
    int i = at;
    while (i < to && (html[i] == ':' || Name.isSpace(html[i]))) {
      i++;
    }
    return i < to && html[i] == '"' ? i + 1 : to;
  }

  private static int end(byte[] html, int at, int to) {
    int i = at;
    while (i < to && html[i] != '"') {
      i += html[i] == '\\' ? 2 : 1;
    }
    return Math.min(i, to);
  }

  private void unescape(byte[] html, int from, int to) {
    for (int i = from; i < to; i++) {
      if (html[i] != '\\' || i + 1 == to) {
        append(html[i]);
        continue;
      }
      int escape = html[++i];
      switch (escape) {
        case 'n' -> lineBreak();
        case 'r', 't', 'b', 'f' -> append((byte) ' ');
        case 'u' -> {
          unicode(html, i + 1, Math.min(to, i + 5));
          i = Math.min(to, i + 5) - 1;
        }
        default -> append((byte) escape);
      }
    }
  }

  /** Writes the UTF-16 unit as a character reference; a pair of surrogates becomes one. */
  private void unicode(byte[] html, int from, int to) {
    int unit = 0;
    for (int i = from; i < to; i++) {
      unit = unit << 4 | Math.max(0, Character.digit(html[i], 16));
    }
    int c = unit;
    if (unit >= 0xDC00 && unit <= 0xDFFF && high != 0) {
      c = Character.toCodePoint((char) high, (char) unit);
    }
    high = unit >= 0xD800 && unit <= 0xDBFF ? unit : 0;
    if (high == 0) {
      for (byte b : ("&#" + c + ";").getBytes(StandardCharsets.US_ASCII)) {
        append(b);
      }
    }
  }

  private void lineBreak() {
    for (byte b : LINE_BREAK) {
      append(b);
    }
  }

  private void append(byte b) {
    if (length == body.length) {
      body = Arrays.copyOf(body, length * 2);
    }
    body[length++] = b;
  }
}
