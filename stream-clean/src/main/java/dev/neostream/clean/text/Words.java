package dev.neostream.clean.text;

/**
 * Word statistics of a text whose words are divided by white space, punctuation attached, as the
 * English rule families define them. {@link #plain} holds the words as RedPajama-V2 compares them:
 * lower-case, without punctuation, words of nothing else left out.
 */
public final class Words {

  /**
   * The words of which an English text holds at least two (Rae et al. 2021, appendix A1.1), by
   * length, as hashes of {@link #plain}.
   */
  private static final long[][] STOP_WORDS = {
    {}, {}, hashes("be", "to", "of"), hashes("the", "and"), hashes("that", "have", "with")
  };

  final Units plain = new Units();
  private final Units all = new Units();
  private final Counts counts = new Counts();
  private boolean counted;
  private int alphabetic;
  private int upperCase;
  private int stopWords;

  Words() {}

  void clear() {
    plain.clear();
    all.clear();
    counted = false;
    alphabetic = 0;
    upperCase = 0;
    stopWords = 0;
  }

  /**
   * @param anyClass bits of {@link CodePoints#CLASSES} that any of its characters has
   * @param everyClass bits that every one has
   */
  void add(long hash, int length, long plainHash, int plainLength, int anyClass, int everyClass) {
    all.add(hash, length);
    alphabetic += (anyClass & CodePoints.LETTER) != 0 ? 1 : 0;
    upperCase += length >= 2 && (everyClass & CodePoints.UPPER_CASE) != 0 ? 1 : 0;
    if (plainLength > 0) {
      plain.add(plainHash, plainLength);
      if (plainLength < STOP_WORDS.length) {
        long[] candidates = STOP_WORDS[plainLength];
        for (int i = 0; i < candidates.length; i++) {
          if (candidates[i] == plainHash) {
            stopWords |= 1 << plainLength * STOP_WORDS.length + i;
          }
        }
      }
    }
  }

  /** Returns all words. */
  public int count() {
    return all.count();
  }

  /** Returns the characters of all words. */
  public long characters() {
    return all.characters();
  }

  /** Returns the characters of the words from one to before another. */
  int characters(int from, int to) {
    return all.characters(from, to);
  }

  /** Returns the words with at least one letter. */
  public int alphabetic() {
    return alphabetic;
  }

  /** Returns the words of at least two characters, all upper-case letters. */
  public int upperCase() {
    return upperCase;
  }

  /**
   * Returns how many different ones of <i>the, be, to, of, and, that, have, with</i> occur, in any
   * case and with any punctuation.
   */
  public int requiredStopWords() {
    return Integer.bitCount(stopWords);
  }

  /** Returns the different words, case-sensitive. */
  public int distinct() {
    return counted().distinct();
  }

  /** Returns the Shannon entropy of the distribution of words, nats. */
  public double entropy() {
    return counted().entropy();
  }

  private Counts counted() {
    if (!counted) {
      counts.clear(all.count());
      for (int i = 0; i < all.count(); i++) {
        counts.add(all.hashes[i]);
      }
      counted = true;
    }
    return counts;
  }

  private static long[] hashes(String... words) {
    var hashes = new long[words.length];
    for (int i = 0; i < words.length; i++) {
      for (char c : words[i].toCharArray()) {
        hashes[i] = Hash.extend(hashes[i], c);
      }
    }
    return hashes;
  }
}
