package dev.neostream.clean.rule.en;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Share;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Quality filter of Gopher (Rae et al. 2021, "Scaling Language Models", appendix A1.1). Words are
 * divided by white space; fractions are over words and lines, as the paper has them, not over
 * characters as MAP-Neo's published code computes them.
 *
 * <pre>
 * word_count        words
 * mean_word_length  characters a word
 * symbol_to_word    hash signs, or ellipses (U+2026, runs of dots) if there are more, a word
 * bullet_lines      share of non-blank lines that start with a bullet
 * ellipsis_lines    share of non-blank lines that end with an ellipsis
 * alphabetic_words  share of words with at least one letter
 * stop_words        different ones of eight English stop words that occur
 * </pre>
 */
public final class GopherRules {

  private GopherRules() {}

  /** Returns the measures of the family by code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    ToDoubleFunction<Page> words = page -> page.signals().words().count();
    ToDoubleFunction<Page> lines = page -> page.signals().lines().nonBlank();
    return Map.of(
        "gopher.word_count", words,
        "gopher.mean_word_length", Share.ratio(page -> page.signals().words().characters(), words),
        "gopher.symbol_to_word",
            Share.ratio(
                page ->
                    Math.max(
                        page.signals().characters().occurrences('#'), page.signals().ellipses()),
                words),
        "gopher.bullet_lines", Share.of(page -> page.signals().lines().bullets(), lines),
        "gopher.ellipsis_lines", Share.of(page -> page.signals().lines().ellipses(), lines),
        "gopher.alphabetic_words", Share.of(page -> page.signals().words().alphabetic(), words),
        "gopher.stop_words", page -> page.signals().words().requiredStopWords());
  }
}
