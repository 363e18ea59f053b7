package dev.neostream.clean.rule.en;

import static dev.neostream.clean.rule.Page.fraction;

import dev.neostream.clean.rule.Page;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Page filters of C4 (Raffel et al. 2020, "Exploring the Limits of Transfer Learning", section
 * 2.2). C4 drops every page with a curly bracket; MAP-Neo's share of characters keeps prose that
 * quotes code.
 */
public final class C4Rules {

  private static final String LOREM_IPSUM = "lorem ipsum";

  private C4Rules() {}

  /** Returns the measures of the family by reason code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    return Map.of(
        "c4.curly_brackets", C4Rules::curlyBrackets,
        "c4.lorem_ipsum", C4Rules::loremIpsum,
        "c4.sentence_count", Page::sentences);
  }

  /** Share of characters that are curly brackets. */
  static double curlyBrackets(Page page) {
    return fraction(page.characters().curlyBrackets(), page.characters().count());
  }

  /** Occurrences of the placeholder text's first words, in any case. */
  static double loremIpsum(Page page) {
    String text = page.text();
    int found = 0;
    for (int i = 0; i + LOREM_IPSUM.length() <= text.length(); i++) {
      found += text.regionMatches(true, i, LOREM_IPSUM, 0, LOREM_IPSUM.length()) ? 1 : 0;
    }
    return found;
  }
}
