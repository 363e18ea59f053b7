package dev.neostream.clean.rule.en;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Share;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Filters after "A Pretrainer's Guide to Training Data" (Longpre et al. 2023). Words of a single
 * letter do not count as upper-case: in English they are "I" and "A".
 *
 * <pre>
 * upper_case_words  share of words of two or more letters, all upper-case
 * distinct_words    distinct words over words
 * </pre>
 */
public final class PretrainerRules {

  private PretrainerRules() {}

  /** Returns the measures of the family by code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    ToDoubleFunction<Page> words = page -> page.signals().words().count();
    return Map.of(
        "pretrainer.upper_case_words",
        Share.of(page -> page.signals().words().upperCase(), words),
        "pretrainer.distinct_words",
        Share.of(page -> page.signals().words().distinct(), words));
  }
}
