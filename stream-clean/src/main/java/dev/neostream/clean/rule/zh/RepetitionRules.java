package dev.neostream.clean.rule.zh;

import dev.neostream.clean.rule.Page;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Repetition filters of MAP-Neo's Chinese pipeline (Zhang et al. 2024): Gopher's fractions (Rae et
 * al. 2021, appendix A1.1) on n-grams of Chinese characters. The published code computes another
 * quantity and never drops a page by it.
 */
public final class RepetitionRules {

  private RepetitionRules() {}

  /** Returns the measures of the family by reason code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    var measures = new HashMap<String, ToDoubleFunction<Page>>();
    for (int n = 2; n <= 4; n++) {
      int size = n;
      measures.put("zh_repetition.top_" + n + "_gram", page -> page.chineseRepetition().top(size));
    }
    for (int n = 5; n <= 10; n++) {
      int size = n;
      measures.put(
          "zh_repetition.duplicate_" + n + "_grams",
          page -> page.chineseRepetition().duplicate(size));
    }
    return measures;
  }
}
