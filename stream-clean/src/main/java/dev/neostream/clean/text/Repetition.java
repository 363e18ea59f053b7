package dev.neostream.clean.text;

/**
 * How much of a text is n-grams that occur more than once, of words or of characters (Rae et al.
 * 2021, appendix A1.1, "Repetition removal"), in the dialect of RedPajama-V2's quality signals:
 * characters are those of the units, and a character counts once, however many overlapping n-grams
 * it lies in. An n-gram's first occurrence is no repetition, so a text written twice repeats one
 * half of itself.
 *
 * <p>An n-gram can only be repeated where both (n-1)-grams it consists of are, so each round looks
 * only at what the round before left, and names n-grams by pairs of those names (Karp, Miller and
 * Rosenberg 1972): about two look-ups a word in place of nine, and exact. Linear in units times n
 * for any text.
 */
public final class Repetition {

  static final int TOP_MIN = 2;
  static final int TOP_MAX = 4;
  static final int DUPLICATE_MIN = 5;
  static final int DUPLICATE_MAX = 10;

  private final Counts counts = new Counts();
  private final long[] covered = new long[DUPLICATE_MAX + 1];
  private long characters;

  /** Where the repeated n-grams of the current round start, ascending, and their names. */
  private int[] starts = new int[256];

  private int[] names = new int[256];
  private int repeated;

  /** Where the n-gram of a name starts first. */
  private int[] firsts = new int[256];

  Repetition() {}

  /** Computes all fractions anew. */
  void of(Units units) {
    characters = units.characters();
    if (starts.length < units.count()) {
      int room = Integer.highestOneBit(units.count()) << 1;
      starts = new int[room];
      names = new int[room];
      firsts = new int[room];
    }
    counts.clear(units.count());
    for (int i = 0; i < units.count(); i++) {
      starts[i] = i;
      names[i] = counts.add(units.hashes[i]);
    }
    keepRepeated(units.count());
    for (int n = TOP_MIN; n <= DUPLICATE_MAX; n++) {
      join();
      covered[n] = n <= TOP_MAX ? top(units, n) : duplicates(units, n);
    }
  }

  /**
   * Returns the fraction of characters in the occurrences of the most frequent n-gram, for n = 2 to
   * 4; 0 when none occurs twice. Of equally frequent ones the longest, then the first counts.
   */
  public double top(int n) {
    return fraction(n);
  }

  /** Returns the fraction of characters in n-grams that occurred before, for n = 5 to 10. */
  public double duplicate(int n) {
    return fraction(n);
  }

  private double fraction(int n) {
    return characters == 0 ? 0 : (double) covered[n] / characters;
  }

  /** Goes from (n-1)-grams to n-grams. */
  private void join() {
    counts.clear(repeated);
    int joined = 0;
    for (int i = 0; i + 1 < repeated; i++) {
      int start = starts[i];
      if (starts[i + 1] == start + 1) {
        int name = counts.add((long) names[i] << 32 | names[i + 1]);
        if (counts.count(name) == 1) {
          firsts[name] = start;
        }
        starts[joined] = start;
        names[joined++] = name;
      }
    }
    keepRepeated(joined);
  }

  private void keepRepeated(int all) {
    repeated = 0;
    for (int i = 0; i < all; i++) {
      if (counts.count(names[i]) > 1) {
        starts[repeated] = starts[i];
        names[repeated++] = names[i];
      }
    }
  }

  private long top(Units units, int n) {
    int best = -1;
    int bestCount = 0;
    int bestLength = 0;
    for (int i = 0; i < repeated; i++) {
      int count = counts.count(names[i]);
      if (count >= bestCount && starts[i] == firsts[names[i]]) {
        int length = length(units, starts[i], n);
        if (count > bestCount || length > bestLength) {
          best = names[i];
          bestCount = count;
          bestLength = length;
        }
      }
    }
    long sum = 0;
    int end = 0;
    for (int i = 0; i < repeated; i++) {
      if (names[i] == best) {
        sum += length(units, Math.max(starts[i], end), starts[i] + n - Math.max(starts[i], end));
        end = starts[i] + n;
      }
    }
    return sum;
  }

  private long duplicates(Units units, int n) {
    long sum = 0;
    int end = 0;
    for (int i = 0; i < repeated; i++) {
      if (starts[i] != firsts[names[i]]) {
        int from = Math.max(starts[i], end);
        sum += length(units, from, starts[i] + n - from);
        end = starts[i] + n;
      }
    }
    return sum;
  }

  private static int length(Units units, int start, int n) {
    int length = 0;
    for (int i = start; i < start + n; i++) {
      length += units.lengths[i];
    }
    return length;
  }
}
