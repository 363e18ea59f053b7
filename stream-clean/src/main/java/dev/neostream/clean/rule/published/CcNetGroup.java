package dev.neostream.clean.rule.published;

import dev.neostream.clean.rule.Page;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * {@code ccnet_rules_pass}, but for the language score (fastText lid.176 on text whose line feeds
 * are deleted, so that words across lines are glued), which is the page's.
 *
 * <ul>
 *   <li>The language's label is not looked at: a page that is surely French passes.
 *   <li>{@code lines} asks for one piece or more after splitting at line feeds, which every text
 *       has.
 * </ul>
 */
final class CcNetGroup {

  private CcNetGroup() {}

  static Map<String, ToDoubleFunction<Page>> measures() {
    return Map.of(
        "published.en.ccnet.characters", page -> EnglishText.of(page).solidCharacters,
        "published.en.ccnet.lines", page -> 1 + page.text().chars().filter(c -> c == '\n').count());
  }
}
