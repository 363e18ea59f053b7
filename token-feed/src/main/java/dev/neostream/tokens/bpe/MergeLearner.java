package dev.neostream.tokens.bpe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The merge loop of BPE training with incremental pair counts.
 *
 * <p>Again and again the most frequent pair of neighbouring symbols becomes one symbol; ties go to
 * the shorter text, then to the smaller in code-point order, then to the older left symbol. A pair
 * counts at each of its places, overlapping ones too ("AAA" holds "AA" twice), and a pair whose
 * text is a piece already is passed over: both as SentencePiece 0.2.
 *
 * <p>All distinct chunks lie in one array of symbols, a 0 between them. A merged symbol stands at
 * both ends of its span and the two slots at its seam are blanked, so that the neighbours of a span
 * are found from the lengths alone, without links:
 *
 * <pre>
 *   0  t  h  e  0          merge (t, h)       0 th th  e  0
 *   0  t  h  e  0     then merge (th, e)      0 the _ the 0
 * </pre>
 *
 * <p>Counts of a pair only fall after the round that created it (a round creates all pairs of its
 * new symbol). Therefore an entry of the queue is never too small, and putting back one that is too
 * large when it comes up keeps the order exact.
 */
final class MergeLearner {

  private static final int SEPARATOR = 0;
  private static final int BLANK = -1;

  private static final Comparator<Pair> BEST_FIRST =
      Comparator.<Pair>comparingLong(pair -> -pair.queuedCount)
          .thenComparingInt(Pair::length)
          .thenComparing(Pair::compareText)
          .thenComparingInt(pair -> pair.left.id);

  private final ChunkRule rule;
  private final int maxPieceLength;
  private final List<Symbol> symbols = new ArrayList<>();
  private final int[] spans;
  private final long[] weights; // of the chunk a slot is in
  private final Set<String> texts = new HashSet<>();
  private final PriorityQueue<Pair> queue = new PriorityQueue<>(BEST_FIRST);
  private final List<Pair> created = new ArrayList<>();
  private Pair[] pairs = new Pair[1 << 16]; // open addressing, at most half full
  private int pairCount;

  MergeLearner(ChunkCounts chunks, int[] alphabet, ChunkRule rule, int maxPieceLength) {
    this.rule = rule;
    this.maxPieceLength = maxPieceLength;
    // A learned piece with such a text could not be told from the piece of that name in the files
    // of other programs.
    texts.addAll(List.of("<unk>", "<s>", "</s>"));
    for (int b = 0; b < 256; b++) {
      texts.add(String.format("<0x%02X>", b));
    }
    symbols.add(null);
    int[] symbolOf = new int[Character.MAX_CODE_POINT + 1];
    for (int c : alphabet) {
      symbolOf[c] = symbols.size();
      symbols.add(new Symbol(symbols.size(), new int[] {c}));
      texts.add(Character.toString(c));
    }
    int slots = slots(chunks);
    spans = new int[slots];
    weights = new long[slots];
    fill(chunks, symbolOf);
    for (int at = 1; at < slots; at++) {
      if (spans[at - 1] != SEPARATOR && spans[at] != SEPARATOR) {
        add(spans[at - 1], spans[at], at - 1);
      }
    }
    queueCreated();
  }

  /** Returns the texts of the next merges, in their order; fewer when no pair is left. */
  List<String> learn(int merges) {
    var learned = new ArrayList<String>();
    while (learned.size() < merges && !queue.isEmpty()) {
      Pair best = queue.poll();
      if (best.count < best.queuedCount) {
        enqueue(best);
        continue;
      }
      int[] text = best.text();
      if (texts.add(new String(text, 0, text.length))) {
        learned.add(new String(text, 0, text.length));
        merge(best, text);
        queueCreated();
      }
      best.places = null;
    }
    return learned;
  }

  /**
   * Returns a key that sorts characters as SentencePiece does, which writes a space as U+2581:
   * vocabularies of the two can then be compared piece by piece.
   */
  static int textOrder(int codePoint) {
    return codePoint == ' ' ? 0x2581 : codePoint;
  }

  private static int slots(ChunkCounts chunks) {
    long slots = 1;
    byte[] text = chunks.bytes();
    for (int chunk = 0; chunk < chunks.size(); chunk++) {
      for (int at = chunks.start(chunk); at < chunks.end(chunk); at++) {
        slots += (text[at] & 0xC0) == 0x80 ? 0 : 1;
      }
      slots++;
    }
    if (slots > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException(
          "distinct chunks must have fewer than 2^31 characters, train on a sample of the text:"
              + " characters="
              + slots);
    }
    return (int) slots;
  }

  private void fill(ChunkCounts chunks, int[] symbolOf) {
    byte[] text = chunks.bytes();
    int slot = 1;
    for (int chunk = 0; chunk < chunks.size(); chunk++) {
      for (int at = chunks.start(chunk); at < chunks.end(chunk); ) {
        int c = Utf8.codePointAt(text, at);
        spans[slot] = symbolOf[c]; // a separator when outside the alphabet
        weights[slot++] = chunks.count(chunk);
        at += Utf8.length(c);
      }
      slot++;
    }
  }

  private void merge(Pair best, int[] text) {
    Symbol left = best.left;
    Symbol right = best.right;
    var merged = new Symbol(symbols.size(), text);
    symbols.add(merged);
    for (int i = 0; i < best.placeCount; i++) {
      int at = best.places[i];
      int seam = at + left.length();
      if (spans[at] != left.id || spans[seam] != right.id) {
        continue; // merged otherwise since it was noted
      }
      int end = at + merged.length();
      int before = spans[at - 1];
      int after = spans[end];
      if (before != SEPARATOR) {
        remove(before, left.id, weights[at]);
        add(before, merged.id, at - symbols.get(before).length());
      }
      if (after != SEPARATOR) {
        remove(right.id, after, weights[at]);
        add(merged.id, after, at);
      }
      spans[seam - 1] = BLANK;
      spans[seam] = BLANK;
      spans[at] = merged.id;
      spans[end - 1] = merged.id;
    }
  }

  private void add(int left, int right, int at) {
    if (!joins(left, right)) {
      return;
    }
    int slot = slotOf(left, right);
    Pair pair = pairs[slot];
    if (pair == null) {
      pair = new Pair(symbols.get(left), symbols.get(right));
      pairs[slot] = pair;
      created.add(pair);
      if (2 * ++pairCount > pairs.length) {
        rehash();
      }
    }
    pair.add(at, weights[at]);
  }

  private void remove(int left, int right, long weight) {
    if (joins(left, right)) {
      pairs[slotOf(left, right)].count -= weight;
    }
  }

  /** Returns whether the two symbols may be one piece. */
  private boolean joins(int leftId, int rightId) {
    Symbol left = symbols.get(leftId);
    Symbol right = symbols.get(rightId);
    if (left.length() + right.length() > maxPieceLength) {
      return false;
    }
    if (left.whitespace || right.whitespace) {
      boolean spaceAndWord = left.length() == 1 && left.text[0] == ' ' && !right.opensWithSpace();
      return left.whitespace && (right.whitespace || spaceAndWord);
    }
    return !right.opensWithSpace()
        && (left.script == right.script
            || left.script == ChunkRule.ANY_SCRIPT
            || right.script == ChunkRule.ANY_SCRIPT);
  }

  private void queueCreated() {
    created.forEach(this::enqueue);
    created.clear();
  }

  private void enqueue(Pair pair) {
    pair.queuedCount = pair.count;
    if (pair.count > 0) {
      queue.add(pair);
    } else {
      pair.places = null;
    }
  }

  private int slotOf(int left, int right) {
    int mask = pairs.length - 1;
    int slot = (int) ((((long) left << 32 | right) * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    while (pairs[slot] != null && (pairs[slot].left.id != left || pairs[slot].right.id != right)) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void rehash() {
    Pair[] old = pairs;
    pairs = new Pair[2 * old.length];
    for (Pair pair : old) {
      if (pair != null) {
        pairs[slotOf(pair.left.id, pair.right.id)] = pair;
      }
    }
  }

  /** A piece as the loop sees it; ids count from 1. */
  private final class Symbol {
    final int id;
    final int[] text; // code points
    final boolean whitespace; // nothing else in it
    final int script;

    Symbol(int id, int[] text) {
      this.id = id;
      this.text = text;
      this.whitespace = Arrays.stream(text).allMatch(rule::isWhitespace);
      this.script =
          Arrays.stream(text)
              .map(rule::script)
              .filter(s -> s != ChunkRule.ANY_SCRIPT)
              .findFirst()
              .orElse(ChunkRule.ANY_SCRIPT);
    }

    int length() {
      return text.length;
    }

    boolean opensWithSpace() {
      return text[0] == ' ';
    }
  }

  /** Two neighbouring symbols, how often and where. */
  private static final class Pair {
    final Symbol left;
    final Symbol right;
    long count;
    long queuedCount; // the count that orders the queue; changed only outside it
    int[] places = new int[2]; // slots where left starts, stale ones among them
    int placeCount;

    Pair(Symbol left, Symbol right) {
      this.left = left;
      this.right = right;
    }

    void add(int at, long weight) {
      if (placeCount == places.length) {
        places = Arrays.copyOf(places, 2 * placeCount);
      }
      places[placeCount++] = at;
      count += weight;
    }

    int length() {
      return left.length() + right.length();
    }

    int codePoint(int i) {
      return i < left.length() ? left.text[i] : right.text[i - left.length()];
    }

    int[] text() {
      int[] text = Arrays.copyOf(left.text, length());
      System.arraycopy(right.text, 0, text, left.length(), right.length());
      return text;
    }

    /** Compares the texts of two pairs of equal length. */
    int compareText(Pair other) {
      for (int i = 0; i < length(); i++) {
        int order = Integer.compare(textOrder(codePoint(i)), textOrder(other.codePoint(i)));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    }
  }
}
