package dev.neostream.clean.rule.prose;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.RepeatedNgrams;
import dev.neostream.clean.rule.Share;
import dev.neostream.clean.text.Lines;
import dev.neostream.clean.text.Prose;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The rules of the literature that reject documentation, forums and encyclopedias for what is no
 * text of theirs, measured on the lines that are ({@link Prose}). The rule of the same name in
 * {@code gopher}, {@code gopher_repetition}, {@code zh} or {@code zh_repetition} has the published
 * form. Shares of fewer than {@value Prose#FEW} lines are 0.
 *
 * <pre>
 * prose.alphabetic_words           share of words with at least one letter, code aside
 * prose.bullet_lines               share of non-blank lines that start with a bullet
 * prose.ellipsis_lines             share of non-blank lines that end with an ellipsis
 * prose.duplicate_lines            share of text lines equal to an earlier one
 * prose.duplicate_line_characters  their characters, of all text lines
 * prose.top_N_gram                 characters in the most frequent n-gram of words, N = 2..4
 * prose.duplicate_N_grams          characters in n-grams that occurred before, N = 5..10
 * zh_prose.entropy                 Shannon entropy of the distribution of characters, nats; a word of
 *                                  another script is one
 * zh_prose.digits                  share of letters and digits that are digits
 * zh_prose.top_N_gram              as above, of characters, the name of the topic aside
 * zh_prose.duplicate_N_grams       as above, of characters
 * </pre>
 */
public final class ProseRules {

  private ProseRules() {}

  /** Returns the measures of both families by code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    var measures = new HashMap<String, ToDoubleFunction<Page>>();
    measures.put(
        "prose.alphabetic_words",
        Share.of(page -> prose(page).alphabeticWords(), page -> prose(page).words()));
    measures.put("prose.bullet_lines", ofLines(page -> lines(page).bullets()));
    measures.put("prose.ellipsis_lines", ofLines(page -> lines(page).ellipses()));
    measures.put(
        "prose.duplicate_lines",
        ofTextLines(page -> prose(page).duplicates(), page -> prose(page).textLines()));
    measures.put(
        "prose.duplicate_line_characters",
        ofTextLines(
            page -> prose(page).duplicateCharacters(), page -> prose(page).textCharacters()));
    measures.putAll(RepeatedNgrams.measures("prose", page -> prose(page).repetition()));
    measures.put("zh_prose.entropy", page -> prose(page).chineseEntropy());
    measures.put(
        "zh_prose.digits",
        Share.of(page -> prose(page).chineseDigits(), page -> prose(page).chineseCharacters()));
    measures.putAll(RepeatedNgrams.measures("zh_prose", page -> prose(page).chineseRepetition()));
    return measures;
  }

  private static Share ofLines(ToDoubleFunction<Page> part) {
    return ofFew(page -> lines(page).nonBlank(), part, page -> lines(page).nonBlank());
  }

  private static Share ofTextLines(ToDoubleFunction<Page> part, ToDoubleFunction<Page> whole) {
    return ofFew(page -> prose(page).textLines(), part, whole);
  }

  private static Share ofFew(
      ToDoubleFunction<Page> lines, ToDoubleFunction<Page> part, ToDoubleFunction<Page> whole) {
    Share share = Share.of(part, whole);
    return page -> lines.applyAsDouble(page) < Prose.FEW ? 0 : share.applyAsDouble(page);
  }

  private static Lines lines(Page page) {
    return page.signals().lines();
  }

  private static Prose prose(Page page) {
    return page.signals().prose();
  }
}
