package dev.neostream.clean.rule.en;

import dev.neostream.clean.rule.Page;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Repetition filters of RefinedWeb (Penedo et al. 2023, appendix G), which are Gopher's (Rae et al.
 * 2021, appendix A1.1, "Repetition removal"), on n-grams of words; MAP-Neo's published code takes
 * n-grams of characters under the same thresholds. With the entropy of the word distribution from
 * RedPajama-V2's signals.
 */
public final class RefinedWebRules {

  private RefinedWebRules() {}

  /** Returns the measures of the family by reason code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    var measures = new HashMap<String, ToDoubleFunction<Page>>();
    measures.put("refinedweb.word_entropy", page -> page.words().entropy());
    for (int n = 2; n <= 4; n++) {
      int size = n;
      measures.put("refinedweb.top_" + n + "_gram", page -> page.wordRepetition().top(size));
    }
    for (int n = 5; n <= 10; n++) {
      int size = n;
      measures.put(
          "refinedweb.duplicate_" + n + "_grams", page -> page.wordRepetition().duplicate(size));
    }
    return measures;
  }
}
