package dev.neostream.clean.rule;

import dev.neostream.clean.text.Repetition;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Gopher's shares of repeated n-grams (Rae et al. 2021, appendix A1.1) as measures, for every
 * family that counts them on its own units:
 *
 * <pre>
 * top_N_gram         characters in the most frequent n-gram, N = 2..4
 * duplicate_N_grams  characters in n-grams that occurred before, N = 5..10
 * </pre>
 */
public final class RepeatedNgrams {

  private RepeatedNgrams() {}

  /**
   * Returns the measures by code.
   *
   * @param family what the codes start with
   * @param repetition of the units counted
   */
  public static Map<String, ToDoubleFunction<Page>> measures(
      String family, Function<Page, Repetition> repetition) {
    var measures = new HashMap<String, ToDoubleFunction<Page>>();
    for (int n = 2; n <= 4; n++) {
      int size = n;
      measures.put(
          family + ".top_" + n + "_gram",
          Share.bounded(
              page -> repetition.apply(page).top(size),
              page -> repetition.apply(page).topBound(size)));
    }
    for (int n = 5; n <= 10; n++) {
      int size = n;
      measures.put(
          family + ".duplicate_" + n + "_grams",
          Share.bounded(
              page -> repetition.apply(page).duplicate(size),
              page -> repetition.apply(page).duplicateBound()));
    }
    return measures;
  }
}
