package dev.neostream.clean.rule.en;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Share;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * MAP-Neo's own filters for English (Zhang et al. 2024, "MAP-Neo", section on English heuristic
 * rules), corrected: lines in place of sentences that cannot cross one, words in place of
 * characters as the whole.
 *
 * <pre>
 * word_entropy     Shannon entropy of the distribution of words, nats (a signal of RedPajama-V2)
 * read_more_lines  share of non-blank lines that end in "read more"
 * hash_signs       share of characters that are hash signs
 * ellipsis_to_word ellipses a word
 * punctuation      punctuation characters
 * url_to_word      web addresses a word
 * </pre>
 */
public final class MapNeoEnglish {

  private MapNeoEnglish() {}

  /** Returns the measures of the family by code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    ToDoubleFunction<Page> words = page -> page.signals().words().count();
    return Map.of(
        "mapneo.word_entropy", page -> page.signals().words().entropy(),
        "mapneo.read_more_lines",
            Share.of(
                page -> page.signals().lines().readMore(),
                page -> page.signals().lines().nonBlank()),
        "mapneo.hash_signs",
            Share.of(
                page -> page.signals().characters().occurrences('#'),
                page -> page.signals().characters().count()),
        "mapneo.ellipsis_to_word", Share.ratio(page -> page.signals().ellipses(), words),
        "mapneo.punctuation", page -> page.signals().characters().punctuation(),
        "mapneo.url_to_word", Share.ratio(page -> page.signals().urls(), words));
  }
}
