package dev.neostream.tokens.bpe;

import java.util.HashSet;
import java.util.List;

/**
 * The pieces of a tokenizer and their ids, see the package for the layout. Immutable.
 *
 * <p>Holds the learned pieces only; the others are the same in every vocabulary.
 */
public final class Vocabulary {

  /** Id of {@code <unk>}. */
  public static final int UNKNOWN = 0;

  /** Id of {@code <s>}. */
  public static final int BEGIN = 1;

  /** Id of {@code </s>}. */
  public static final int END = 2;

  /** Id of byte 0. */
  public static final int FIRST_BYTE = 3;

  /** Id of the first learned piece. */
  public static final int FIRST_LEARNED = FIRST_BYTE + 256;

  /** Code points a piece may have: room for any vocabulary in use, and a bound on hostile files. */
  public static final int MAX_PIECE_LENGTH = 128;

  private static final byte[] REPLACEMENT = Utf8.bytes("\uFFFD");
  private static final byte[] NOTHING = {};

  private final List<String> learned;
  private final byte[][] bytes;

  /**
   * @param learned texts of the learned pieces, the first has id {@link #FIRST_LEARNED}
   * @throws IllegalArgumentException if a piece is empty, longer than {@link #MAX_PIECE_LENGTH},
   *     not Unicode text or there twice, or if a character of a piece is not a piece
   */
  public Vocabulary(List<String> learned) {
    this.learned = List.copyOf(learned);
    bytes = new byte[FIRST_LEARNED + learned.size()][];
    bytes[UNKNOWN] = REPLACEMENT;
    bytes[BEGIN] = NOTHING;
    bytes[END] = NOTHING;
    for (int b = 0; b < 256; b++) {
      bytes[FIRST_BYTE + b] = new byte[] {(byte) b};
    }
    var texts = new HashSet<>(this.learned);
    var seen = new HashSet<String>();
    for (int i = 0; i < this.learned.size(); i++) {
      String piece = this.learned.get(i);
      int id = FIRST_LEARNED + i;
      if (piece.isEmpty()) {
        throw new IllegalArgumentException("a piece must not be empty: id=" + id);
      }
      if (!seen.add(piece)) {
        throw new IllegalArgumentException(
            "a piece must be there once: id=" + id + ", piece=" + piece);
      }
      bytes[id] = Utf8.bytes(piece);
      int length = piece.codePointCount(0, piece.length());
      if (length > MAX_PIECE_LENGTH) {
        throw new IllegalArgumentException(
            "a piece must have at most "
                + MAX_PIECE_LENGTH
                + " code points: id="
                + id
                + ", codePoints="
                + length);
      }
      for (int c : piece.codePoints().toArray()) {
        if (!texts.contains(Character.toString(c))) {
          throw new IllegalArgumentException(
              "every character of a piece must be a piece: id="
                  + id
                  + ", piece="
                  + piece
                  + ", character="
                  + Character.toString(c));
        }
      }
    }
  }

  /** Returns the number of ids. */
  public int size() {
    return bytes.length;
  }

  /** Returns the texts of the learned pieces in the order of their ids. */
  public List<String> learned() {
    return learned;
  }

  /**
   * Returns the piece as people write it: its text, or {@code <unk>}, {@code <s>}, {@code </s>},
   * {@code <0x0A>}.
   *
   * @throws IllegalArgumentException if the vocabulary has no such id
   */
  public String piece(int id) {
    check(id);
    return switch (id) {
      case UNKNOWN -> "<unk>";
      case BEGIN -> "<s>";
      case END -> "</s>";
      default ->
          id < FIRST_LEARNED
              ? String.format("<0x%02X>", id - FIRST_BYTE)
              : learned.get(id - FIRST_LEARNED);
    };
  }

  /** Returns the UTF-8 text of an id: none for {@code <s>} and {@code </s>}, U+FFFD for unknown. */
  byte[] bytes(int id) {
    check(id);
    return bytes[id];
  }

  private void check(int id) {
    if (id < 0 || id >= bytes.length) {
      throw new IllegalArgumentException(
          "id must be one of the vocabulary: id=" + id + ", vocabSize=" + bytes.length);
    }
  }
}
