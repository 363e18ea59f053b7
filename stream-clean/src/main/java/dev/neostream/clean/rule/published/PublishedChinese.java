package dev.neostream.clean.rule.published;

import dev.neostream.clean.rule.Measure;
import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Range;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/**
 * The measures and edits of MAP-Neo's Chinese filter ({@code filter.py}) by reason code. Shared by
 * threads; statistics of a page are kept a thread.
 *
 * <ul>
 *   <li>{@code unify_format} maps 34 marks but not 、《》【】…—, full-width digits and letters, and
 *       keeps the text otherwise as it is; the share of text in 【】 is of the NFKC text.
 *   <li>{@code delete_domains} deletes file names, and words around a full stop without a space.
 *   <li>{@code sentences} are also parted by double quotes.
 *   <li>{@code characters}: "words" are characters of the NFKC text, white space included.
 *   <li>{@code read_more_lines}: its fourth ending, three ideographic full stops, cannot occur, for
 *       they have become dots before.
 *   <li>{@code distinct_characters} sinks with length: a page of 10,000 characters needs 1,001
 *       different ones.
 *   <li>{@code top_2_gram} to {@code duplicate_10_gram} never drop: the caller tests the returned
 *       pair, not the verdict in it, for truth, and a pair is true. So they have no threshold in
 *       the profile.
 *   <li>The rules for lines (terminal mark, "javascript", bad words) are defined and never called.
 *   <li>The language's label is not looked at.
 *   <li>A page in the block list of addresses is dropped between {@code unify_format} and {@code
 *       delete_links}; one without an address at all is dropped by an exception, which is left to
 *       the reader of the file.
 * </ul>
 */
public final class PublishedChinese {

  private PublishedChinese() {}

  public static Map<String, ToDoubleFunction<Page>> measures() {
    var measures = new HashMap<String, ToDoubleFunction<Page>>();
    measures.put("published.zh.brackets", page -> brackets(page.text()));
    measures.put("published.zh.sentences", new Sentences());
    measures.put("published.zh.characters", page -> ChineseText.of(page).characters);
    measures.put("published.zh.mean_word_length", new MeanWordLength());
    measures.put("published.zh.hashes", page -> overRaw(page, ChineseText.of(page).hashRuns));
    measures.put("published.zh.ellipsis", page -> overRaw(page, ChineseText.of(page).ellipsisRuns));
    measures.put(
        "published.zh.digits",
        page ->
            Page.fraction(ChineseText.of(page).digits, ChineseText.of(page).wordOrSpaceCharacters));
    measures.put(
        "published.zh.read_more_lines",
        page -> Page.fraction(ChineseText.of(page).readMoreLines, ChineseText.of(page).lines));
    measures.put(
        "published.zh.bullet_lines",
        page -> Page.fraction(ChineseText.of(page).bulletLines, ChineseText.of(page).lines));
    measures.put(
        "published.zh.punctuation",
        page -> Page.fraction(ChineseText.of(page).punctuation, ChineseText.of(page).characters));
    measures.put(
        "published.zh.distinct_characters",
        page ->
            Page.fraction(
                ChineseText.of(page).distinctCharacters, ChineseText.of(page).characters));
    measures.put("published.zh.character_entropy", page -> ChineseText.of(page).entropy());
    for (int size = 2; size <= 10; size++) {
      int n = size;
      measures.put(
          "published.zh." + (n <= 4 ? "top_" : "duplicate_") + n + "_gram",
          Measure.bounded(
              page -> overRaw(page, ChineseText.of(page).ngrams().count(n)),
              page -> overRaw(page, ChineseText.of(page).ngrams().bound(n))));
    }
    return Map.copyOf(measures);
  }

  /** Rewriting of the text, to be applied in the order of {@code published.yaml}. */
  public static Map<String, UnaryOperator<String>> edits() {
    return Map.of(
        "published.zh.unify_format", ChineseEdits::unifyFormat,
        "published.zh.delete_links", ChineseEdits::deleteLinks,
        "published.zh.delete_dotted_names", ChineseEdits::deleteDottedNames,
        "published.zh.delete_domains", ChineseEdits::deleteDomains);
  }

  private static double overRaw(Page page, int count) {
    return GopherGroup.ratio(count, ChineseText.of(page).rawCharacters);
  }

  /** Returns the share of the NFKC text that lies between 【 and the next 】 of the same line. */
  private static double brackets(String text) {
    if (text.indexOf('【') < 0 && text.indexOf('︻') < 0) {
      return 0;
    }
    String nfkc = Normalizer.normalize(text, Normalizer.Form.NFKC);
    int inside = 0;
    int open = -1;
    for (int i = 0; i < nfkc.length(); i++) {
      char c = nfkc.charAt(i);
      if (c == '\n') {
        open = -1;
      } else if (c == '【' && open < 0) {
        open = i;
      } else if (c == '】' && open >= 0) {
        inside += nfkc.codePointCount(open + 1, i);
        open = -1;
      }
    }
    return (double) inside / nfkc.codePointCount(0, nfkc.length());
  }

  /** Counts only as far as a lower bound asks for. */
  private static final class Sentences implements Measure {

    @Override
    public double applyAsDouble(Page page) {
      return ChineseText.of(page).sentences(Integer.MAX_VALUE);
    }

    @Override
    public boolean passes(Page page, Range range) {
      return range.max() == Double.POSITIVE_INFINITY
          ? range.contains(ChineseText.of(page).sentences((int) Math.min(1e9, range.min() + 1)))
          : range.contains(applyAsDouble(page));
    }
  }

  /** Mean length of jieba's words; segments only until the rest cannot change the verdict. */
  private static final class MeanWordLength implements Measure {

    /** Keeps rounding of the limits on the safe side. */
    private static final double MARGIN = 1e-9;

    @Override
    public double applyAsDouble(Page page) {
      ChineseText text = ChineseText.of(page);
      return Page.fraction(
          text.cleanedCharacters(), text.words(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY));
    }

    @Override
    public boolean passes(Page page, Range range) {
      ChineseText text = ChineseText.of(page);
      int characters = text.cleanedCharacters();
      if (characters == 0 || range.min() <= 0) {
        return range.contains(applyAsDouble(page));
      }
      double least = characters / range.max() * (1 + MARGIN);
      double most = characters / range.min() * (1 - MARGIN);
      int words = text.words(least, most);
      // Where counting stopped early, the count of all words lies between the limits.
      return words >= least && words + MARGIN <= most
          || range.contains((double) characters / words);
    }
  }
}
