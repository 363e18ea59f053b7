package dev.neostream.tokens.bpe;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.Arrays;

/** How often each distinct chunk of text was seen. Chunk {@code i} is bytes start(i)..end(i). */
final class ChunkCounts {

  private static final Hasher64 HASHER = Hashing.xxh3_64();

  private byte[] bytes = new byte[1 << 16];
  private int[] starts = new int[1 << 12]; // starts[size] is where the next chunk goes
  private long[] counts = new long[1 << 12];
  private int size;
  private int[] slots = new int[1 << 13]; // chunk + 1, or 0; open addressing, at most half full

  void add(byte[] text, int from, int to) {
    int slot = slotOf(text, from, to);
    if (slots[slot] == 0) {
      append(text, from, to);
      slots[slot] = size;
      if (2 * size > slots.length) {
        rehash();
      }
    } else {
      counts[slots[slot] - 1]++;
    }
  }

  int size() {
    return size;
  }

  long count(int chunk) {
    return counts[chunk];
  }

  int start(int chunk) {
    return starts[chunk];
  }

  int end(int chunk) {
    return starts[chunk + 1];
  }

  /** Returns the array that holds all chunks; not a copy. */
  byte[] bytes() {
    return bytes;
  }

  private int slotOf(byte[] text, int from, int to) {
    int mask = slots.length - 1;
    int slot = (int) HASHER.hashBytesToLong(text, from, to - from) & mask;
    while (slots[slot] != 0) {
      int chunk = slots[slot] - 1;
      if (Arrays.equals(bytes, starts[chunk], starts[chunk + 1], text, from, to)) {
        return slot;
      }
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void append(byte[] text, int from, int to) {
    int start = starts[size];
    if (to - from > Integer.MAX_VALUE - 8 - start) {
      throw new IllegalStateException(
          "distinct chunks must fit in one array of 2 GiB, train on a sample of the text: chunks="
              + size);
    }
    int end = start + to - from;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, grown(bytes.length, end));
    }
    System.arraycopy(text, from, bytes, start, to - from);
    if (size + 2 > starts.length) {
      starts = Arrays.copyOf(starts, grown(starts.length, size + 2));
      counts = Arrays.copyOf(counts, starts.length);
    }
    counts[size] = 1;
    starts[++size] = end;
  }

  private void rehash() {
    slots = new int[2 * slots.length];
    for (int chunk = 0; chunk < size; chunk++) {
      slots[slotOf(bytes, starts[chunk], starts[chunk + 1])] = chunk + 1;
    }
  }

  private static int grown(int length, int needed) {
    return (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * length));
  }
}
