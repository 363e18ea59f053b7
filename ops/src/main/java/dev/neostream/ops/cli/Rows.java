package dev.neostream.ops.cli;

import dev.neostream.ops.Printable;
import java.util.ArrayList;
import java.util.List;
import org.jline.utils.WCWidth;

/** Lines broken into rows of a window, at spaces, with what follows the label indented below it. */
final class Rows {

  /** A space where no row ends. */
  static final char GLUE = '\u00a0';

  /** Cells of a label. */
  static final int INDENT = 10;

  private final List<String> rows = new ArrayList<>();
  private final StringBuilder row = new StringBuilder();
  private final int columns;
  private final int indent;
  private int width;
  private boolean bare = true;

  private Rows(int columns) {
    this.columns = columns;
    // Below a label there must be room for words.
    this.indent = columns >= 4 * INDENT ? INDENT : 0;
  }

  /**
   * Breaks lines.
   *
   * @param columns cells of a row, at least 2: as many as a wide character takes
   */
  static List<String> of(List<String> lines, int columns) {
    var all = new Rows(columns);
    lines.forEach(all::line);
    return all.rows;
  }

  private void line(String line) {
    String text = Printable.of(line.replace('\n', ' ').replace('\t', ' '));
    int from = 0;
    while (from < text.length()) {
      int word = from;
      while (word < text.length() && text.charAt(word) == ' ') {
        word++;
      }
      int end = word;
      while (end < text.length() && text.charAt(end) != ' ') {
        end++;
      }
      word(word - from, text.substring(word, end));
      from = end;
    }
    end();
  }

  private void word(int spaces, String word) {
    int needed = word.codePoints().map(Rows::cells).sum();
    if (!bare && width + spaces + needed > columns) {
      end();
      indent();
    } else {
      row.append(" ".repeat(spaces));
      width += spaces;
    }
    word.codePoints()
        .forEach(
            c -> {
              if (width + cells(c) > columns) {
                end();
                indent();
              }
              row.appendCodePoint(c == GLUE ? ' ' : c);
              width += cells(c);
              bare = false;
            });
  }

  private static int cells(int codePoint) {
    return Math.max(0, WCWidth.wcwidth(codePoint));
  }

  private void indent() {
    row.append(" ".repeat(indent));
    width = indent;
  }

  private void end() {
    rows.add(row.toString());
    row.setLength(0);
    width = 0;
    bare = true;
  }
}
