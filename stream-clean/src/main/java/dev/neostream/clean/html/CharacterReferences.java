package dev.neostream.clean.html;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads character references ({@code &amp;}, {@code &#233;}, {@code &#xE9;}) as section 13.2.5.72
 * of the HTML standard says. The names are the standard's own list, in a resource; see README for
 * how it is made. One instance a thread: the last reference read is its state.
 */
final class CharacterReferences {

  static final String RESOURCE = "character-references.txt";

  /** No name is longer, its semicolon included. */
  private static final int LONGEST = 33;

  /** What the numbers 0x80 to 0x9F name: windows-1252, where it has a character. */
  private static final String WINDOWS_1252 =
      "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d"
          + "\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153"
          + "\u009d\u017e\u0178";

  private static final int REPLACEMENT = 0xFFFD;

  private static final int[] FIRST;
  private static final int[] SECOND;
  private static final Name.Table NAMES;

  static {
    List<String> lines = lines();
    FIRST = new int[lines.size() + 1];
    SECOND = new int[lines.size() + 1];
    NAMES = new Name.Table(lines.size());
    for (int i = 1; i <= lines.size(); i++) {
      String[] columns = lines.get(i - 1).split(" ");
      NAMES.put(Name.of(columns[0]), i);
      FIRST[i] = Integer.parseInt(columns[1], 16);
      SECOND[i] = columns.length > 2 ? Integer.parseInt(columns[2], 16) : 0;
    }
  }

  /** The code point of the last reference. */
  int first;

  /** Its second code point, 0 when there is none. */
  int second;

  /** Returns the lines of the table: name, with the semicolon if it needs one, and code points. */
  static List<String> lines() {
    try (InputStream in = CharacterReferences.class.getResourceAsStream(RESOURCE);
        var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads the reference that starts with the ampersand at a position.
   *
   * @param to end of the text
   * @return the number of bytes it takes, 0 when this ampersand is only an ampersand
   */
  int read(byte[] html, int at, int to) {
    if (at + 1 < to && html[at + 1] == '#') {
      return number(html, at, to);
    }
    int end = Math.min(to, at + 1 + LONGEST);
    int found = 0;
    int length = 0;
    long key = Name.empty();
    for (int i = at + 1; i < end; i++) {
      int b = html[i];
      boolean letter = Name.isLetter(b) || b >= '0' && b <= '9';
      if (!letter && b != ';') {
        break;
      }
      key = Name.append(key, b);
      int row = NAMES.get(key);
      if (row > 0) {
        found = row;
        length = i + 1 - at;
      }
      if (!letter) {
        break;
      }
    }
    if (found == 0) {
      return 0;
    }
    first = FIRST[found];
    second = SECOND[found];
    return length;
  }

  private int number(byte[] html, int at, int to) {
    int start = at + 2;
    boolean hex = start < to && (html[start] | 0x20) == 'x';
    int i = hex ? start + 1 : start;
    int digits = i;
    int value = 0;
    for (; i < to; i++) {
      int digit = Character.digit(html[i], hex ? 16 : 10);
      if (digit < 0) {
        break;
      }
      value = Math.min(value * (hex ? 16 : 10) + digit, Character.MAX_CODE_POINT + 1);
    }
    if (i == digits) {
      return 0;
    }
    first = character(value);
    second = 0;
    return (i < to && html[i] == ';' ? i + 1 : i) - at;
  }

  private static int character(int value) {
    if (value >= 0x80 && value <= 0x9F) {
      return WINDOWS_1252.charAt(value - 0x80);
    }
    boolean surrogate = value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE;
    return value == 0 || surrogate || value > Character.MAX_CODE_POINT ? REPLACEMENT : value;
  }
}
