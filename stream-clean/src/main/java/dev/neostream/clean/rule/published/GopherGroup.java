package dev.neostream.clean.rule.published;

import dev.neostream.clean.rule.Measure;
import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Range;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * {@code gopher_rules_pass}.
 *
 * <ul>
 *   <li>Words are NLTK's of the NFKC text, so each punctuation mark is a word.
 *   <li>{@code ellipsis}, named after lines that end with an ellipsis, is runs of dots over
 *       characters; no line is looked at.
 *   <li>{@code bullet_lines} keeps empty lines in the denominator, trims no indentation, and takes
 *       the en dash for a bullet but not the hyphen and the asterisk.
 *   <li>{@code words_without_letter} is over characters, so it stays below 0.5 and its threshold
 *       0.4 hardly ever acts.
 *   <li>The share of stop words is switched off in the original; {@code distinct_stop_words} counts
 *       each word once, in a list that holds single letters.
 *   <li>{@code symbols} divides counts in the raw text by words of the NFKC text.
 * </ul>
 */
final class GopherGroup {

  /** SMART's stop words, 570 of them. */
  static final WordSet STOP_WORDS = WordSet.ofWords("stop-words.txt");

  private GopherGroup() {}

  static Map<String, ToDoubleFunction<Page>> measures() {
    var measures = new HashMap<String, ToDoubleFunction<Page>>();
    measures.put("published.en.gopher.characters", page -> EnglishText.of(page).characters);
    measures.put("published.en.gopher.mean_word_length", GopherGroup::meanWordLength);
    measures.put(
        "published.en.gopher.ellipsis",
        page -> ratio(EnglishText.of(page).ellipsisRuns, EnglishText.of(page).characters));
    measures.put(
        "published.en.gopher.bullet_lines",
        page -> Page.fraction(EnglishText.of(page).bulletLines, EnglishText.of(page).lines));
    measures.put(
        "published.en.gopher.words_without_letter",
        page -> ratio(EnglishText.of(page).wordsWithoutLetter, EnglishText.of(page).characters));
    measures.put("published.en.gopher.distinct_stop_words", new DistinctStopWords());
    measures.put("published.en.gopher.symbols", GopherGroup::symbols);
    measures.put("published.en.gopher.words", page -> EnglishText.of(page).normalWords().count);
    return measures;
  }

  private static double meanWordLength(Page page) {
    NltkWords words = EnglishText.of(page).normalWords();
    return Page.fraction(words.characters, words.count);
  }

  private static double symbols(Page page) {
    EnglishText text = EnglishText.of(page);
    return ratio(text.hashes + text.tripleDots + text.ellipsisMarks, text.normalWords().count);
  }

  /** Returns {@code part / whole}, not a number where the original divides by zero and drops. */
  static double ratio(double part, double whole) {
    return whole == 0 ? Double.NaN : part / whole;
  }

  /** Counts only as far as a lower bound asks for. */
  private static final class DistinctStopWords implements Measure {

    @Override
    public double applyAsDouble(Page page) {
      return EnglishText.of(page).stopWords(Integer.MAX_VALUE);
    }

    @Override
    public boolean passes(Page page, Range range) {
      return range.max() == Double.POSITIVE_INFINITY
          ? range.contains(EnglishText.of(page).stopWords((int) Math.min(1e9, range.min() + 1)))
          : range.contains(applyAsDouble(page));
    }
  }
}
