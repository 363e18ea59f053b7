package dev.neostream.clean.html;

/** A page that needs more than its share of memory and must be rejected. */
public final class HtmlLimitException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String what;
  private final long limit;
  private final long value;

  HtmlLimitException(String what, long limit, long value) {
    super(what + " must be at most " + limit + ": " + what + ">=" + value + "; reject the page");
    this.what = what;
    this.limit = limit;
    this.value = value;
  }

  /** Returns what there is too much of, {@code nodes}. */
  public String what() {
    return what;
  }

  public long limit() {
    return limit;
  }

  /** Returns the count at which reading stopped; the whole page may hold more. */
  public long value() {
    return value;
  }
}
