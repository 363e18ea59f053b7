package dev.neostream.tokens.bpe;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lookup tables of a vocabulary: which two neighbouring pieces merge, and which two neighbouring
 * characters can ever be in one piece. Immutable.
 *
 * <p>Two pieces merge when their joined text is a piece, whichever pair training made it from; a
 * smaller id merges first.
 */
final class Merges implements MergeRule {

  // Stands for "left" in the key of a character.
  private static final int CHARACTER = -1;

  private static final int ADJACENCY_BITS = 20;

  private final Vocabulary vocabulary;

  private final PairTable ids = new PairTable(); // of a pair's joined text, and of a character
  private final long[] asciiAdjacency = new long[2 * 128]; // two words of 64 bits a left character
  private final long[] adjacency = new long[1 << ADJACENCY_BITS - 6]; // set of hashes

  Merges(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    List<String> pieces = vocabulary.learned();
    Map<String, Integer> idOf = new HashMap<>();
    for (int id : vocabulary.ids(Piece.Kind.LEARNED)) {
      idOf.put(vocabulary.piece(id), id);
    }
    idOf.forEach(this::put);
    for (String piece : pieces) {
      int previous = piece.codePointAt(0);
      for (int at = Character.charCount(previous); at < piece.length(); ) {
        Integer left = idOf.get(piece.substring(0, at));
        Integer right = idOf.get(piece.substring(at));
        if (left != null && right != null) {
          ids.put(left, right, idOf.get(piece));
        }
        int next = piece.codePointAt(at);
        allow(previous, next);
        previous = next;
        at += Character.charCount(next);
      }
    }
  }

  /** Writes the ids of the characters, of their bytes where the alphabet lacks one. */
  @Override
  public int symbols(byte[] text, int from, int to, int[] out) {
    int symbols = 0;
    for (int at = from; at < to; ) {
      int c = Utf8.codePointAt(text, at);
      int length = Utf8.length(c);
      int id = ids.get(CHARACTER, c);
      if (id != NONE) {
        out[symbols++] = id;
      } else {
        for (int i = 0; i < length; i++) {
          out[symbols++] = vocabulary.ofByte(text[at + i]);
        }
      }
      at += length;
    }
    return symbols;
  }

  /** Returns the id of the piece that two pieces make, or {@link #NONE}. */
  @Override
  public int rank(int left, int right) {
    return ids.get(left, right);
  }

  @Override
  public int product(int rank) {
    return rank;
  }

  @Override
  public int ofWord(byte[] text, int from, int to) {
    return NONE;
  }

  /**
   * Returns false only if no piece holds the two characters next to each other: text can be cut
   * there without a change of its ids. True may be wrong, outside ASCII, and only costs time.
   */
  boolean joins(int previous, int next) {
    if ((previous | next) < 128) {
      return (asciiAdjacency[2 * previous + (next >> 6)] >>> next & 1) != 0;
    }
    int bit = adjacencyBit(previous, next);
    return (adjacency[bit >>> 6] >>> bit & 1) != 0;
  }

  private void allow(int previous, int next) {
    if ((previous | next) < 128) {
      asciiAdjacency[2 * previous + (next >> 6)] |= 1L << next;
    } else {
      int bit = adjacencyBit(previous, next);
      adjacency[bit >>> 6] |= 1L << bit;
    }
  }

  private static int adjacencyBit(int previous, int next) {
    return (previous * 0x9E3779B1 + next) * 0x85EBCA6B >>> 32 - ADJACENCY_BITS;
  }

  private void put(String piece, int id) {
    int first = piece.codePointAt(0);
    if (Character.charCount(first) == piece.length()) {
      ids.put(CHARACTER, first, id);
    }
  }
}
