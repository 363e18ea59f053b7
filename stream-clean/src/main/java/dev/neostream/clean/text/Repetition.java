package dev.neostream.clean.text;

import java.util.Arrays;

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

  /** Two occurrences of a topic's name that start within so many units are a repetition. */
  static final int CROWD = 10;

  private static final int BUCKETS_PER_KEY = 16;

  private final int opening;

  private final Counts counts = new Counts();
  private final long[] covered = new long[DUPLICATE_MAX + 1];
  private final RepetitionBound bound = new RepetitionBound();
  private Units units;
  private boolean known;
  private boolean boundKnown;

  /** The n-grams of the current round that may be repeated: where they start, ascending, ... */
  private int[] starts = new int[256];

  /** ... what they are made of ... */
  private long[] keys = new long[256];

  /** ... and their names. */
  private int[] names = new int[256];

  private int repeated;

  /** Where the n-gram of a name starts first. */
  private int[] firsts = new int[256];

  /** Of the names in the opening: where each was seen last, and how often soon after itself. */
  private int[] lasts = new int[256];

  private int[] crowded = new int[256];

  /** Buckets of keys with at least one, and with at least two occurrences, as bits. */
  private long[] once = new long[64];

  private long[] twice = new long[64];

  Repetition() {
    this(0);
  }

  /**
   * @param opening units at the start in which the text names its topic. Of the n-grams there, no
   *     occurrence counts as {@link #top} unless one of the same n-gram starts less than {@value
   *     #CROWD} units before it: a text repeats the name of what it is about, and stuffed text does
   *     so at once
   */
  Repetition(int opening) {
    this.opening = opening;
  }

  /** Takes other units; fractions and bounds are computed when first asked for. */
  void of(Units units) {
    this.units = units;
    known = false;
    boundKnown = false;
  }

  private void compute() {
    int count = units.count();
    if (starts.length < count) {
      int room = Integer.highestOneBit(count) << 1;
      starts = new int[room];
      keys = new long[room];
      names = new int[room];
      firsts = new int[room];
      lasts = new int[room];
      crowded = new int[room];
      once = new long[room * BUCKETS_PER_KEY / Long.SIZE];
      twice = new long[room * BUCKETS_PER_KEY / Long.SIZE];
    }
    for (int i = 0; i < count; i++) {
      starts[i] = i;
      keys[i] = units.hashes[i];
    }
    // Most units are repeated, most n-grams are not.
    name(count);
    for (int n = TOP_MIN; n <= DUPLICATE_MAX; n++) {
      name(dropSingleBuckets(join()));
      covered[n] = n <= TOP_MAX ? topCharacters(n) : duplicateCharacters(n);
    }
    known = true;
  }

  /**
   * Returns the fraction of characters in the occurrences of the most frequent n-gram, for n = 2 to
   * 4; 0 when none occurs twice. Of equally frequent ones the longest, then the first counts.
   */
  public double top(int n) {
    return fraction(covered(n));
  }

  /** Returns the fraction of characters in n-grams that occurred before, for n = 5 to 10. */
  public double duplicate(int n) {
    return fraction(covered(n));
  }

  /** Returns a number at least as large as {@link #top}, at a fraction of its cost. */
  public double topBound(int n) {
    return fraction(bound().top(n));
  }

  /**
   * Returns a number at least as large as {@link #duplicate} for any n, at a fraction of its cost.
   */
  public double duplicateBound() {
    return fraction(bound().duplicate());
  }

  private RepetitionBound bound() {
    if (!boundKnown) {
      bound.of(units);
      boundKnown = true;
    }
    return bound;
  }

  private double fraction(long characters) {
    int all = units.characters();
    return all == 0 ? 0 : (double) characters / all;
  }

  private long covered(int n) {
    if (!known) {
      compute();
    }
    return covered[n];
  }

  // The loops below add a condition to an index where a branch would be natural: whether an n-gram
  // is repeated cannot be predicted, and a branch missed costs more than the work saved.

  /** Makes keys of n-grams from neighbouring (n-1)-grams and returns how many. */
  private int join() {
    int joined = 0;
    for (int i = 0; i + 1 < repeated; i++) {
      int start = starts[i];
      boolean neighbours = starts[i + 1] == start + 1;
      starts[joined] = start;
      keys[joined] = (long) names[i] << 32 | names[i + 1];
      joined += neighbours ? 1 : 0;
    }
    return joined;
  }

  /** Names the first {@code all} keys and keeps those that occur twice. */
  private void name(int all) {
    counts.clear(all);
    for (int i = 0; i < all; i++) {
      names[i] = counts.add(keys[i]);
    }
    for (int i = all - 1; i >= 0; i--) {
      firsts[names[i]] = starts[i];
    }
    repeated = 0;
    for (int i = 0; i < all; i++) {
      starts[repeated] = starts[i];
      names[repeated] = names[i];
      repeated += counts.count(names[i]) > 1 ? 1 : 0;
    }
  }

  /**
   * Drops keys alone in their bucket, most of those that occur once, before they cost a look-up.
   */
  private int dropSingleBuckets(int all) {
    int buckets = Integer.highestOneBit(Math.max(Long.SIZE, all)) * BUCKETS_PER_KEY;
    int mask = buckets - 1;
    Arrays.fill(once, 0, buckets / Long.SIZE, 0);
    Arrays.fill(twice, 0, buckets / Long.SIZE, 0);
    for (int i = 0; i < all; i++) {
      int bucket = (int) (Hash.mix(keys[i]) >>> 32) & mask;
      names[i] = bucket;
      long bit = 1L << bucket;
      twice[bucket >>> 6] |= once[bucket >>> 6] & bit;
      once[bucket >>> 6] |= bit;
    }
    int kept = 0;
    for (int i = 0; i < all; i++) {
      int bucket = names[i];
      starts[kept] = starts[i];
      keys[kept] = keys[i];
      kept += (int) (twice[bucket >>> 6] >>> bucket) & 1;
    }
    return kept;
  }

  private long topCharacters(int n) {
    countCrowded();
    int best = -1;
    int bestCount = 0;
    int bestLength = 0;
    for (int i = 0; i < repeated; i++) {
      int count = isTopic(names[i]) ? crowded[names[i]] : counts.count(names[i]);
      if (count >= bestCount && starts[i] == firsts[names[i]]) {
        int length = units.characters(starts[i], starts[i] + n);
        if (count > bestCount || length > bestLength) {
          best = names[i];
          bestCount = count;
          bestLength = length;
        }
      }
    }
    long sum = 0;
    int end = 0;
    int last = -CROWD;
    for (int i = 0; i < repeated; i++) {
      if (names[i] == best) {
        if (!isTopic(best) || starts[i] - last < CROWD) {
          sum += units.characters(Math.max(starts[i], end), starts[i] + n);
          end = starts[i] + n;
        }
        last = starts[i];
      }
    }
    return sum;
  }

  private boolean isTopic(int name) {
    return firsts[name] < opening;
  }

  private void countCrowded() {
    if (opening == 0) {
      return;
    }
    for (int i = 0; i < repeated; i++) {
      int name = names[i];
      if (starts[i] == firsts[name]) {
        crowded[name] = 0;
      } else if (starts[i] - lasts[name] < CROWD) {
        crowded[name]++;
      }
      lasts[name] = starts[i];
    }
  }

  private long duplicateCharacters(int n) {
    long sum = 0;
    int end = 0;
    for (int i = 0; i < repeated; i++) {
      if (starts[i] != firsts[names[i]]) {
        sum += units.characters(Math.max(starts[i], end), starts[i] + n);
        end = starts[i] + n;
      }
    }
    return sum;
  }
}
