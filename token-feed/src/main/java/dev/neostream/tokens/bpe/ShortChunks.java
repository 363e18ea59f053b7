package dev.neostream.tokens.bpe;

/**
 * The ids of chunks of at most {@link #MOST_BYTES} bytes that were seen lately: a cache of 131,072
 * of them in 4 MiB. Not thread-safe.
 *
 * <p>A set of two chunks is one cache line: what a lookup costs is the line, not the comparison. A
 * chunk that is put displaces the one of its set that was put before the other.
 */
final class ShortChunks {

  static final int MOST_BYTES = 15;
  static final int MOST_IDS = 4;

  static final int ABSENT = -1;

  private static final int SET_BITS = 16;
  private static final int ENTRY = 4; // eight bytes; seven bytes, length and ids; four ids
  private static final long NUMBER_OF_IDS = 0x0FL << 56;

  private final long[] entries = new long[2 * ENTRY << SET_BITS];

  /** Returns the second word of a chunk's key: its bytes from the ninth on, and its length. */
  static long second(long bytes, int length) {
    return bytes | (long) length << 60;
  }

  /**
   * Writes the ids of a chunk, if they are here, and as many more as there may be.
   *
   * @param a its first eight bytes, of which a shorter one has none
   * @param b {@link #second} of it
   * @return the number of ids, or {@link #ABSENT}
   */
  int get(long a, long b, int[] out, int outAt) {
    long[] entries = this.entries;
    int at = set(a, b);
    if (entries[at] != a || (entries[at + 1] & ~NUMBER_OF_IDS) != b) {
      at += ENTRY;
      if (entries[at] != a || (entries[at + 1] & ~NUMBER_OF_IDS) != b) {
        return ABSENT;
      }
    }
    long ids = entries[at + 2];
    out[outAt] = (int) ids;
    out[outAt + 1] = (int) (ids >>> 32);
    ids = entries[at + 3];
    out[outAt + 2] = (int) ids;
    out[outAt + 3] = (int) (ids >>> 32);
    return (int) (entries[at + 1] >>> 56) & 0x0F;
  }

  /** Keeps the ids of a chunk that is absent, if they are few enough. */
  void put(long a, long b, int[] ids, int from, int count) {
    if (count > MOST_IDS) {
      return;
    }
    int at = set(a, b);
    System.arraycopy(entries, at, entries, at + ENTRY, ENTRY);
    entries[at] = a;
    entries[at + 1] = b | (long) count << 56;
    for (int i = 0; i < MOST_IDS; i += 2) {
      entries[at + 2 + i / 2] = id(ids, from, count, i) | id(ids, from, count, i + 1) << 32;
    }
  }

  private static long id(int[] ids, int from, int count, int index) {
    return index < count ? ids[from + index] : 0;
  }

  private static int set(long a, long b) {
    long hash = (a ^ a >>> 29) * 0x9E3779B97F4A7C15L + b * 0xC2B2AE3D27D4EB4FL;
    return (int) ((hash ^ hash >>> 32) * 0x9FB21C651E98DF25L >>> 64 - SET_BITS) * 2 * ENTRY;
  }
}
