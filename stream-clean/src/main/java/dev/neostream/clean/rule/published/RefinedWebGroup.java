package dev.neostream.clean.rule.published;

import dev.neostream.clean.rule.Measure;
import dev.neostream.clean.rule.Page;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * {@code refinedweb_rules_pass}.
 *
 * <ul>
 *   <li>The n-grams, called n-grams of words, are of characters: {@link CharacterNgrams}.
 *   <li>{@code duplicate_5_gram} and longer count distinct characters. Their value sinks with
 *       length whatever the text repeats: long repetitive pages pass, and pages below some 300
 *       characters fail for one repeated phrase.
 *   <li>{@code word_entropy} has a lower bound only; the upper bound 6 is not used.
 *   <li>The block list of addresses and the similar sentences are commented out.
 * </ul>
 */
final class RefinedWebGroup {

  private RefinedWebGroup() {}

  static Map<String, ToDoubleFunction<Page>> measures() {
    var measures = new HashMap<String, ToDoubleFunction<Page>>();
    measures.put("published.en.refinedweb.word_entropy", page -> EnglishText.of(page).wordEntropy);
    for (int size = 2; size <= 10; size++) {
      int n = size;
      measures.put(
          "published.en.refinedweb." + (n <= 4 ? "top_" : "duplicate_") + n + "_gram",
          Measure.bounded(
              page -> share(page, EnglishText.of(page).ngrams().count(n)),
              page -> share(page, EnglishText.of(page).ngrams().bound(n))));
    }
    return measures;
  }

  private static double share(Page page, int characters) {
    return Page.fraction(characters, EnglishText.of(page).characters);
  }
}
