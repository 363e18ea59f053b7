package dev.neostream.tokens.bpe;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pieces of a byte-level tokenizer, by id, and its merges. Every piece is bytes, which need not
 * be whole characters. Immutable.
 */
public final class ByteLevelVocabulary {

  /** Pieces there may be: four times the largest vocabulary in use. */
  public static final int MOST_PIECES = 1 << 20;

  /** Bytes a piece may have: several times the longest in use, and a bound on hostile files. */
  public static final int MOST_BYTES = 1024;

  /**
   * Two pieces that merge into the one of their joined bytes.
   *
   * @param left id of the first
   * @param right id of the second
   */
  public record Merge(int left, int right) {}

  private final List<Piece> pieces;
  private final byte[][] bytes;
  private final byte[][] learned;
  private final List<AddedPiece> added;
  private final List<Merge> merges;
  private final boolean ignoreMerges;
  private final int[] ofByte = new int[256];
  private final int[] products;

  /**
   * @param learned bytes of the piece of id i at index i; none where the id is only an added
   *     piece's. All 256 single bytes must be there, so that any text has ids
   * @param added texts that are found before anything is merged; each id has learned bytes or is
   *     here, or both
   * @param merges earliest first
   * @param ignoreMerges whether a word that is a learned piece is its id whatever the merges make
   *     of it, as Llama 3's file says
   * @throws IllegalArgumentException if a piece is there twice, too long or missing, or if a merge
   *     names what is no learned piece, makes none, or is there twice
   */
  public ByteLevelVocabulary(
      List<byte[]> learned, List<AddedPiece> added, List<Merge> merges, boolean ignoreMerges) {
    require(learned.size() <= MOST_PIECES, "at most " + MOST_PIECES + " pieces", learned.size());
    this.learned = learned.stream().map(byte[]::clone).toArray(byte[][]::new);
    this.added = List.copyOf(added);
    this.merges = List.copyOf(merges);
    this.ignoreMerges = ignoreMerges;
    this.bytes = this.learned.clone();
    this.pieces = new ArrayList<>();
    Map<String, Integer> ids = ids();
    for (int b = 0; b < 256; b++) {
      Integer id = ids.get(String.valueOf((char) b));
      require(
          id != null || !isOfText(b),
          "a piece for every byte of UTF-8, so that any text has ids",
          String.format("none for 0x%02X", b));
      ofByte[b] = id == null ? MergeRule.NONE : id;
    }
    for (byte[] piece : this.learned) {
      pieces.add(piece(piece));
    }
    putAdded();
    for (int id = 0; id < bytes.length; id++) {
      require(pieces.get(id) != null, "a piece for every id", "none for " + id);
    }
    products = products(ids);
  }

  /** The others are in no well-formed text, and GPT-NeoX has no pieces for them. */
  private static boolean isOfText(int b) {
    return b != 0xC0 && b != 0xC1 && b < 0xF5;
  }

  private static Piece piece(byte[] bytes) {
    if (bytes.length == 0) {
      return null; // an added piece takes its place
    }
    boolean partOfCharacter = bytes.length == 1 && bytes[0] < 0;
    return new Piece(partOfCharacter ? Piece.Kind.BYTE : Piece.Kind.LEARNED, readable(bytes));
  }

  /** The text, or where there is none its bytes as people write them. */
  private static String readable(byte[] bytes) {
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return text.toString();
    } catch (CharacterCodingException e) {
      var hex = new StringBuilder();
      for (byte b : bytes) {
        hex.append(b >= 0x20 && b < 0x7F ? (char) b : String.format("<0x%02X>", b & 0xFF));
      }
      return hex.toString();
    }
  }

  private Map<String, Integer> ids() {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < learned.length; id++) {
      if (learned[id].length > 0) {
        requireLength(learned[id].length, id);
        Integer other = ids.put(key(learned[id]), id);
        require(other == null, "a piece once", "ids " + other + " and " + id);
      }
    }
    return ids;
  }

  private void putAdded() {
    Set<String> texts = new HashSet<>();
    Set<Integer> ids = new HashSet<>();
    for (AddedPiece piece : added) {
      int id = piece.id();
      require(id >= 0 && id < learned.length, "added pieces of its own ids", id);
      require(ids.add(id), "one added piece an id", id);
      require(!piece.text().isEmpty(), "a text for every added piece", "none for " + id);
      require(texts.add(piece.text()), "an added piece once", piece.text());
      byte[] text = Utf8.bytes(piece.text());
      requireLength(text.length, id);
      require(
          !piece.control() || learned[id].length == 0,
          "control pieces that no merge makes",
          piece.text());
      bytes[id] = piece.control() ? new byte[0] : text;
      pieces.set(
          id, new Piece(piece.control() ? Piece.Kind.CONTROL : Piece.Kind.USER, piece.text()));
    }
  }

  private int[] products(Map<String, Integer> ids) {
    int[] made = new int[merges.size()];
    Set<Merge> seen = new HashSet<>();
    for (int rank = 0; rank < made.length; rank++) {
      Merge merge = merges.get(rank);
      requireLearned(merge.left(), rank);
      requireLearned(merge.right(), rank);
      require(seen.add(merge), "a merge once", text(merge));
      Integer product = ids.get(key(learned[merge.left()]) + key(learned[merge.right()]));
      require(
          product != null,
          "a learned piece for what a merge makes",
          text(merge) + ", rank=" + rank);
      made[rank] = product;
    }
    return made;
  }

  private void requireLearned(int id, int rank) {
    require(
        id >= 0 && id < learned.length && learned[id].length > 0,
        "merges of learned pieces only",
        "id " + id + " at rank " + rank);
  }

  private String text(Merge merge) {
    return readable(learned[merge.left()]) + " + " + readable(learned[merge.right()]);
  }

  private static void requireLength(int length, int id) {
    require(
        length <= MOST_BYTES,
        "pieces of at most " + MOST_BYTES + " bytes",
        length + " of id " + id);
  }

  private static void require(boolean holds, String rule, Object is) {
    if (!holds) {
      throw new IllegalArgumentException(
          "a byte-level vocabulary must have " + rule + ": is=" + is);
    }
  }

  /** One character a byte. */
  private static String key(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Returns the number of ids. */
  public int size() {
    return bytes.length;
  }

  /**
   * Returns all pieces in the order of their ids: the added ones, of kind control or user; single
   * bytes that are no character, of kind byte; and learned ones, with bytes that are no characters
   * written as {@code <0xE4>}.
   */
  public List<Piece> pieces() {
    return List.copyOf(pieces);
  }

  /** Returns the texts that are found before anything is merged. */
  public List<AddedPiece> added() {
    return added;
  }

  /** Returns the merges, earliest first. */
  public List<Merge> merges() {
    return merges;
  }

  /** Returns whether a word that is a learned piece is its id whatever the merges make of it. */
  public boolean ignoreMerges() {
    return ignoreMerges;
  }

  /** Returns the bytes that an id stands for: none for a control piece. Not a copy. */
  byte[] bytes(int id) {
    if (id < 0 || id >= bytes.length) {
      throw new IllegalArgumentException(
          "id must be one of the vocabulary: id=" + id + ", vocabSize=" + bytes.length);
    }
    return bytes[id];
  }

  /** Returns the bytes that merges make of an id, none if it is only an added piece. Not a copy. */
  byte[] learned(int id) {
    return learned[id];
  }

  int ofByte(byte b) {
    return ofByte[b & 0xFF];
  }

  /** Returns the id of the piece that the merge of a rank makes. */
  int product(int rank) {
    return products[rank];
  }
}
