package dev.neostream.clean.rule.en;

import static dev.neostream.clean.rule.Page.fraction;

import dev.neostream.clean.rule.Page;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Quality filter of Gopher (Rae et al. 2021, "Scaling Language Models", appendix A1.1). Words are
 * divided by white space; fractions are over words and lines, as the paper has them, not over
 * characters as MAP-Neo's published code computes them.
 */
public final class GopherRules {

  private GopherRules() {}

  /** Returns the measures of the family by reason code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    return Map.of(
        "gopher.word_count", page -> page.words().count(),
        "gopher.mean_word_length", GopherRules::meanWordLength,
        "gopher.symbol_to_word", GopherRules::symbolToWord,
        "gopher.bullet_lines", GopherRules::bulletLines,
        "gopher.ellipsis_lines", GopherRules::ellipsisLines,
        "gopher.alphabetic_words", GopherRules::alphabeticWords,
        "gopher.stop_words", page -> page.words().requiredStopWords());
  }

  /** Mean characters a word. */
  static double meanWordLength(Page page) {
    return fraction(page.words().characters(), page.words().count());
  }

  /** Hash signs and ellipses a word. */
  static double symbolToWord(Page page) {
    return fraction(page.words().symbols(), page.words().count());
  }

  /** Share of non-blank lines that start with a bullet. */
  static double bulletLines(Page page) {
    return fraction(page.lines().bullets(), page.lines().nonBlank());
  }

  /** Share of non-blank lines that end with an ellipsis. */
  static double ellipsisLines(Page page) {
    return fraction(page.lines().ellipses(), page.lines().nonBlank());
  }

  /** Share of words with at least one letter. */
  static double alphabeticWords(Page page) {
    return fraction(page.words().alphabetic(), page.words().count());
  }
}
