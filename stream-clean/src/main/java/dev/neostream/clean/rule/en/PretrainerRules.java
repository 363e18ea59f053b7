package dev.neostream.clean.rule.en;

import static dev.neostream.clean.rule.Page.fraction;

import dev.neostream.clean.rule.Page;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Filters after "A Pretrainer's Guide to Training Data" (Longpre et al. 2023). Words of a single
 * letter do not count as upper-case: in English they are "I" and "A".
 */
public final class PretrainerRules {

  private PretrainerRules() {}

  /** Returns the measures of the family by reason code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    return Map.of(
        "pretrainer.upper_case_words", PretrainerRules::upperCaseWords,
        "pretrainer.distinct_words", PretrainerRules::distinctWords);
  }

  /** Share of words of two or more letters, all upper-case. */
  static double upperCaseWords(Page page) {
    return fraction(page.words().upperCase(), page.words().count());
  }

  /** Distinct words over words. */
  static double distinctWords(Page page) {
    return fraction(page.words().distinct(), page.words().count());
  }
}
