package dev.neostream.ops.report;

import dev.neostream.ops.Printable;

/** A stretch of text within a line. Whatever it holds, it is shown and not obeyed. */
sealed interface Span {

  /** Returns it as Markdown, also fit for the cell of a table. */
  String markdown();

  String html();

  static Span plain(String text) {
    return new Plain(text);
  }

  static Span code(String text) {
    return new Code(text);
  }

  static Span strong(String text) {
    return new Strong(text);
  }

  record Plain(String text) implements Span {

    @Override
    public String markdown() {
      return Printable.markdown(text);
    }

    @Override
    public String html() {
      return Printable.html(text);
    }
  }

  /** Names and values of programs. */
  record Code(String text) implements Span {

    @Override
    public String markdown() {
      return Printable.markdownCode(text);
    }

    @Override
    public String html() {
      return "<code>" + Printable.html(text) + "</code>";
    }
  }

  record Strong(String text) implements Span {

    @Override
    public String markdown() {
      return "**" + Printable.markdown(text) + "**";
    }

    @Override
    public String html() {
      return "<strong>" + Printable.html(text) + "</strong>";
    }
  }

  /**
   * A link to a file of the run.
   *
   * @param path relative to the run folder; of letters, digits and {@code / . _ -}
   */
  record Link(String path) implements Span {

    public Link {
      if (!path.matches("[A-Za-z0-9_.-][A-Za-z0-9_./-]*")) {
        throw new IllegalArgumentException("a link must be a plain relative path: path=" + path);
      }
    }

    @Override
    public String markdown() {
      return "[`" + path + "`](" + path + ")";
    }

    @Override
    public String html() {
      return "<a href=\"" + path + "\"><code>" + path + "</code></a>";
    }
  }
}
