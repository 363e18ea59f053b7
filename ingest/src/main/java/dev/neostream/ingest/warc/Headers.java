package dev.neostream.ingest.warc;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Named fields of a WARC record or HTTP message, looked up in the bytes where they stand. A line
 * that starts with white space goes on with the field before it (RFC 2616, section 4.2).
 *
 * @param bytes array that holds the fields
 * @param from start of the first field's line
 * @param to end of the last field's line
 */
record Headers(byte[] bytes, int from, int to) {

  /** Returns the index behind the blank line that ends a header, or -1 if there is none. */
  static int end(byte[] bytes, int from, int to) {
    int line = from;
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n') {
        if (i == line || i == line + 1 && bytes[line] == '\r') {
          return i + 1;
        }
        line = i + 1;
      }
    }
    return -1;
  }

  /** Returns the index behind the line feed of the line that starts at {@code from}. */
  static int lineEnd(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && bytes[i] != '\n') {
      i++;
    }
    return Math.min(i + 1, to);
  }

  /** Whether nothing but line ends is left. */
  static boolean isBlank(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && (bytes[i] == '\r' || bytes[i] == '\n')) {
      i++;
    }
    return i == to;
  }

  /** Whether every line has a name and a colon or goes on with the line before it. */
  boolean areWellFormed() {
    for (int line = from; line < to; line = lineEnd(bytes, line, to)) {
      int end = lineEnd(bytes, line, to);
      int colon = line;
      while (colon < end && bytes[colon] != ':') {
        colon++;
      }
      boolean blank = bytes[line] == '\n' || bytes[line] == '\r';
      if (!blank && !isSpace(bytes[line]) && (colon == end || colon == line)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the first value of a field without the white space around it.
   *
   * @param name lower case
   */
  Optional<String> first(String name) {
    return next(name, from).map(Field::value);
  }

  /**
   * Returns the value of a field that all its lines agree on.
   *
   * @param name lower case
   */
  Optional<String> sole(String name) {
    Optional<Field> first = next(name, from);
    Optional<Field> field = first;
    while (field.isPresent()) {
      if (!field.get().value().equals(first.get().value())) {
        return Optional.empty();
      }
      field = next(name, field.get().end());
    }
    return first.map(Field::value);
  }

  /** Returns all values of a list field joined by commas; empty if there is none. */
  String joined(String name) {
    var values = new StringBuilder();
    for (Optional<Field> field = next(name, from);
        field.isPresent();
        field = next(name, field.get().end())) {
      values.append(values.isEmpty() ? "" : ",").append(field.get().value());
    }
    return values.toString();
  }

  private record Field(String value, int end) {}

  private Optional<Field> next(String name, int start) {
    for (int line = start; line < to; line = lineEnd(bytes, line, to)) {
      int end = lineEnd(bytes, line, to);
      if (isNamed(line, end, name)) {
        while (end < to && isSpace(bytes[end])) {
          end = lineEnd(bytes, end, to);
        }
        int colon = line + name.length();
        while (bytes[colon] != ':') {
          colon++;
        }
        return Optional.of(new Field(text(bytes, colon + 1, end), end));
      }
    }
    return Optional.empty();
  }

  private boolean isNamed(int line, int end, String name) {
    if (end - line <= name.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      int b = bytes[line + i];
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != name.charAt(i)) {
        return false;
      }
    }
    int colon = line + name.length();
    while (colon < end && isSpace(bytes[colon])) {
      colon++;
    }
    return colon < end && bytes[colon] == ':';
  }

  /** Returns trimmed text: UTF-8 as WARC has it, or Latin-1 where it is not. */
  static String text(byte[] bytes, int from, int to) {
    boolean ascii = true;
    boolean folded = false;
    for (int i = from; i < to; i++) {
      ascii &= bytes[i] >= 0;
      folded |= bytes[i] == '\n' && i < to - 1;
    }
    Charset charset = ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
    String text = new String(bytes, from, to - from, charset);
    if (!ascii && text.indexOf('\ufffd') >= 0) {
      text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
    return (folded ? text.replaceAll("\r?\n[ \t]+", " ") : text).strip();
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t';
  }
}
