package dev.neostream.tokens.bpe;

/**
 * Merges the characters of a chunk into pieces: the pair with the smallest id first, the leftmost
 * of equals, until no pair merges. Time is O(n log n) for any text: candidates wait in a heap and
 * are passed over when a neighbour has changed since. Not thread-safe.
 */
final class ChunkMerger {

  private final Merges merges;
  private final int[] ids; // of the symbol at an index; symbols are a linked list
  private final int[] next;
  private final int[] previous;
  private final int[] merged; // what the symbol and its next merge into, or NONE
  private final long[] heap; // merged << 32 | index, smallest first
  private int heapSize;

  /**
   * @param capacity longest chunk in bytes
   */
  ChunkMerger(Merges merges, int capacity) {
    this.merges = merges;
    ids = new int[capacity];
    next = new int[capacity];
    previous = new int[capacity];
    merged = new int[capacity];
    // A pair waits for each neighbourhood there is at first, and a merge takes one and adds two.
    heap = new long[Math.multiplyExact(2, capacity)];
  }

  /** Writes the ids of the chunk to {@code out} from {@code outAt} on and returns their number. */
  int merge(byte[] text, int from, int to, int[] out, int outAt) {
    int symbols = split(text, from, to);
    heapSize = 0;
    for (int i = 0; i < symbols; i++) {
      previous[i] = i - 1;
      next[i] = i + 1 < symbols ? i + 1 : Merges.NONE;
      offer(i);
    }
    while (heapSize > 0) {
      long best = poll();
      int left = (int) best;
      if (merged[left] != (int) (best >>> 32)) {
        continue;
      }
      int right = next[left];
      ids[left] = merged[left];
      merged[right] = Merges.NONE;
      next[left] = next[right];
      if (next[left] != Merges.NONE) {
        previous[next[left]] = left;
      }
      offer(left);
      if (previous[left] != Merges.NONE) {
        offer(previous[left]);
      }
    }
    int count = 0;
    for (int i = 0; i != Merges.NONE; i = next[i]) {
      out[outAt + count++] = ids[i];
    }
    return count;
  }

  /** Sets the ids of the characters, of their bytes where the alphabet lacks one. */
  private int split(byte[] text, int from, int to) {
    int symbols = 0;
    for (int at = from; at < to; ) {
      int c = Utf8.codePointAt(text, at);
      int length = Utf8.length(c);
      int id = merges.ofCharacter(c);
      if (id != Merges.NONE) {
        ids[symbols++] = id;
      } else {
        for (int i = 0; i < length; i++) {
          ids[symbols++] = merges.ofByte(text[at + i]);
        }
      }
      at += length;
    }
    return symbols;
  }

  /** Notes what a symbol and its next merge into. */
  private void offer(int left) {
    int piece = next[left] == Merges.NONE ? Merges.NONE : merges.of(ids[left], ids[next[left]]);
    merged[left] = piece;
    if (piece == Merges.NONE) {
      return;
    }
    long entry = (long) piece << 32 | left;
    int at = heapSize++;
    while (at > 0 && heap[at - 1 >> 1] > entry) {
      heap[at] = heap[at - 1 >> 1];
      at = at - 1 >> 1;
    }
    heap[at] = entry;
  }

  private long poll() {
    long best = heap[0];
    long last = heap[--heapSize];
    int at = 0;
    while (2 * at + 1 < heapSize) {
      int child = 2 * at + 1;
      if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= last) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return best;
  }
}
