package dev.neostream.clean.rule;

import dev.neostream.clean.text.Signals;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A text to be judged with what is known of it: language, address, {@link #signals}. Edits change
 * the text; everything derived from it is then derived anew. Not thread-safe.
 */
public final class Page {

  private static final double SCORE_DIGITS = 1e6;

  private final byte[] original;
  private final String language;
  private final float languageScore;
  private final String url;
  private final Signals signals;
  private final Map<Class<?>, Object> memos = new HashMap<>();
  private byte[] utf8;
  private String text;
  private boolean scanned;

  /** A page with statistics of its own; for many pages share them by the other constructor. */
  public Page(byte[] utf8, String language, float languageScore, String url) {
    this(utf8, language, languageScore, url, new Signals());
  }

  /**
   * @param utf8 well-formed UTF-8, lines ended by LF; not copied, must not change
   * @param language ISO code, or the name of a programming language
   * @param languageScore confidence, 0 to 1
   * @param url where the page is from, empty if unknown
   * @param signals memory for the statistics, taken from an earlier page: use that one no longer
   */
  public Page(byte[] utf8, String language, float languageScore, String url, Signals signals) {
    this.original = utf8;
    this.utf8 = utf8;
    this.language = language;
    this.languageScore = languageScore;
    this.url = url;
    this.signals = signals;
  }

  /** Returns the text as the edits so far have left it. */
  public byte[] utf8() {
    return utf8;
  }

  /** Returns {@link #utf8} as a string, decoded when first asked for. */
  public String text() {
    if (text == null) {
      text = new String(utf8, StandardCharsets.UTF_8);
    }
    return text;
  }

  public String language() {
    return language;
  }

  public float languageScore() {
    return languageScore;
  }

  /** Returns the language score in decimal, so that 0.65f is not below a threshold of 0.65. */
  double decimalLanguageScore() {
    return Math.rint(languageScore * SCORE_DIGITS) / SCORE_DIGITS;
  }

  public String url() {
    return url;
  }

  /** Returns the statistics of the text as it is now. */
  public Signals signals() {
    if (!scanned) {
      signals.scan(utf8);
      scanned = true;
    }
    return signals;
  }

  /**
   * Returns what {@code compute} makes of the page, computed when first asked for and again after
   * an edit; one value a type.
   */
  public <T> T memo(Class<T> type, Function<Page, T> compute) {
    Object memo = memos.get(type);
    if (memo == null) {
      memo = compute.apply(this);
      memos.put(type, memo);
    }
    return type.cast(memo);
  }

  void edit(UnaryOperator<byte[]> operator) {
    replace(operator.apply(utf8));
  }

  /** Undoes all edits. */
  void restore() {
    replace(original);
  }

  private void replace(byte[] replacement) {
    if (replacement != utf8) {
      utf8 = replacement;
      text = null;
      scanned = false;
      memos.clear();
    }
  }

  /** Returns {@code part / whole}, and 0 for a part of nothing. */
  public static double fraction(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
