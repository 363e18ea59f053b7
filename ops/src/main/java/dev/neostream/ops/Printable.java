package dev.neostream.ops;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/**
 * Strangers' words where they must not be commands: urls, ids, domains and reasons come from pages
 * and files of anybody.
 */
public final class Printable {

  private Printable() {}

  /**
   * Returns a text that moves no cursor, sets no colour or title and turns no line around: control
   * characters but line feed and tab, marks of direction and what is no character, in the form
   * {@code \}{@code u001b}.
   */
  public static String of(String text) {
    int i = 0;
    while (i < text.length() && !isControl(text.charAt(i))) {
      i++;
    }
    if (i == text.length()) {
      return text;
    }
    var out = new StringBuilder(text.length() + 16);
    text.chars().forEach(c -> append(out, (char) c));
    return out.toString();
  }

  /** Returns a text as the cell of a Markdown table, or another place within a line. */
  public static String markdown(String text) {
    var out = new StringBuilder(text.length() + 16);
    for (char c : of(text.replace('\n', ' ').replace('\t', ' ')).toCharArray()) {
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '|', '`', '*', '_', '[', ']', '\\', '!', '~', '#', '$' -> out.append('\\').append(c);
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  /** Returns a text as the content of an element of HTML or SVG, or as an attribute in quotes. */
  public static String html(String text) {
    var out = new StringBuilder(text.length() + 16);
    for (char c : of(text).toCharArray()) {
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  /** Returns a text as a code span of Markdown, its back quotes included. */
  public static String markdownCode(String text) {
    String line = of(text.replace('\n', ' ').replace('\t', ' '));
    return "`" + line.replace('`', '\'').replace("|", "\\|") + "`";
  }

  /** Returns a writer that passes on what {@link #of} makes of what it is given. */
  public static Writer writer(Writer out) {
    return new FilterWriter(out) {

      @Override
      public void write(int c) throws IOException {
        out.write(of(String.valueOf((char) c)));
      }

      @Override
      public void write(char[] chars, int offset, int length) throws IOException {
        out.write(of(new String(chars, offset, length)));
      }

      @Override
      public void write(String text, int offset, int length) throws IOException {
        out.write(of(text.substring(offset, offset + length)));
      }
    };
  }

  private static void append(StringBuilder out, char c) {
    if (isControl(c)) {
      out.append(String.format("\\u%04x", (int) c));
    } else {
      out.append(c);
    }
  }

  private static boolean isControl(char c) {
    if (c < 0x20) {
      return c != '\n' && c != '\t';
    }
    return c >= 0x7f && c < 0xa0
        || c == 0x061c
        || c == 0x200e
        || c == 0x200f
        || c >= 0x2028 && c <= 0x202e
        || c >= 0x2066 && c <= 0x2069
        || c >= 0xfffe; // no characters, and no XML
  }
}
