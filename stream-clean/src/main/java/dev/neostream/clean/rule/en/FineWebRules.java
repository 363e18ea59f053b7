package dev.neostream.clean.rule.en;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Share;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Quality filter of FineWeb (Penedo et al. 2024, "The FineWeb Datasets", section 3.6), as datatrove
 * computes it.
 *
 * <pre>
 * line_punct_ratio      share of non-blank lines whose last character ends a sentence
 * short_line_ratio      share of non-blank lines of at most 30 characters
 * char_duplicates_ratio characters of repeated non-blank lines, of all but line ends
 * new_line_ratio        line ends a word
 * </pre>
 */
public final class FineWebRules {

  private FineWebRules() {}

  /** Returns the measures of the family by code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    ToDoubleFunction<Page> lines = page -> page.signals().lines().nonBlank();
    return Map.of(
        "fineweb.line_punct_ratio",
        Share.of(page -> page.signals().lines().terminal(), lines),
        "fineweb.short_line_ratio",
        Share.of(page -> page.signals().lines().shortLines(), lines),
        "fineweb.char_duplicates_ratio",
        Share.of(
            page -> page.signals().lines().duplicateCharacters(),
            page -> page.signals().lines().characters()),
        "fineweb.new_line_ratio",
        Share.ratio(
            page -> page.signals().characters().occurrences('\n'),
            page -> page.signals().words().count()));
  }
}
