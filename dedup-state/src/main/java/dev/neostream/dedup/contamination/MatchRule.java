package dev.neostream.dedup.contamination;

import java.io.Serializable;

/**
 * When a document counts as repeating an item: n-grams of the item found near each other in the
 * document must together cover a number of the item's words, or the whole item where it is shorter.
 * Texts of scripts without spaces are measured in characters.
 *
 * <p>With {@code ngram == cover} this is the usual rule of one n-gram. Shorter n-grams that must
 * cover as much find an item in which a word was changed: 18 words changed in the middle have no
 * 13-gram left, but two 8-grams.
 *
 * @param words words of an n-gram; shorter texts are not looked for
 * @param coverWords words of the item that the n-grams found must cover
 * @param characters characters of an n-gram in scripts without spaces
 * @param coverCharacters characters of the item that the n-grams found must cover
 * @param commonItems n-grams in more items of one set than this belong to none of them
 */
public record MatchRule(
    int words, int coverWords, int characters, int coverCharacters, int commonItems)
    implements Serializable {

  public MatchRule {
    if (words < 1 || coverWords < words || characters < 1 || coverCharacters < characters) {
      throw new IllegalArgumentException(
          "an n-gram must have 1 word or more and no more words than must be covered: words="
              + words
              + ", coverWords="
              + coverWords
              + ", characters="
              + characters
              + ", coverCharacters="
              + coverCharacters);
    }
    if (commonItems < 1) {
      throw new IllegalArgumentException(
          "an n-gram must be allowed in 1 item or more: commonItems=" + commonItems);
    }
  }

  /** Returns 8-grams that cover 13 words, 13-grams of characters that cover 26. */
  public static MatchRule recommended() {
    return new MatchRule(8, 13, 13, 26, 10);
  }

  int ngram(boolean unspaced) {
    return unspaced ? characters : words;
  }

  int cover(boolean unspaced) {
    return unspaced ? coverCharacters : coverWords;
  }
}
