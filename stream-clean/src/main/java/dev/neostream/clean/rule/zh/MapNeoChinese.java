package dev.neostream.clean.rule.zh;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Share;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * MAP-Neo's own filters for Chinese (Zhang et al. 2024, Chinese heuristic rules), corrected where
 * the published code contradicts its own purpose.
 *
 * <pre>
 * length               characters that are not white space
 * mean_run_length      characters a run without white space; stands for the length of segmented
 *                      words: text broken into single characters is short in both
 * punctuation          share of characters that are punctuation, ASCII or full-width
 * distinct_characters  different Han characters over all, a mean over segments of 1,000
 * entropy              Shannon entropy of the distribution of characters, nats
 * digits               share of characters other than white space and punctuation that are digits
 * sentence_count       sentences
 * brackets             share of characters inside 【】
 * hash_signs           share of characters that are hash signs
 * ellipses             share of characters that start an ellipsis
 * ellipsis_lines       share of non-blank lines that end with an ellipsis
 * bullet_lines         share of non-blank lines that start with a bullet
 * read_more_lines      share of non-blank lines that end in 展开, 更多 or "read more"
 * </pre>
 */
public final class MapNeoChinese {

  private MapNeoChinese() {}

  /** Returns the measures of the family by code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    ToDoubleFunction<Page> characters = page -> page.signals().characters().count();
    ToDoubleFunction<Page> lines = page -> page.signals().lines().nonBlank();
    return Map.ofEntries(
        Map.entry("zh.length", MapNeoChinese::length),
        Map.entry(
            "zh.mean_run_length",
            Share.ratio(
                page -> page.signals().words().characters(),
                page -> page.signals().words().count())),
        Map.entry(
            "zh.punctuation",
            Share.of(page -> page.signals().characters().punctuation(), characters)),
        Map.entry(
            "zh.distinct_characters", (Share) page -> page.signals().chinese().distinctHanShare()),
        Map.entry("zh.entropy", page -> page.signals().characters().entropy()),
        Map.entry(
            "zh.digits",
            Share.of(
                page -> page.signals().characters().digits(),
                page -> length(page) - page.signals().characters().punctuation())),
        Map.entry("zh.sentence_count", page -> page.signals().sentences()),
        Map.entry(
            "zh.brackets", Share.of(page -> page.signals().chinese().bracketed(), characters)),
        Map.entry(
            "zh.hash_signs",
            Share.of(page -> page.signals().characters().occurrences('#'), characters)),
        Map.entry("zh.ellipses", Share.of(page -> page.signals().ellipses(), characters)),
        Map.entry("zh.ellipsis_lines", Share.of(page -> page.signals().lines().ellipses(), lines)),
        Map.entry("zh.bullet_lines", Share.of(page -> page.signals().lines().bullets(), lines)),
        Map.entry(
            "zh.read_more_lines", Share.of(page -> page.signals().lines().readMore(), lines)));
  }

  private static double length(Page page) {
    return page.signals().characters().count() - page.signals().characters().whitespace();
  }
}
