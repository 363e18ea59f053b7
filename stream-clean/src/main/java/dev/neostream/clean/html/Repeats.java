package dev.neostream.clean.html;

/** Cuts the paragraphs that the main element has already: quotes, copies for small screens. */
final class Repeats {

  /** Shorter blocks may be labels and refrains. */
  private static final int PARAGRAPH = 80;

  /** Keys of the paragraphs so far: open addressing, half full at most; 0 is no key. */
  private long[] seen = new long[128];

  private int count;

  private Repeats() {}

  /** Cuts those of a main element. */
  static void cut(byte[] html, NodeTable nodes, BlockTable blocks, int main) {
    var repeats = new Repeats();
    boolean[] out = blocks.out;
    for (int i = main + 1; i < nodes.end[main]; ) {
      if (!out[i]
          && blocks.isBlock(i)
          && blocks.own[i] >= PARAGRAPH
          && blocks.own[i] == blocks.text[i]
          && nodes.tag[i] != Tags.PRE) {
        out[i] = !repeats.add(wordsOf(html, nodes, out, i));
      }
      i = out[i] ? nodes.end[i] : i + 1;
    }
  }

  /** Returns a hash of what is printed of an element. */
  private static long wordsOf(byte[] html, NodeTable nodes, boolean[] out, int node) {
    long key = Name.empty();
    for (int n = node; n < nodes.end[node]; n++) {
      if (nodes.tag[n] == Tags.TEXT && !out[n]) {
        for (int i = nodes.from[n]; i < nodes.to[n]; i++) {
          key = Name.isSpace(html[i]) ? key : Name.append(key, html[i]);
        }
      }
    }
    return key;
  }

  /** Returns false for a key that was added before. */
  private boolean add(long key) {
    if (2 * (count + 1) > seen.length) {
      long[] keys = seen;
      seen = new long[2 * keys.length];
      for (long old : keys) {
        seen[slot(old)] = old;
      }
    }
    int slot = slot(key);
    boolean added = seen[slot] != key;
    seen[slot] = key;
    count += added ? 1 : 0;
    return added;
  }

  /** Returns where a key is, or where it is to be put. */
  private int slot(long key) {
    int mask = seen.length - 1;
    int slot = (int) (key ^ key >>> 32) & mask;
    while (seen[slot] != 0 && seen[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }
}
