package dev.neostream.tokens.bpe;

/**
 * Merges the symbols of a chunk into pieces: the pair of the smallest rank first, the leftmost of
 * equals, until no pair merges. Time is O(n log n) for any text: candidates wait in a heap and are
 * passed over when a neighbour has changed since. Not thread-safe.
 */
final class ChunkMerger {

  private final MergeRule merges;
  private final int[] ids; // of the symbol at an index; symbols are a linked list
  private final int[] next;
  private final int[] previous;
  private final int[] ranks; // rank of the merge of a symbol and its next, or NONE
  private final long[] heap; // rank << 32 | index, smallest first
  private int heapSize;

  /**
   * @param capacity longest chunk in bytes
   */
  ChunkMerger(MergeRule merges, int capacity) {
    this.merges = merges;
    ids = new int[capacity];
    next = new int[capacity];
    previous = new int[capacity];
    ranks = new int[capacity];
    // A pair waits for each neighbourhood there is at first, and a merge takes one and adds two.
    heap = new long[Math.multiplyExact(2, capacity)];
  }

  /** Writes the ids of the chunk to {@code out} from {@code outAt} on and returns their number. */
  int merge(byte[] text, int from, int to, int[] out, int outAt) {
    int symbols = merges.symbols(text, from, to, ids);
    heapSize = 0;
    for (int i = 0; i < symbols; i++) {
      previous[i] = i - 1;
      next[i] = i + 1 < symbols ? i + 1 : MergeRule.NONE;
      offer(i);
    }
    while (heapSize > 0) {
      long best = poll();
      int left = (int) best;
      if (ranks[left] != (int) (best >>> 32)) {
        continue;
      }
      int right = next[left];
      ids[left] = merges.product(ranks[left]);
      ranks[right] = MergeRule.NONE;
      next[left] = next[right];
      if (next[left] != MergeRule.NONE) {
        previous[next[left]] = left;
      }
      offer(left);
      if (previous[left] != MergeRule.NONE) {
        offer(previous[left]);
      }
    }
    int count = 0;
    for (int i = 0; i != MergeRule.NONE; i = next[i]) {
      out[outAt + count++] = ids[i];
    }
    return count;
  }

  /** Notes whether and when a symbol and its next merge. */
  private void offer(int left) {
    int rank =
        next[left] == MergeRule.NONE ? MergeRule.NONE : merges.rank(ids[left], ids[next[left]]);
    ranks[left] = rank;
    if (rank == MergeRule.NONE) {
      return;
    }
    long entry = (long) rank << 32 | left;
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
