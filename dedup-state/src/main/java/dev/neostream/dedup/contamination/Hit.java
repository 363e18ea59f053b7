package dev.neostream.dedup.contamination;

import dev.neostream.schemas.Rejection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A part of a document that repeats a benchmark item.
 *
 * @param set name of the set
 * @param item the item's own id, or {@code file:line}
 * @param field which text of the item: {@code question}, {@code answer}, ...
 * @param from first byte of the part, in the document
 * @param to byte behind the part
 * @param ngrams distinct n-grams of the text that were found
 * @param covered words of the text that these cover (characters in scripts without spaces)
 * @param needed words that had to be covered
 * @param words words of the text
 * @param evidence the words found, normalised, one string for each stretch without a gap; the first
 *     64 of them, and the first 1,000 words of each
 */
public record Hit(
    String set,
    String item,
    String field,
    int from,
    int to,
    int ngrams,
    int covered,
    int needed,
    int words,
    List<String> evidence) {

  /** Returns the share of the text that was found, 0 to 1. */
  public double share() {
    return (double) covered / words;
  }

  /** Returns why a document with hits is rejected: the hit with the greatest share. */
  public static Rejection rejection(List<Hit> hits) {
    Hit worst = hits.stream().min(Comparator.comparingDouble(hit -> -hit.share())).orElseThrow();
    return new Rejection(
        "contamination." + worst.set,
        String.format(
            Locale.ROOT,
            "%s %s: %d of %d words (%.2f)",
            worst.item,
            worst.field,
            worst.covered,
            worst.words,
            worst.share()),
        "< " + worst.needed + " words");
  }
}
