package dev.neostream.tokens.bpe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Collects the ids of a text's chunks, with memory of its own: 5 MiB of cache. Not thread-safe; a
 * thread has one.
 *
 * <p>Most chunks have been seen before: two caches of fixed size answer them without a merge, one
 * for chunks as short as words are and a direct-mapped one for those of at most 24 bytes and 8 ids.
 */
final class ChunkEncoder {

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int SLOT_BITS = 13;
  static final int KEY_BYTES = 24;
  private static final int IDS = 8;

  // Longer chunks are not words, longer texts not usual; memory for one of them is not kept.
  private static final int KEPT_CHUNK = 1024;
  private static final int KEPT_IDS = 1 << 16;

  // Masks of the bytes that a chunk of a length has in each word: a comparison of lengths would be
  // a branch that nothing predicts.
  private static final long[] FIRST = masks(0);
  private static final long[] SECOND = masks(8);
  private static final long[] THIRD = masks(16);

  private final MergeRule merges;
  private final ChunkMerger merger;
  private final ShortChunks shortChunks = new ShortChunks();
  private final long[] keys = new long[4 << SLOT_BITS]; // three words, then length << 8 | ids
  private final int[] values = new int[IDS << SLOT_BITS];
  private final byte[] tail = new byte[KEY_BYTES];
  private int[] ids = new int[KEPT_IDS];
  private int count;

  ChunkEncoder(MergeRule merges) {
    this.merges = merges;
    this.merger = new ChunkMerger(merges, KEPT_CHUNK);
  }

  /** Begins a text; what an error left of the one before is forgotten. */
  void begin() {
    count = 0;
  }

  /** Returns the ids since {@link #begin}. */
  int[] finish() {
    int[] result = Arrays.copyOf(ids, count);
    if (ids.length > KEPT_IDS) {
      ids = new int[KEPT_IDS];
    }
    return result;
  }

  /** Adds an id that is no chunk's. */
  void add(int id) {
    reserve(1);
    ids[count++] = id;
  }

  /**
   * Adds the ids of a chunk, which is not empty.
   *
   * @param isWord whether it is a whole word, not a part of one
   */
  void add(byte[] text, int from, int to, boolean isWord) {
    int length = to - from;
    reserve(Math.max(length, IDS));
    if (length > KEY_BYTES) {
      addUncached(text, from, to, isWord ? merges.ofWord(text, from, to) : MergeRule.NONE);
      return;
    }
    byte[] source = text;
    int at = from;
    if (from + KEY_BYTES > text.length) {
      System.arraycopy(text, from, tail, 0, length);
      source = tail;
      at = 0;
    }
    long a = (long) WORD.get(source, at) & FIRST[length];
    long b = (long) WORD.get(source, at + 8) & SECOND[length];
    if (length <= ShortChunks.MOST_BYTES) {
      addShort(text, from, to, isWord, a, ShortChunks.second(b, length));
      return;
    }
    long c = (long) WORD.get(source, at + 16) & THIRD[length];
    long hash =
        (a * 0x9E3779B97F4A7C15L ^ b * 0xC2B2AE3D27D4EB4FL ^ c * 0x165667B19E3779F9L)
            * 0xD6E8FEB86659FD93L;
    int slot = (int) ((hash ^ hash >>> 29) * 0x9FB21C651E98DF25L >>> 64 - SLOT_BITS);
    int key = 4 * slot;
    int value = IDS * slot;
    if (keys[key] == a
        && keys[key + 1] == b
        && keys[key + 2] == c
        && keys[key + 3] >>> 8 == length) {
      int n = (int) keys[key + 3] & 0xFF;
      ids[count] = values[value];
      for (int i = 1; i < n; i++) {
        ids[count + i] = values[value + i];
      }
      count += n;
      return;
    }
    int word = merges.ofWord(text, from, to);
    if (word != MergeRule.NONE) {
      // As a word it has other ids than as a part of one, so the cache may not hold it.
      addUncached(text, from, to, isWord ? word : MergeRule.NONE);
      return;
    }
    int n = merger.merge(text, from, to, ids, count);
    if (n <= IDS) {
      keys[key] = a;
      keys[key + 1] = b;
      keys[key + 2] = c;
      keys[key + 3] = (long) length << 8 | n;
      System.arraycopy(ids, count, values, value, n);
    }
    count += n;
  }

  private void addShort(byte[] text, int from, int to, boolean isWord, long a, long b) {
    int n = shortChunks.get(a, b, ids, count);
    if (n != ShortChunks.ABSENT) {
      count += n;
      return;
    }
    int word = merges.ofWord(text, from, to);
    if (word != MergeRule.NONE) {
      addUncached(text, from, to, isWord ? word : MergeRule.NONE);
      return;
    }
    n = merger.merge(text, from, to, ids, count);
    shortChunks.put(a, b, ids, count, n);
    count += n;
  }

  private void addUncached(byte[] text, int from, int to, int word) {
    if (word != MergeRule.NONE) {
      ids[count++] = word;
      return;
    }
    int length = to - from;
    ChunkMerger fitting = length <= KEPT_CHUNK ? merger : new ChunkMerger(merges, length);
    count += fitting.merge(text, from, to, ids, count);
  }

  private static long[] masks(int from) {
    long[] masks = new long[KEY_BYTES + 1];
    for (int length = from + 1; length <= KEY_BYTES; length++) {
      masks[length] = length - from >= 8 ? -1L : (1L << 8 * (length - from)) - 1;
    }
    return masks;
  }

  private void reserve(int more) {
    if (ids.length - count < more) {
      long length = Math.max((long) count + more, ids.length + (ids.length >> 1));
      ids = Arrays.copyOf(ids, (int) Math.min(Integer.MAX_VALUE - 8, length));
    }
  }
}
