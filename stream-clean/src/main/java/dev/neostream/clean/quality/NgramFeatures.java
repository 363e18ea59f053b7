package dev.neostream.clean.quality;

import java.util.Arrays;

/**
 * The distinct token n-grams of a text, n = 1..N, as buckets of a hash (Weinberger et al. 2009).
 *
 * <p>A token is a run of ASCII letters and digits and of letters of scripts that write words
 * (lower-cased if ASCII), or one punctuation mark, or one character of the scripts that write no
 * spaces: so word n-grams of Chinese are character n-grams. White space only divides. Only the
 * first {@value #MAX_TOKENS} tokens count.
 *
 * <p>Not thread-safe: one instance a thread. Its memory is reused.
 */
final class NgramFeatures {

  static final int MAX_TOKENS = 1 << 16;

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final int ngrams;
  private final int shift;
  private final long seed;
  private final long[] recent;
  private int[] buckets = new int[1 << 10];
  private int[] table = new int[1 << 12];
  private int capacity;
  private int count;

  NgramFeatures(int ngrams, int bucketBits, long seed) {
    this.ngrams = ngrams;
    this.shift = 64 - bucketBits;
    this.seed = seed;
    this.recent = new long[ngrams];
  }

  /** Reads a text and returns how many distinct buckets it has; {@link #buckets} holds them. */
  int read(byte[] text) {
    clear();
    int tokens = 0;
    int i = 0;
    while (i < text.length && tokens < MAX_TOKENS) {
      int b = text[i];
      if (b >= 0 && b <= ' ') {
        i++;
        continue;
      }
      long hash = seed;
      int length = tokenLength(text, i);
      for (int end = i + length; i < end; i++) {
        int c = text[i];
        hash = (hash ^ (c >= 'A' && c <= 'Z' ? c + 32 : c)) * MULTIPLIER ^ hash >>> 32;
      }
      add(hash, tokens++);
    }
    return count;
  }

  /** Returns the buckets, of which the number that {@link #read} returned are valid. */
  int[] buckets() {
    return buckets;
  }

  private static int tokenLength(byte[] text, int from) {
    int i = from;
    while (i < text.length && isWordByte(text[i])) {
      i++;
    }
    if (i > from) {
      return i - from;
    }
    // ASCII punctuation, or one character beyond: its lead byte and what continues it.
    i = from + 1;
    while (i < text.length && (text[i] & 0xC0) == 0x80) {
      i++;
    }
    return i - from;
  }

  /**
   * Returns whether a byte is of a word. Lead bytes E2..E9, EE, EF and F0 upward are symbols, kana,
   * Han and full-width forms (U+2000..U+9FFF, U+E000 upward); continuation bytes are below C0, and
   * end a word only behind such a lead byte, where this is not asked.
   */
  private static boolean isWordByte(byte b) {
    if (b >= 0) {
      return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9';
    }
    int lead = b & 0xff;
    return lead < 0xE2 || lead >= 0xEA && lead <= 0xED;
  }

  private void add(long token, int position) {
    long gram = 0;
    recent[position % ngrams] = token;
    for (int n = 1; n <= Math.min(ngrams, position + 1); n++) {
      gram = (gram + recent[(position - n + 1) % ngrams]) * MULTIPLIER;
      gram ^= gram >>> 29;
      insert((int) (gram * MULTIPLIER >>> shift));
    }
  }

  private void insert(int bucket) {
    int slot = bucket & capacity - 1;
    while (table[slot] != 0) {
      if (table[slot] == bucket + 1) {
        return;
      }
      slot = slot + 1 & capacity - 1;
    }
    table[slot] = bucket + 1;
    if (count == buckets.length) {
      buckets = Arrays.copyOf(buckets, 2 * count);
    }
    buckets[count++] = bucket;
    if (2 * count > capacity) {
      grow();
    }
  }

  private void clear() {
    Arrays.fill(table, 0, capacity, 0);
    capacity = 1 << 8;
    count = 0;
  }

  private void grow() {
    capacity *= 2;
    if (capacity > table.length) {
      table = new int[capacity];
    } else {
      Arrays.fill(table, 0, capacity, 0);
    }
    for (int i = 0; i < count; i++) {
      int slot = buckets[i] & capacity - 1;
      while (table[slot] != 0) {
        slot = slot + 1 & capacity - 1;
      }
      table[slot] = buckets[i] + 1;
    }
  }
}
