package dev.neostream.clean.rule.published;

import dev.neostream.clean.rule.Page;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * {@code pretrainer_rules_pass}, on words parted by white space, punctuation attached.
 *
 * <ul>
 *   <li>{@code upper_case_words}: "I" and "A" are upper-case words; "NASA," is none, because of the
 *       comma.
 *   <li>{@code distinct_words}: case and attached punctuation make words differ; the paper's upper
 *       bound 0.8 is read from the command line and not used.
 * </ul>
 */
final class PretrainerGroup {

  private PretrainerGroup() {}

  static Map<String, ToDoubleFunction<Page>> measures() {
    return Map.of(
        "published.en.pretrainer.upper_case_words",
            page ->
                Page.fraction(
                    EnglishText.of(page).upperCaseWords, EnglishText.of(page).spacedWords),
        "published.en.pretrainer.distinct_words",
            page ->
                Page.fraction(
                    EnglishText.of(page).distinctWords, EnglishText.of(page).spacedWords));
  }
}
