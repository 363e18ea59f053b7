package dev.neostream.clean.rule.code;

import static dev.neostream.clean.rule.Page.fraction;

import dev.neostream.clean.rule.Page;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Filters of The Stack and StarCoder (Kocetkov et al. 2022, "The Stack"; Li et al. 2023,
 * "StarCoder", section 3), which are those of Codex (Chen et al. 2021, section 3.1): generated and
 * data files have long lines or few letters.
 */
public final class TheStackRules {

  private TheStackRules() {}

  /** Returns the measures of the family by reason code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    return Map.of(
        "stack.longest_line", page -> page.lines().longest(),
        "stack.mean_line_length", TheStackRules::meanLineLength,
        "stack.alphanumeric", TheStackRules::alphanumeric);
  }

  /** Mean characters a line, blank lines included. */
  static double meanLineLength(Page page) {
    return fraction(page.lines().characters(), page.lines().count());
  }

  /** Share of characters that are letters or digits. */
  static double alphanumeric(Page page) {
    return fraction(
        page.characters().letters() + page.characters().digits(), page.characters().count());
  }
}
