package dev.neostream.dedup.shingle;

import java.io.Serializable;
import java.util.Locale;

/**
 * What a shingle is. Lower case is Unicode's full mapping without its one rule of context: both
 * small sigmas are one letter.
 *
 * @param unit what is counted
 * @param n units a shingle, 1 to {@value #MOST_UNITS}
 */
public record ShingleKind(Unit unit, int n) implements Serializable {

  /** Units repeat their places in the rolling hash beyond this. */
  static final int MOST_UNITS = 63;

  /** What a shingle is a run of. */
  public enum Unit {
    /**
     * Words of the lower-cased text: maximal runs of letters, numbers (categories L and N) and
     * underscore, Python's {@code \w+}; each Han, Hiragana, Katakana, Thai, Lao, Khmer or Myanmar
     * character of them that is no decimal digit is a word of its own.
     */
    WORDS,
    /**
     * Code points of the text as MAP-Neo normalises it: lower case, ASCII punctuation deleted, runs
     * of white space as one space, ends trimmed. Its first steps (ftfy, NFC) are left to cleaning.
     */
    CHARACTERS
  }

  public ShingleKind {
    if (n < 1 || n > MOST_UNITS) {
      throw new IllegalArgumentException(
          "a shingle must have 1 to " + MOST_UNITS + " units but n is " + n);
    }
  }

  /** Five words: the kind near-duplicate benchmarks use. */
  public static ShingleKind words5() {
    return new ShingleKind(Unit.WORDS, 5);
  }

  /** Thirteen characters (MAP-Neo, section 3). */
  public static ShingleKind characters13() {
    return new ShingleKind(Unit.CHARACTERS, 13);
  }

  /** Returns the name with the version of the algorithm: shingles of two names never mix. */
  public String version() {
    return unit.name().toLowerCase(Locale.ROOT) + "-" + n + "/1";
  }
}
