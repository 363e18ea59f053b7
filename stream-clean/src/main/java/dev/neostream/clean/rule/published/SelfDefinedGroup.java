package dev.neostream.clean.rule.published;

import dev.neostream.clean.rule.Page;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * {@code self_defined_rules}, on NLTK's sentences and words of the raw text.
 *
 * <ul>
 *   <li>{@code read_more}: the pattern's dot does not match a line break, so a sentence with one
 *       never counts.
 *   <li>{@code ellipsis} with threshold 0.1 makes Gopher's 0.2 superfluous.
 *   <li>{@code non_alphabetic_words} and {@code digit_words} divide words (punctuation marks among
 *       them) by characters; the second cannot exceed the first and so never decides.
 *   <li>{@code blocked_words} looks for one of 2,436 words, case-sensitive and without context:
 *       ordinary ones ("slot", "stepson", "cougar") and abbreviations ("JS", "BT", "QQ") among
 *       them. The list ships as hashes.
 * </ul>
 */
final class SelfDefinedGroup {

  private SelfDefinedGroup() {}

  static Map<String, ToDoubleFunction<Page>> measures() {
    var measures = new HashMap<String, ToDoubleFunction<Page>>();
    measures.put("published.en.self.sentences", page -> words(page).sentenceCount);
    measures.put(
        "published.en.self.read_more",
        page -> GopherGroup.ratio(words(page).readMore(), words(page).sentenceCount));
    measures.put(
        "published.en.self.hashes",
        page -> GopherGroup.ratio(EnglishText.of(page).hashRuns, EnglishText.of(page).characters));
    measures.put(
        "published.en.self.ellipsis",
        page ->
            GopherGroup.ratio(EnglishText.of(page).ellipsisRuns, EnglishText.of(page).characters));
    measures.put("published.en.self.punctuation", page -> EnglishText.of(page).punctuation);
    measures.put(
        "published.en.self.non_alphabetic_words",
        page ->
            GopherGroup.ratio(
                words(page).notAlphabetic, EnglishText.of(page).wordOrSpaceCharacters));
    measures.put(
        "published.en.self.digit_words",
        page -> GopherGroup.ratio(words(page).digits, EnglishText.of(page).wordOrSpaceCharacters));
    measures.put("published.en.self.blocked_words", page -> words(page).blocked);
    return measures;
  }

  private static NltkWords words(Page page) {
    return EnglishText.of(page).words();
  }
}
