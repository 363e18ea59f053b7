package dev.neostream.clean.rule.zh;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.RepeatedNgrams;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Repetition filters of MAP-Neo's Chinese pipeline (Zhang et al. 2024): Gopher's fractions (Rae et
 * al. 2021, appendix A1.1) on n-grams of Chinese characters ({@link
 * dev.neostream.clean.text.Chinese}). The published code computes another quantity and never drops
 * a page by it.
 *
 * <pre>
 * top_N_gram         characters in the most frequent n-gram, N = 2..4
 * duplicate_N_grams  characters in n-grams that occurred before, N = 5..10
 * </pre>
 */
public final class ChineseRepetition {

  private ChineseRepetition() {}

  /** Returns the measures of the family by code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    return RepeatedNgrams.measures("zh_repetition", page -> page.signals().chinese().repetition());
  }
}
