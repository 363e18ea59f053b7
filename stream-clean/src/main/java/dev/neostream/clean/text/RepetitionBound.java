package dev.neostream.clean.text;

import java.util.Arrays;

/**
 * Upper bounds of the fractions of {@link Repetition}, in one pass that looks nothing up. Most
 * pages are so far from any threshold that these decide.
 *
 * <p>For the most frequent n-gram: n-grams share buckets, and the characters of a bucket are at
 * least those that any one of its n-grams covers. For repeated n-grams: an n-gram is taken for
 * repeated when its bit is set already, which it may be by another. Of a repeated (n+1)-gram both
 * n-grams are repeated, so what the longer ones cover lies within what the shorter ones do, and the
 * bound for n = 5 holds for all.
 */
final class RepetitionBound {

  private static final int MIN_BUCKETS = 1 << 8;
  private static final int MAX_BUCKETS = 1 << 12;

  /** Characters covered by each bucket, for n = 2 to 4 one after the other. */
  private final int[] buckets = new int[3 * MAX_BUCKETS];

  /** 64 to 128 bits a unit: one set by chance in a hundred costs five units of the bound. */
  private long[] seen = new long[MIN_BUCKETS];

  private final int[] top = new int[Repetition.TOP_MAX + 1];
  private long duplicate;

  /** Computes all bounds anew. */
  void of(Units units) {
    int count = units.count();
    int size = Math.min(MAX_BUCKETS, Integer.highestOneBit(Math.max(MIN_BUCKETS, count)));
    int shift = Integer.numberOfLeadingZeros(size) + 1;
    Arrays.fill(buckets, 0, 3 * size, 0);
    int words = Integer.highestOneBit(Math.max(MIN_BUCKETS, count)) << 1;
    if (seen.length < words) {
      seen = new long[words];
    }
    Arrays.fill(seen, 0, words, 0);
    Arrays.fill(top, 0);
    duplicate = 0;
    int end = 0;
    for (int i = 0; i + 1 < count; i++) {
      long hash = Hash.extend(Hash.extend(0, units.hashes[i]), units.hashes[i + 1]);
      add(2, bucket(hash, shift), units.characters(i, i + 2));
      if (i + 2 >= count) {
        continue;
      }
      hash = Hash.extend(hash, units.hashes[i + 2]);
      add(3, size + bucket(hash, shift), units.characters(i, i + 3));
      if (i + 3 >= count) {
        continue;
      }
      hash = Hash.extend(hash, units.hashes[i + 3]);
      add(4, 2 * size + bucket(hash, shift), units.characters(i, i + 4));
      if (i + 4 >= count) {
        continue;
      }
      hash = Hash.mix(Hash.extend(hash, units.hashes[i + 4]));
      int word = (int) (hash >>> 32) & words - 1;
      long bit = 1L << hash;
      if ((seen[word] & bit) != 0) {
        duplicate += units.characters(Math.max(i, end), i + 5);
        end = i + 5;
      }
      seen[word] |= bit;
    }
  }

  private void add(int n, int bucket, int characters) {
    int sum = buckets[bucket] + characters;
    buckets[bucket] = sum;
    top[n] = Math.max(top[n], sum);
  }

  /** The multiplication of {@link Hash#extend} leaves its best bits on top. */
  private static int bucket(long hash, int shift) {
    return (int) (hash >>> 32) >>> shift;
  }

  /** Returns characters that the most frequent n-gram covers, or more. */
  int top(int n) {
    return top[n];
  }

  /** Returns characters that repeated n-grams of at least 5 units cover, or more. */
  long duplicate() {
    return duplicate;
  }
}
