package dev.neostream.clean.rule;

import dev.neostream.clean.text.Characters;
import dev.neostream.clean.text.Lines;
import dev.neostream.clean.text.Repetition;
import dev.neostream.clean.text.Sentences;
import dev.neostream.clean.text.Units;
import dev.neostream.clean.text.Words;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * A text with its statistics, each computed when a rule first asks for it: a page that fails its
 * length rule never pays for n-grams. Not thread-safe.
 */
public final class Page {

  private final String text;
  private final String url;
  private final float languageScore;
  private final Map<Class<?>, Object> memos = new HashMap<>();
  private Characters characters;
  private Words words;
  private Lines lines;
  private Integer sentences;
  private Repetition wordRepetition;
  private Repetition chineseRepetition;

  public Page(String text) {
    this(text, "", 1);
  }

  /**
   * @param url where the page comes from, empty if unknown
   * @param languageScore score of its best language, 0 to 1
   */
  public Page(String text, String url, float languageScore) {
    this.text = text;
    this.url = url;
    this.languageScore = languageScore;
  }

  public String url() {
    return url;
  }

  public float languageScore() {
    return languageScore;
  }

  public String text() {
    return text;
  }

  public Characters characters() {
    return characters != null ? characters : (characters = Characters.of(text));
  }

  public Words words() {
    return words != null ? words : (words = Words.of(text));
  }

  public Lines lines() {
    return lines != null ? lines : (lines = Lines.of(text));
  }

  public int sentences() {
    return sentences != null ? sentences : (sentences = Sentences.count(text));
  }

  /** Returns the repetition of word n-grams. */
  public Repetition wordRepetition() {
    return wordRepetition != null
        ? wordRepetition
        : (wordRepetition = Repetition.of(words().units()));
  }

  /** Returns the repetition of n-grams of {@link Units#chinese}. */
  public Repetition chineseRepetition() {
    return chineseRepetition != null
        ? chineseRepetition
        : (chineseRepetition = Repetition.of(Units.chinese(text)));
  }

  /** Returns what a function makes of this page, computed once. */
  public <T> T memo(Class<T> type, Function<Page, T> compute) {
    return type.cast(memos.computeIfAbsent(type, t -> compute.apply(this)));
  }

  /** Returns {@code part / whole}, and 0 for a part of nothing. */
  public static double fraction(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
