package dev.neostream.tokens.bpe;

import java.util.Arrays;
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
final class Merges {

  static final int NONE = -1;

  // Stands for "left" in the key of a character.
  private static final int CHARACTER = -1;
  private static final long EMPTY = -1;

  private static final int ADJACENCY_BITS = 20;

  private final Vocabulary vocabulary;

  // The three change during construction only.
  private long[] keys = new long[1 << 12]; // left << 32 | right; open addressing, at most half full
  private int[] ids = new int[1 << 12];
  private int size;
  private final long[] asciiAdjacency = new long[2 * 128]; // two words of 64 bits a left character
  private final long[] adjacency = new long[1 << ADJACENCY_BITS - 6]; // set of hashes

  Merges(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    List<String> pieces = vocabulary.learned();
    Map<String, Integer> idOf = new HashMap<>();
    for (int id : vocabulary.ids(Piece.Kind.LEARNED)) {
      idOf.put(vocabulary.piece(id), id);
    }
    Arrays.fill(keys, EMPTY);
    idOf.forEach(this::put);
    for (String piece : pieces) {
      int previous = piece.codePointAt(0);
      for (int at = Character.charCount(previous); at < piece.length(); ) {
        Integer left = idOf.get(piece.substring(0, at));
        Integer right = idOf.get(piece.substring(at));
        if (left != null && right != null) {
          put(left, right, idOf.get(piece));
        }
        int next = piece.codePointAt(at);
        allow(previous, next);
        previous = next;
        at += Character.charCount(next);
      }
    }
  }

  /** Returns the id of a character, or {@link #NONE} if it is not in the alphabet. */
  int ofCharacter(int codePoint) {
    return get(CHARACTER, codePoint);
  }

  /** Returns the id of a byte. */
  int ofByte(byte b) {
    return vocabulary.ofByte(b);
  }

  /** Returns the id of the piece that two pieces make, or {@link #NONE}. */
  int of(int left, int right) {
    return get(left, right);
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
      put(CHARACTER, first, id);
    }
  }

  private void put(int left, int right, int id) {
    int slot = slotOf(left, right);
    keys[slot] = (long) left << 32 | right;
    ids[slot] = id;
    if (2 * ++size > keys.length) {
      rehash();
    }
  }

  private void rehash() {
    long[] oldKeys = keys;
    int[] oldIds = ids;
    keys = new long[2 * oldKeys.length];
    ids = new int[keys.length];
    Arrays.fill(keys, EMPTY);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != EMPTY) {
        int slot = slotOf((int) (oldKeys[i] >>> 32), (int) oldKeys[i]);
        keys[slot] = oldKeys[i];
        ids[slot] = oldIds[i];
      }
    }
  }

  private int get(int left, int right) {
    int slot = slotOf(left, right);
    return keys[slot] == EMPTY ? NONE : ids[slot];
  }

  private int slotOf(int left, int right) {
    long key = (long) left << 32 | right;
    int mask = keys.length - 1;
    int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 32) & mask;
    while (keys[slot] != key && keys[slot] != EMPTY) {
      slot = slot + 1 & mask;
    }
    return slot;
  }
}
