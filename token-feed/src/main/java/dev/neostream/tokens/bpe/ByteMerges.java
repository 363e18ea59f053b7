package dev.neostream.tokens.bpe;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lookup tables of a byte-level vocabulary: which two neighbouring pieces merge, and which two
 * neighbouring characters can ever be in one piece. Immutable.
 */
final class ByteMerges implements MergeRule {

  private static final int JOIN_BITS = 20;

  private final ByteLevelVocabulary vocabulary;
  private final PairTable ranks = new PairTable();
  private final int[] products;
  private final Map<String, Integer> words = new HashMap<>(); // one character a byte
  private int longestWord;

  // Two sets of which neighbours stand in a piece: of hashes of characters that are whole in it,
  // and
  // of the bytes on both sides where one of the characters is not.
  private final long[] characters = new long[1 << JOIN_BITS - 6];
  private final long[] bytes = new long[1 << 16 - 6];

  ByteMerges(ByteLevelVocabulary vocabulary) {
    this.vocabulary = vocabulary;
    List<ByteLevelVocabulary.Merge> merges = vocabulary.merges();
    products = new int[merges.size()];
    for (int rank = 0; rank < products.length; rank++) {
      ranks.put(merges.get(rank).left(), merges.get(rank).right(), rank);
      products[rank] = vocabulary.product(rank);
    }
    for (int id = 0; id < vocabulary.size(); id++) {
      allow(vocabulary.learned(id));
    }
    if (vocabulary.ignoreMerges()) {
      findWords();
    }
  }

  /** Most pieces are what their merges make of them; only of the others a word must be known. */
  private void findWords() {
    Map<String, Integer> found = new HashMap<>();
    var merger = new ChunkMerger(this, ByteLevelVocabulary.MOST_BYTES);
    int[] ids = new int[ByteLevelVocabulary.MOST_BYTES];
    for (int id = 0; id < vocabulary.size(); id++) {
      byte[] piece = vocabulary.learned(id);
      if (piece.length > 0 && merger.merge(piece, 0, piece.length, ids, 0) > 1) {
        found.put(new String(piece, StandardCharsets.ISO_8859_1), id);
        longestWord = Math.max(longestWord, piece.length);
      }
    }
    words.putAll(found);
  }

  @Override
  public int symbols(byte[] text, int from, int to, int[] ids) {
    for (int at = from; at < to; at++) {
      ids[at - from] = vocabulary.ofByte(text[at]);
    }
    return to - from;
  }

  @Override
  public int rank(int left, int right) {
    return ranks.get(left, right);
  }

  @Override
  public int product(int rank) {
    return products[rank];
  }

  @Override
  public int ofWord(byte[] text, int from, int to) {
    return to - from > longestWord
        ? NONE
        : words.getOrDefault(new String(text, from, to - from, StandardCharsets.ISO_8859_1), NONE);
  }

  /**
   * Returns false only if no piece holds the two characters, or parts of both, next to each other:
   * a word can be cut there without a change of its ids. True may be wrong and only costs time.
   *
   * @param last last byte of the first character
   * @param first first byte of the second
   */
  boolean joins(int previous, int next, byte last, byte first) {
    return contains(bytes, bytePair(last, first)) || contains(characters, hash(previous, next));
  }

  private void allow(byte[] piece) {
    for (int at = 1; at < piece.length; at++) {
      if (isContinuation(piece[at])) {
        continue; // no border of characters
      }
      int before = at - 1;
      while (before > 0 && isContinuation(piece[before])) {
        before--;
      }
      int previous = character(piece, before);
      int next = character(piece, at);
      if (previous >= 0 && next >= 0 && before + Utf8.length(previous) == at) {
        add(characters, hash(previous, next));
      } else {
        add(bytes, bytePair(piece[at - 1], piece[at]));
      }
    }
  }

  /** Returns the character that starts at a byte, or -1 if it is not whole. */
  private static int character(byte[] piece, int at) {
    try {
      return Utf8.codePointAt(piece, at);
    } catch (IllegalArgumentException e) {
      return -1;
    }
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }

  private static int bytePair(byte last, byte first) {
    return (last & 0xFF) << 8 | first & 0xFF;
  }

  private static int hash(int previous, int next) {
    return (previous * 0x9E3779B1 + next) * 0x85EBCA6B >>> 32 - JOIN_BITS;
  }

  private static boolean contains(long[] set, int bit) {
    return (set[bit >>> 6] >>> bit & 1) != 0;
  }

  private static void add(long[] set, int bit) {
    set[bit >>> 6] |= 1L << bit;
  }
}
