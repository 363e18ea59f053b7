package dev.neostream.dedup.line;

import dev.neostream.clean.text.CodePoints;
import dev.neostream.dedup.Cut;
import dev.neostream.dedup.Passages;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Drops Chinese sentences that are similar to an earlier one of the same text (MAP-Neo, section 3,
 * similar lines).
 *
 * <p>A line or sentence ({@link Sentences}) is dropped if it is similar to an earlier one that
 * stays: both of at least {@value #LONG} characters (code points) and their Levenshtein distance
 * below a tenth of the shorter one's length; or shorter, equal, and ended by a mark. So headings,
 * labels and short list items, which end without, always stay. So do lines in which Han is not at
 * least half of the letters: code, tables and quotations are full of lines that differ in little.
 *
 * <p>How candidates are found: a line of length n is cut into (n - 1) / 10 + 1 parts, one more than
 * the edits allowed, so one part is in every similar line unharmed and shifted by no more than the
 * edits. All parts have at least {@value #PIECE} characters, so that it is enough to look up every
 * run of {@value #PIECE} characters of a line among the first ones of the parts of earlier lines:
 * one look-up a character. Candidates pass checks of length and position, then of the multisets of
 * characters, whose difference is a lower bound of the distance, then the bounded distance.
 *
 * <p>Exact as long as a line is compared by at most {@value #STEPS} steps a character (some 500
 * lines that share its form, latest first) and has no more than {@value #MAX_LENGTH} characters,
 * beyond which it must be equal; so hostile text costs linear time. Not thread-safe: one instance a
 * thread, 5 MB.
 */
public final class SimilarLines {

  /** Characters from which on similar is enough. */
  static final int LONG = 15;

  static final int PIECE = 7;
  static final int MAX_LENGTH = 4096;
  static final int STEPS = 1024;

  /** Character counts are kept by these bits of it: two that share them weaken the check only. */
  private static final int COUNTED = 0xfff;

  private static final long BASE = 0x5851f42d4c957f2dL;

  /** What a character has been multiplied by when it leaves a run. */
  private static final long LEAVING = power(PIECE - 1);

  /** In place of a piece's position: the entry of a whole line. */
  private static final int WHOLE = -1;

  /** Keeps whole lines apart from pieces with their text, of which there may be many. */
  private static final long WHOLE_LINE = 0x5851f42d4c957f2dL;

  private final Sentences sentences = new Sentences();
  private final EditDistance distance = new EditDistance();
  private final int[] counts = new int[COUNTED + 1];

  /** All characters of a text; line i is those from {@code starts[i]} to {@code starts[i + 1]}. */
  private int[] text = new int[1 << 12];

  private int[] starts = new int[64];

  /** The line for which a line was last looked at as a candidate, from 1. */
  private int[] lookedAt = new int[64];

  /** Hashes of the runs of PIECE characters of the line at hand. */
  private long[] runs = new long[1 << 10];

  /** Hash table with chains, latest first: pieces and whole lines. 0 ends a chain. */
  private int[] heads = new int[1 << 10];

  /** How many of {@code heads} the text at hand uses. */
  private int buckets;

  private int[] next = new int[1 << 10];
  private long[] keys = new long[1 << 10];
  private int[] lines = new int[1 << 10];
  private int[] positions = new int[1 << 10];
  private int entries;

  /** Returns the text without such lines; the same array if there are none. */
  public byte[] without(byte[] utf8) {
    BitSet drop = repeats(utf8);
    int count = sentences.count;
    return Cut.without(
        utf8,
        new Passages(
            Arrays.copyOf(sentences.from, count),
            Arrays.copyOf(sentences.to, count),
            new long[count]),
        drop);
  }

  /** Returns the numbers of the sentences to drop. */
  BitSet repeats(byte[] utf8) {
    sentences.divide(utf8);
    read(utf8);
    var drop = new BitSet(sentences.count);
    for (int i = 0; i < sentences.count; i++) {
      int length = starts[i + 1] - starts[i];
      boolean isLong = length >= LONG;
      if ((isLong || sentences.marked[i]) && isChinese(i)) {
        hashRuns(i);
        long whole = hash(starts[i], starts[i + 1]) ^ WHOLE_LINE;
        if (isEqual(i, whole) || isLong && length <= MAX_LENGTH && isSimilar(i)) {
          drop.set(i);
        } else {
          add(i, whole);
        }
      }
    }
    return drop;
  }

  /** Reads the characters of all sentences and empties the table. */
  private void read(byte[] utf8) {
    int count = sentences.count;
    if (text.length < utf8.length) {
      text = new int[utf8.length];
    }
    if (starts.length <= count) {
      starts = new int[2 * count];
      lookedAt = new int[2 * count];
    }
    Arrays.fill(lookedAt, 0, count, 0);
    int at = 0;
    for (int i = 0; i < count; i++) {
      starts[i] = at;
      for (int b = sentences.from[i]; b < sentences.to[i]; ) {
        int c = CodePoints.at(utf8, b);
        b += CodePoints.bytes(c);
        text[at++] = c;
      }
    }
    starts[count] = at;
    // A line of n characters has n / 10 + 1 pieces and itself to enter.
    int most = at / 10 + 2 * count + 1;
    buckets = Integer.highestOneBit(most) << 1;
    if (heads.length < buckets) {
      heads = new int[buckets];
    } else {
      Arrays.fill(heads, 0, buckets, 0);
    }
    if (keys.length < most + 1) {
      next = new int[most + 1];
      keys = new long[most + 1];
      lines = new int[most + 1];
      positions = new int[most + 1];
    }
    entries = 0;
  }

  private boolean isChinese(int line) {
    int han = 0;
    int letters = 0;
    for (int i = starts[line]; i < starts[line + 1]; i++) {
      letters += CodePoints.isLetter(text[i]) ? 1 : 0;
      han += CodePoints.isHan(text[i]) ? 1 : 0;
    }
    return han > 0 && 2 * han >= letters;
  }

  private boolean isEqual(int line, long whole) {
    for (int entry = heads[bucket(whole)]; entry != 0; entry = next[entry]) {
      if (keys[entry] == whole && positions[entry] == WHOLE) {
        int other = lines[entry];
        if (Arrays.equals(
            text, starts[line], starts[line + 1], text, starts[other], starts[other + 1])) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isSimilar(int line) {
    int from = starts[line];
    int length = starts[line + 1] - from;
    long steps = (long) STEPS * length;
    boolean prepared = false;
    boolean similar = false;
    for (int at = 0; at + PIECE <= length && !similar && steps > 0; at++) {
      int entry = heads[bucket(runs[at])];
      for (; entry != 0 && !similar && steps > 0; entry = next[entry]) {
        steps--;
        int other = lines[entry];
        int otherLength = starts[other + 1] - starts[other];
        int bound = (Math.min(length, otherLength) - 1) / 10;
        if (keys[entry] != runs[at]
            || positions[entry] == WHOLE
            || lookedAt[other] == line + 1
            || Math.abs(length - otherLength) > bound
            || Math.abs(at - positions[entry]) > bound) {
          continue;
        }
        lookedAt[other] = line + 1;
        if (!prepared) {
          count(line, 1);
          distance.pattern(text, from, from + length);
          prepared = true;
        }
        steps -= otherLength;
        if (mayBeWithin(bound, length, other)) {
          steps -= distance.steps(otherLength, bound);
          similar = distance.atMost(bound, text, starts[other], starts[other + 1]);
        }
      }
    }
    if (prepared) {
      count(line, -1);
    }
    return similar;
  }

  private void count(int line, int times) {
    for (int i = starts[line]; i < starts[line + 1]; i++) {
      counts[text[i] & COUNTED] += times;
    }
  }

  /** Returns whether the multisets of characters allow a distance of at most the bound. */
  private boolean mayBeWithin(int bound, int length, int other) {
    int otherLength = starts[other + 1] - starts[other];
    // Characters of each that the other lacks are at most the bound.
    int allowed = Math.min(bound, bound + otherLength - length);
    int lacking = 0;
    int i = starts[other];
    for (; i < starts[other + 1] && lacking <= allowed; i++) {
      lacking += --counts[text[i] & COUNTED] < 0 ? 1 : 0;
    }
    while (i > starts[other]) {
      counts[text[--i] & COUNTED]++;
    }
    return lacking <= allowed;
  }

  private void add(int line, long whole) {
    enter(whole, line, WHOLE);
    int length = starts[line + 1] - starts[line];
    if (length >= LONG && length <= MAX_LENGTH) {
      int parts = (length - 1) / 10 + 1;
      for (int part = 0; part < parts; part++) {
        int at = part * length / parts;
        enter(runs[at], line, at);
      }
    }
  }

  private void enter(long key, int line, int position) {
    int bucket = bucket(key);
    entries++;
    keys[entries] = key;
    lines[entries] = line;
    positions[entries] = position;
    next[entries] = heads[bucket];
    heads[bucket] = entries;
  }

  private int bucket(long key) {
    return (int) ((key ^ key >>> 32) * 0x9e3779b97f4a7c15L >>> 32) & buckets - 1;
  }

  /** Fills {@code runs} for a line: polynomials of PIECE characters modulo 2^64. */
  private void hashRuns(int line) {
    int from = starts[line];
    int count = starts[line + 1] - from - PIECE + 1;
    if (count <= 0) {
      return;
    }
    if (runs.length < count) {
      runs = new long[2 * count];
    }
    long hash = hash(from, from + PIECE);
    runs[0] = hash;
    for (int i = 1; i < count; i++) {
      hash = (hash - text[from + i - 1] * LEAVING) * BASE + text[from + i + PIECE - 1];
      runs[i] = hash;
    }
  }

  private static long power(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= BASE;
    }
    return power;
  }

  private long hash(int from, int to) {
    long hash = 0;
    for (int i = from; i < to; i++) {
      hash = hash * BASE + text[i];
    }
    return hash;
  }
}
