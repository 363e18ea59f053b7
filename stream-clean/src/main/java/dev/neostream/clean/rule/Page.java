package dev.neostream.clean.rule;

import dev.neostream.clean.text.Characters;
import dev.neostream.clean.text.Lines;
import dev.neostream.clean.text.Repetition;
import dev.neostream.clean.text.Sentences;
import dev.neostream.clean.text.Units;
import dev.neostream.clean.text.Words;

/**
 * A text with its statistics, each computed when a rule first asks for it: a page that fails its
 * length rule never pays for n-grams. Not thread-safe.
 */
public final class Page {

  private final String text;
  private Characters characters;
  private Words words;
  private Lines lines;
  private Integer sentences;
  private Repetition wordRepetition;
  private Repetition chineseRepetition;

  public Page(String text) {
    this.text = text;
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

  /** Returns {@code part / whole}, and 0 for a part of nothing. */
  public static double fraction(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
