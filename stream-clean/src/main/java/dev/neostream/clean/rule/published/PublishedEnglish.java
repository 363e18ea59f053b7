package dev.neostream.clean.rule.published;

import dev.neostream.clean.rule.Page;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The measures of MAP-Neo's English filter ({@code util_with_try.py}) by reason code, {@code
 * published.en.<group>.<rule>}. Shared by threads; statistics of a page are kept a thread.
 *
 * <p>Groups in the original's order: {@link GopherGroup}, {@link CcNetGroup}, {@link C4Group},
 * {@link PretrainerGroup}, {@link SelfDefinedGroup}, {@link RefinedWebGroup}. The first rule that
 * fails decides. An exception in the original drops the page; here the measure is not a number
 * then, which no range contains.
 */
public final class PublishedEnglish {

  private PublishedEnglish() {}

  public static Map<String, ToDoubleFunction<Page>> measures() {
    var measures = new HashMap<String, ToDoubleFunction<Page>>();
    measures.put("published.language_score", Page::languageScore);
    measures.putAll(GopherGroup.measures());
    measures.putAll(CcNetGroup.measures());
    measures.putAll(C4Group.measures());
    measures.putAll(PretrainerGroup.measures());
    measures.putAll(SelfDefinedGroup.measures());
    measures.putAll(RefinedWebGroup.measures());
    return Map.copyOf(measures);
  }
}
