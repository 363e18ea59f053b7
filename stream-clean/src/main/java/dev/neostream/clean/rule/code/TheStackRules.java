package dev.neostream.clean.rule.code;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Share;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Filters of The Stack and StarCoder (Kocetkov et al. 2022, "The Stack"; Li et al. 2023,
 * "StarCoder", section 3), which are those of Codex (Chen et al. 2021, section 3.1): generated and
 * data files have long lines or few letters.
 *
 * <pre>
 * longest_line      characters of the longest line
 * mean_line_length  characters a line, blank lines included
 * alphanumeric      share of characters that are letters or digits
 * alphabetic        share of characters that are letters
 * </pre>
 */
public final class TheStackRules {

  private TheStackRules() {}

  /** Returns the measures of the family by code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    ToDoubleFunction<Page> characters = page -> page.signals().characters().count();
    return Map.of(
        "stack.longest_line", page -> page.signals().lines().longest(),
        "stack.mean_line_length",
            Share.ratio(
                page -> page.signals().lines().characters(),
                page -> page.signals().lines().count()),
        "stack.alphanumeric",
            Share.of(
                page ->
                    page.signals().characters().letters() + page.signals().characters().digits(),
                characters),
        "stack.alphabetic", Share.of(page -> page.signals().characters().letters(), characters));
  }
}
