package dev.neostream.tokens.bpe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Encodes text with memory of its own: 4 MiB of cache. Not thread-safe; a thread has one.
 *
 * <p>Text is cut wherever no piece can reach across, which leaves chunks about as long as words for
 * any vocabulary and does not change the ids. Most chunks have been seen before: a direct-mapped
 * cache of fixed size answers them without a merge. A chunk of the cache has at most 24 bytes,
 * which are compared as three words, and 8 ids.
 */
final class Encoder {

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int SLOT_BITS = 16;
  private static final int KEY_BYTES = 24;
  private static final int IDS = 8;

  // Longer chunks are not words; memory for one of them is not kept.
  private static final int KEPT_CHUNK = 1024;

  private final Merges merges;
  private final ChunkMerger merger;
  private final long[] keys = new long[4 << SLOT_BITS]; // three words, then length << 8 | ids
  private final int[] values = new int[IDS << SLOT_BITS];
  private final byte[] tail = new byte[KEY_BYTES];
  private int[] ids;
  private int count;

  Encoder(Merges merges) {
    this.merges = merges;
    this.merger = new ChunkMerger(merges, KEPT_CHUNK);
  }

  /**
   * Returns the ids of a text.
   *
   * @throws IllegalArgumentException if it is not well-formed UTF-8
   */
  int[] encode(byte[] text) {
    ids = new int[text.length / 3 + 16];
    count = 0;
    int start = 0;
    int previous = 0;
    for (int at = 0; at < text.length; ) {
      int c = text[at];
      int next = at + 1;
      if (c < 0) {
        c = Utf8.codePointAt(text, at);
        next = at + Utf8.length(c);
      }
      if (at > start && !merges.joins(previous, c)) {
        encodeChunk(text, start, at);
        start = at;
      }
      previous = c;
      at = next;
    }
    if (start < text.length) {
      encodeChunk(text, start, text.length);
    }
    int[] result = Arrays.copyOf(ids, count);
    ids = null;
    return result;
  }

  private void encodeChunk(byte[] text, int from, int to) {
    int length = to - from;
    if (ids.length - count < Math.max(length, IDS)) {
      grow(Math.max(length, IDS));
    }
    if (length > KEY_BYTES) {
      ChunkMerger fitting = length <= KEPT_CHUNK ? merger : new ChunkMerger(merges, length);
      count += fitting.merge(text, from, to, ids, count);
      return;
    }
    byte[] source = text;
    int at = from;
    if (from + KEY_BYTES > text.length) {
      System.arraycopy(text, from, tail, 0, length);
      source = tail;
      at = 0;
    }
    long a = (long) WORD.get(source, at) & lowBytes(length);
    long b = (long) WORD.get(source, at + 8) & lowBytes(length - 8);
    long c = (long) WORD.get(source, at + 16) & lowBytes(length - 16);
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

  /** Returns the mask of the lowest {@code n} bytes of a word, of none or all beyond 0 to 8. */
  private static long lowBytes(int n) {
    return n >= 8 ? -1L : n <= 0 ? 0 : (1L << 8 * n) - 1;
  }

  private void grow(int needed) {
    long length = Math.max((long) count + needed, ids.length + (ids.length >> 1));
    ids = Arrays.copyOf(ids, (int) Math.min(Integer.MAX_VALUE - 8, length));
  }
}
