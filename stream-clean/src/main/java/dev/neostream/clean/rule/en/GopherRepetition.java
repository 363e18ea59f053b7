package dev.neostream.clean.rule.en;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.RepeatedNgrams;
import dev.neostream.clean.rule.Share;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Repetition filter of Gopher (Rae et al. 2021, appendix A1.1, table A1), used by RefinedWeb
 * (Penedo et al. 2023, appendix G) and, on n-grams of characters, by MAP-Neo's published code.
 * Words and n-grams are compared as in RedPajama-V2 ({@link dev.neostream.clean.text.Repetition}).
 *
 * <pre>
 * duplicate_lines                 share of non-blank lines equal to an earlier one
 * duplicate_line_characters       their characters, of all
 * duplicate_paragraphs            share of paragraphs (ended by an empty line) equal to an earlier one
 * duplicate_paragraph_characters  their characters, of all
 * top_N_gram                      characters in the most frequent n-gram of words, N = 2..4
 * duplicate_N_grams               characters in n-grams that occurred before, N = 5..10
 * </pre>
 */
public final class GopherRepetition {

  private GopherRepetition() {}

  /** Returns the measures of the family by code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    ToDoubleFunction<Page> characters = page -> page.signals().characters().count();
    var measures = new HashMap<String, ToDoubleFunction<Page>>();
    measures.put(
        "gopher_repetition.duplicate_lines",
        Share.of(
            page -> page.signals().lines().duplicates(),
            page -> page.signals().lines().nonBlank()));
    measures.put(
        "gopher_repetition.duplicate_line_characters",
        Share.of(page -> page.signals().lines().duplicateCharacters(), characters));
    measures.put(
        "gopher_repetition.duplicate_paragraphs",
        Share.of(
            page -> page.signals().lines().duplicateParagraphs(),
            page -> page.signals().lines().paragraphs()));
    measures.put(
        "gopher_repetition.duplicate_paragraph_characters",
        Share.of(page -> page.signals().lines().duplicateParagraphCharacters(), characters));
    measures.putAll(
        RepeatedNgrams.measures("gopher_repetition", page -> page.signals().repetition()));
    return measures;
  }
}
