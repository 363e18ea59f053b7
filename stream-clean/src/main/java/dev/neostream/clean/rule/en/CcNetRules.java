package dev.neostream.clean.rule.en;

import dev.neostream.clean.rule.Page;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Length filter of CCNet (Wenzek et al. 2020, "CCNet") as MAP-Neo applies it; the family's language
 * score is {@code language.score}.
 *
 * <pre>
 * length  characters that are not white space
 * </pre>
 */
public final class CcNetRules {

  private CcNetRules() {}

  /** Returns the measures of the family by code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    return Map.of(
        "ccnet.length",
        page -> page.signals().characters().count() - page.signals().characters().whitespace());
  }
}
