package dev.neostream.clean.text;

/**
 * How much of a text is n-grams that occur more than once, of words or of characters (Rae et al.
 * 2021, appendix A1.1, "Repetition removal").
 *
 * <p>Both fractions are over the characters of all units and count a character once, however many
 * overlapping n-grams it lies in. An n-gram's first occurrence is not a repetition, so a text
 * written twice repeats one half of itself.
 *
 * @param top fraction of characters in the occurrences of the most frequent n-gram, for n = {@value
 *     #TOP_MIN} to {@value #TOP_MAX}; 0 when none occurs twice. The longest of equally frequent
 *     ones
 * @param duplicate fraction of characters in n-grams that occurred before, for n = {@value
 *     #DUPLICATE_MIN} to {@value #DUPLICATE_MAX}
 */
public record Repetition(double[] top, double[] duplicate) {

  static final int TOP_MIN = 2;
  static final int TOP_MAX = 4;
  static final int DUPLICATE_MIN = 5;
  static final int DUPLICATE_MAX = 10;

  /** Linear in units times n; 64 bytes of scratch a unit at most. */
  public static Repetition of(Units units) {
    var top = new double[TOP_MAX - TOP_MIN + 1];
    var duplicate = new double[DUPLICATE_MAX - DUPLICATE_MIN + 1];
    var counts = new Counts(units.count());
    // hashes[i] is the hash of the n-gram that starts at unit i, extended by one unit a round.
    var hashes = new long[units.count()];
    double characters = 0;
    for (int length : units.lengths()) {
      characters += length;
    }
    for (int n = 1; n <= Math.min(DUPLICATE_MAX, units.count()); n++) {
      for (int i = 0; i + n <= units.count(); i++) {
        hashes[i] = Hash.extend(hashes[i], units.hashes()[i + n - 1]);
      }
      if (n >= TOP_MIN) {
        counts.clear();
        if (n <= TOP_MAX) {
          top[n - TOP_MIN] = topCharacters(units, hashes, n, counts) / characters;
        } else {
          duplicate[n - DUPLICATE_MIN] = duplicateCharacters(units, hashes, n, counts) / characters;
        }
      }
    }
    return new Repetition(top, duplicate);
  }

  /** Returns the fraction for the most frequent n-gram. */
  public double top(int n) {
    return top[n - TOP_MIN];
  }

  /** Returns the fraction for all repeated n-grams. */
  public double duplicate(int n) {
    return duplicate[n - DUPLICATE_MIN];
  }

  private static double topCharacters(Units units, long[] hashes, int n, Counts counts) {
    int best = 0;
    int bestCount = 1;
    int bestLength = 0;
    int length = 0;
    for (int i = 0; i < n - 1; i++) {
      length += units.lengths()[i];
    }
    for (int i = 0; i + n <= units.count(); i++) {
      length += units.lengths()[i + n - 1];
      int count = counts.add(hashes[i]);
      if (count > bestCount || count == bestCount && count > 1 && length > bestLength) {
        best = i;
        bestCount = count;
        bestLength = length;
      }
      length -= units.lengths()[i];
    }
    if (bestCount == 1) {
      return 0;
    }
    var covered = new Coverage(units, n);
    for (int i = 0; i + n <= units.count(); i++) {
      if (hashes[i] == hashes[best]) {
        covered.add(i);
      }
    }
    return covered.characters;
  }

  private static double duplicateCharacters(Units units, long[] hashes, int n, Counts counts) {
    var covered = new Coverage(units, n);
    for (int i = 0; i + n <= units.count(); i++) {
      if (counts.add(hashes[i]) > 1) {
        covered.add(i);
      }
    }
    return covered.characters;
  }

  /** Sums the characters of n-grams added in order of their start, each unit once. */
  private static final class Coverage {
    private final Units units;
    private final int n;
    private int end;
    private long characters;

    Coverage(Units units, int n) {
      this.units = units;
      this.n = n;
    }

    void add(int start) {
      for (int i = Math.max(start, end); i < start + n; i++) {
        characters += units.lengths()[i];
      }
      end = start + n;
    }
  }
}
