package dev.neostream.ops.report;

import dev.neostream.ops.Printable;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A part of a page that stands by itself: one form for Markdown and HTML. */
sealed interface Block {

  /** Returns it as Markdown, an empty line behind it. */
  String markdown();

  String html();

  /** A heading of level 1 to 3. */
  record Heading(int level, String text) implements Block {

    @Override
    public String markdown() {
      return "#".repeat(level) + " " + Printable.markdown(text) + "\n\n";
    }

    @Override
    public String html() {
      return "<h%d>%s</h%d>\n".formatted(level, Printable.html(text), level);
    }
  }

  record Paragraph(List<Span> spans) implements Block {

    static Paragraph of(Span... spans) {
      return new Paragraph(List.of(spans));
    }

    static Paragraph of(String text) {
      return of(Span.plain(text));
    }

    @Override
    public String markdown() {
      return joined(spans, Span::markdown) + "\n\n";
    }

    @Override
    public String html() {
      return "<p>" + joined(spans, Span::html) + "</p>\n";
    }
  }

  record Items(List<List<Span>> items) implements Block {

    @Override
    public String markdown() {
      return items.stream()
              .map(item -> "- " + joined(item, Span::markdown) + "\n")
              .collect(Collectors.joining())
          + "\n";
    }

    @Override
    public String html() {
      return items.stream()
          .map(item -> "<li>" + joined(item, Span::html) + "</li>\n")
          .collect(Collectors.joining("", "<ul>\n", "</ul>\n"));
    }
  }

  /** Text as it is, such as what a model says. */
  record Verbatim(String text) implements Block {

    @Override
    public String markdown() {
      return "```text\n" + Printable.of(text).replace("```", "'''") + "\n```\n\n";
    }

    @Override
    public String html() {
      return "<pre>" + Printable.html(text) + "</pre>\n";
    }
  }

  /**
   * A picture that lies beside the page.
   *
   * @param file its name
   * @param alternative what it shows
   */
  record Picture(String file, String alternative) implements Block {

    @Override
    public String markdown() {
      return "![" + Printable.markdown(alternative) + "](" + file + ")\n\n";
    }

    @Override
    public String html() {
      return "<p><img src=\"%s\" alt=\"%s\"></p>\n".formatted(file, Printable.html(alternative));
    }
  }

  /**
   * A table.
   *
   * @param columns names; those that end with {@code >} stand above numbers, to the right
   * @param rows a span a column
   */
  record Table(List<String> columns, List<List<Span>> rows) implements Block {

    public Table {
      for (List<Span> row : rows) {
        if (row.size() != columns.size()) {
          throw new IllegalArgumentException(
              "a row must have a cell a column: columns=" + columns + ", row=" + row);
        }
      }
    }

    @Override
    public String markdown() {
      var out = new StringBuilder("|");
      columns.forEach(column -> out.append(' ').append(heading(column).markdown()).append(" |"));
      out.append("\n|");
      columns.forEach(column -> out.append(isNumber(column) ? "---:|" : "---|"));
      for (List<Span> row : rows) {
        out.append("\n|");
        row.forEach(cell -> out.append(' ').append(cell.markdown()).append(" |"));
      }
      return out.append("\n\n").toString();
    }

    @Override
    public String html() {
      var out = new StringBuilder("<table>\n<tr>");
      columns.forEach(column -> out.append(cell("th", column, heading(column))));
      out.append("</tr>\n");
      for (List<Span> row : rows) {
        out.append("<tr>");
        for (int i = 0; i < row.size(); i++) {
          out.append(cell("td", columns.get(i), row.get(i)));
        }
        out.append("</tr>\n");
      }
      return out.append("</table>\n").toString();
    }

    private static boolean isNumber(String column) {
      return column.endsWith(">");
    }

    private static Span heading(String column) {
      return Span.plain(isNumber(column) ? column.substring(0, column.length() - 1) : column);
    }

    private static String cell(String element, String column, Span content) {
      String alignment = isNumber(column) ? " class=\"number\"" : "";
      return "<" + element + alignment + ">" + content.html() + "</" + element + ">";
    }
  }

  private static String joined(List<Span> spans, Function<Span, String> form) {
    return spans.stream().map(form).collect(Collectors.joining());
  }

  /** Returns the cells of a row. */
  static List<Span> row(Span... cells) {
    return Stream.of(cells).toList();
  }

  /** Returns the cells of a row of plain text. */
  static List<Span> row(String... cells) {
    return Stream.of(cells).map(Span::plain).toList();
  }
}
