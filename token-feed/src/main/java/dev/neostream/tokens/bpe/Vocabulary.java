package dev.neostream.tokens.bpe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The pieces of a tokenizer, by id. Immutable.
 *
 * <p>Pieces may stand in any order, which for learned ones is the order of their merges. {@link
 * #ofLearned} is the layout that training makes, see the package; the constants are its ids.
 */
public final class Vocabulary {

  /** Id of {@code <unk>} in the layout that training makes. */
  public static final int UNKNOWN = 0;

  /** Id of {@code <s>}, likewise. */
  public static final int BEGIN = 1;

  /** Id of {@code </s>}, likewise. */
  public static final int END = 2;

  /** Id of byte 0, likewise. */
  public static final int FIRST_BYTE = 3;

  /** Id of the first learned piece, likewise. */
  public static final int FIRST_LEARNED = FIRST_BYTE + 256;

  /** Code points a piece may have: room for any vocabulary in use, and a bound on hostile files. */
  public static final int MAX_PIECE_LENGTH = 128;

  private static final String UNKNOWN_TEXT = "<unk>";
  private static final String BEGIN_TEXT = "<s>";
  private static final String END_TEXT = "</s>";

  private static final List<String> BYTE_TEXTS =
      IntStream.range(0, 256).mapToObj(b -> String.format("<0x%02X>", b)).toList();

  private static final byte[] REPLACEMENT = Utf8.bytes("\uFFFD");
  private static final byte[] NOTHING = {};

  private final List<Piece> pieces;
  private final byte[][] bytes;
  private final Map<Piece.Kind, int[]> ids = new EnumMap<>(Piece.Kind.class);
  private final Map<String, Integer> controls = new HashMap<>();
  private final int[] ofByte = new int[256];

  /**
   * @param pieces the one at index i has id i. All 256 byte pieces and {@code </s>} must be there;
   *     {@code <unk>} decodes to U+FFFD, other control pieces to nothing
   * @throws IllegalArgumentException if a piece is empty, longer than {@link #MAX_PIECE_LENGTH},
   *     not Unicode text or there twice (a control piece may look like a text), if a character of a
   *     learned piece is not a learned piece, or if a byte piece or {@code </s>} is missing
   */
  public Vocabulary(List<Piece> pieces) {
    this.pieces = List.copyOf(pieces);
    bytes = new byte[pieces.size()][];
    for (Piece.Kind kind : Piece.Kind.values()) {
      ids.put(kind, IntStream.range(0, pieces.size()).filter(id -> kind(id) == kind).toArray());
    }
    Arrays.fill(ofByte, -1);
    var learned = new HashSet<>(learned());
    var texts = new HashSet<String>();
    for (int id = 0; id < pieces.size(); id++) {
      String text = text(id);
      byte[] utf8 = Utf8.bytes(text);
      switch (kind(id)) {
        case CONTROL -> {
          requireOnce(controls.put(text, id) == null, id);
          bytes[id] = text.equals(UNKNOWN_TEXT) ? REPLACEMENT : NOTHING;
        }
        case BYTE -> {
          int b = byteOf(id);
          requireOnce(ofByte[b] < 0, id);
          ofByte[b] = id;
          bytes[id] = new byte[] {(byte) b};
        }
        case LEARNED -> {
          requireOnce(texts.add(text), id);
          bytes[id] = utf8;
          requireAlphabet(learned, id);
        }
        case USER -> {
          requireOnce(texts.add(text), id);
          bytes[id] = utf8;
        }
      }
    }
    for (int b = 0; b < 256; b++) {
      if (ofByte[b] < 0) {
        throw new IllegalArgumentException(
            "every byte must have a piece, so that any text has ids: missing=" + BYTE_TEXTS.get(b));
      }
    }
    control(END_TEXT);
  }

  /**
   * Returns the layout that training makes: {@code <unk>}, {@code <s>}, {@code </s>}, the bytes,
   * then the learned pieces, of which the first has id {@link #FIRST_LEARNED}.
   *
   * @throws IllegalArgumentException as the constructor
   */
  public static Vocabulary ofLearned(List<String> learned) {
    return new Vocabulary(layoutOfTraining(learned));
  }

  private static List<Piece> layoutOfTraining(List<String> learned) {
    var pieces = new ArrayList<Piece>(FIRST_LEARNED + learned.size());
    for (String control : List.of(UNKNOWN_TEXT, BEGIN_TEXT, END_TEXT)) {
      pieces.add(new Piece(Piece.Kind.CONTROL, control));
    }
    for (String text : BYTE_TEXTS) {
      pieces.add(new Piece(Piece.Kind.BYTE, text));
    }
    for (String text : learned) {
      pieces.add(new Piece(Piece.Kind.LEARNED, text));
    }
    return pieces;
  }

  /** Returns the number of ids. */
  public int size() {
    return pieces.size();
  }

  /** Returns all pieces in the order of their ids. */
  public List<Piece> pieces() {
    return pieces;
  }

  /** Returns the texts of the learned pieces in the order of their ids. */
  public List<String> learned() {
    return Arrays.stream(ids.get(Piece.Kind.LEARNED)).mapToObj(this::text).toList();
  }

  /** Returns the ids of a kind, ascending. */
  public int[] ids(Piece.Kind kind) {
    return ids.get(kind).clone();
  }

  /**
   * Returns the id of a control piece.
   *
   * @param text for example {@code </s>}
   * @throws IllegalArgumentException if the vocabulary has no such control piece
   */
  public int control(String text) {
    Integer id = controls.get(text);
    if (id == null) {
      throw new IllegalArgumentException(
          "the vocabulary must have this control piece: piece=" + text + ", has=" + names());
    }
    return id;
  }

  /** Returns the id that ends a document, {@code </s>}. */
  public int endOfDocument() {
    return control(END_TEXT);
  }

  /**
   * Returns the piece as people write it: its text, or {@code <unk>}, {@code <s>}, {@code </s>},
   * {@code <0x0A>}.
   *
   * @throws IllegalArgumentException if the vocabulary has no such id
   */
  public String piece(int id) {
    check(id);
    return text(id);
  }

  /** Whether these are the pieces of {@link #ofLearned} for some learned ones. */
  boolean isLayoutOfTraining() {
    return pieces.equals(layoutOfTraining(learned()));
  }

  /** Returns the UTF-8 text of an id: none for control pieces, U+FFFD for unknown. */
  byte[] bytes(int id) {
    check(id);
    return bytes[id];
  }

  /** Returns the id of a byte. */
  int ofByte(byte b) {
    return ofByte[b & 0xFF];
  }

  private Piece.Kind kind(int id) {
    return pieces.get(id).kind();
  }

  private String text(int id) {
    return pieces.get(id).text();
  }

  private List<String> names() {
    return Arrays.stream(ids.get(Piece.Kind.CONTROL)).mapToObj(this::text).toList();
  }

  private int byteOf(int id) {
    int b = BYTE_TEXTS.indexOf(text(id));
    if (b < 0) {
      throw new IllegalArgumentException(
          "a byte piece must be <0x00> .. <0xFF>: id=" + id + ", piece=" + text(id));
    }
    return b;
  }

  private void requireOnce(boolean first, int id) {
    if (text(id).isEmpty()) {
      throw new IllegalArgumentException("a piece must not be empty: id=" + id);
    }
    if (!first) {
      throw new IllegalArgumentException(
          "a piece must be there once: id=" + id + ", piece=" + text(id));
    }
    int length = text(id).codePointCount(0, text(id).length());
    if (length > MAX_PIECE_LENGTH) {
      throw new IllegalArgumentException(
          "a piece must have at most "
              + MAX_PIECE_LENGTH
              + " code points: id="
              + id
              + ", codePoints="
              + length);
    }
  }

  private void requireAlphabet(Set<String> learned, int id) {
    for (int c : text(id).codePoints().toArray()) {
      if (!learned.contains(Character.toString(c))) {
        throw new IllegalArgumentException(
            "every character of a piece must be a piece: id="
                + id
                + ", piece="
                + text(id)
                + ", character="
                + Character.toString(c));
      }
    }
  }

  private void check(int id) {
    if (id < 0 || id >= bytes.length) {
      throw new IllegalArgumentException(
          "id must be one of the vocabulary: id=" + id + ", vocabSize=" + bytes.length);
    }
  }
}
