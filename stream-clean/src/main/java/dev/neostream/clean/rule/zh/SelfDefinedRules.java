package dev.neostream.clean.rule.zh;

import static dev.neostream.clean.rule.Page.fraction;

import dev.neostream.clean.rule.Page;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Self-defined filters of MAP-Neo's Chinese pipeline (Zhang et al. 2024, Chinese heuristic rules),
 * corrected where the published code contradicts its own purpose.
 */
public final class SelfDefinedRules {

  private SelfDefinedRules() {}

  /** Returns the measures of the family by reason code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    return Map.of(
        "zh.length", SelfDefinedRules::length,
        "zh.mean_run_length", SelfDefinedRules::meanRunLength,
        "zh.punctuation", SelfDefinedRules::punctuation,
        "zh.distinct_characters", page -> page.characters().distinctHanShare(),
        "zh.entropy", page -> page.characters().entropy(),
        "zh.digits", SelfDefinedRules::digits,
        "zh.ellipsis_lines", SelfDefinedRules::ellipsisLines,
        "zh.bullet_lines", SelfDefinedRules::bulletLines);
  }

  /** Characters that are not white space. */
  static double length(Page page) {
    return page.characters().count() - page.characters().whitespace();
  }

  /**
   * Mean characters of a run without white space. Stands for the published mean length of segmented
   * words, which needs a word segmenter: text broken into single characters is short in both.
   */
  static double meanRunLength(Page page) {
    return fraction(page.words().characters(), page.words().count());
  }

  /** Share of characters that are punctuation, ASCII or full-width. */
  static double punctuation(Page page) {
    return fraction(page.characters().punctuation(), page.characters().count());
  }

  /** Share of characters other than white space and punctuation that are digits. */
  static double digits(Page page) {
    return fraction(
        page.characters().digits(), (long) length(page) - page.characters().punctuation());
  }

  /** Share of non-blank lines that end with an ellipsis. */
  static double ellipsisLines(Page page) {
    return fraction(page.lines().ellipses(), page.lines().nonBlank());
  }

  /** Share of non-blank lines that start with a bullet. */
  static double bulletLines(Page page) {
    return fraction(page.lines().bullets(), page.lines().nonBlank());
  }
}
