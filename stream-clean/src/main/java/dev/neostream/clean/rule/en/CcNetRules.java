package dev.neostream.clean.rule.en;

import dev.neostream.clean.rule.Page;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Length filter of CCNet (Wenzek et al. 2020, "CCNet") as MAP-Neo applies it; the family's language
 * score is judged by the cleaner before any rule.
 */
public final class CcNetRules {

  private CcNetRules() {}

  /** Returns the measures of the family by reason code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    return Map.of("ccnet.length", CcNetRules::length);
  }

  /** Characters that are not white space. */
  static double length(Page page) {
    return page.characters().count() - page.characters().whitespace();
  }
}
