package dev.neostream.tokens.format;

import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A tokenizer as SentencePiece's {@code tokenizer.model}; the package describes it. Fields and
 * numbers are those of {@code sentencepiece_model.proto}.
 */
public final class SentencePieceModel {

  /** What such a file is called beside a model. */
  public static final String NAME = "tokenizer.model";

  private static final String UNKNOWN = "<unk>";
  private static final char SPACE_MARK = '\u2581';

  // ModelProto.SentencePiece.Type
  private static final int NORMAL = 1;
  private static final int UNKNOWN_TYPE = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int BYTE = 6;

  private SentencePieceModel() {}

  /**
   * Returns the file's bytes.
   *
   * @throws IllegalArgumentException if the format cannot hold the vocabulary: there is no {@code
   *     <unk>}, a piece holds U+2581, which there means a space, or two pieces have one text
   */
  public static byte[] bytes(Tokenizer tokenizer) {
    Vocabulary vocabulary = tokenizer.vocabulary();
    vocabulary.control(UNKNOWN);
    var model = new Message();
    Map<String, Integer> ids = new HashMap<>();
    float score = 0;
    List<Piece> pieces = vocabulary.pieces();
    for (int id = 0; id < pieces.size(); id++) {
      Piece piece = pieces.get(id);
      Integer other = ids.put(piece.text(), id);
      if (other != null) {
        throw new IllegalArgumentException(
            "tokenizer.model needs one id a text: text="
                + piece.text()
                + ", ids="
                + other
                + " and "
                + id);
      }
      if (piece.text().indexOf(SPACE_MARK) >= 0) {
        throw new IllegalArgumentException(
            "tokenizer.model writes a space as U+2581, no piece may hold it: id="
                + id
                + ", text="
                + piece.text());
      }
      var entry =
          new Message()
              .put(1, piece.text().replace(' ', SPACE_MARK))
              // The higher merges first.
              .put(2, piece.kind() == Piece.Kind.LEARNED ? score-- : 0f)
              .put(3, type(piece));
      model.put(1, entry);
    }
    return model.put(2, trainer(vocabulary)).put(3, normalizer(tokenizer)).bytes();
  }

  /**
   * Returns the tokenizer of a file: of a byte-pair model that changes nothing of a text before it
   * encodes it.
   *
   * @throws IllegalArgumentException if the file is damaged or of another kind, saying which
   */
  public static Tokenizer read(byte[] file) {
    return SentencePieceReader.read(file);
  }

  private static int type(Piece piece) {
    return switch (piece.kind()) {
      case LEARNED -> NORMAL;
      case CONTROL -> piece.text().equals(UNKNOWN) ? UNKNOWN_TYPE : CONTROL;
      case USER -> USER_DEFINED;
      case BYTE -> BYTE;
    };
  }

  /** TrainerSpec, as far as it says how to encode and decode. */
  private static Message trainer(Vocabulary vocabulary) {
    String end = vocabulary.piece(vocabulary.endOfDocument());
    return new Message()
        .put(3, 2) // model_type = BPE
        .put(4, vocabulary.size())
        .put(35, 1) // byte_fallback
        .put(40, vocabulary.control(UNKNOWN))
        .put(41, vocabulary.endOfDocument()) // bos_id, as in tokenizer_config.json
        .put(42, vocabulary.endOfDocument())
        .put(43, -1) // no padding
        .put(44, "\uFFFD") // what <unk> decodes to
        .put(45, UNKNOWN)
        .put(46, end)
        .put(47, end);
  }

  /** NormalizerSpec: none but for the prefix, and a space is written as the mark. */
  private static Message normalizer(Tokenizer tokenizer) {
    return new Message()
        .put(1, "identity")
        .put(3, tokenizer.dummyPrefix() ? 1 : 0)
        .put(4, 0) // remove_extra_whitespaces
        .put(5, 1); // escape_whitespaces
  }

  /** A Protocol Buffers message being written: fields in the order they are put. */
  private static final class Message {

    private static final int VARINT = 0;
    private static final int LENGTH = 2;
    private static final int FIXED_32 = 5;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message put(int field, long value) {
      varint(field << 3 | VARINT);
      varint(value);
      return this;
    }

    Message put(int field, float value) {
      varint(field << 3 | FIXED_32);
      bytes.writeBytes(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
      return this;
    }

    Message put(int field, String text) {
      return put(field, text.getBytes(StandardCharsets.UTF_8));
    }

    Message put(int field, Message message) {
      return put(field, message.bytes());
    }

    private Message put(int field, byte[] value) {
      varint(field << 3 | LENGTH);
      varint(value.length);
      bytes.writeBytes(value);
      return this;
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }

    /** Seven bits a byte, lowest first; a negative number takes ten bytes. */
    private void varint(long value) {
      while ((value & ~0x7FL) != 0) {
        bytes.write((int) (value & 0x7F | 0x80));
        value >>>= 7;
      }
      bytes.write((int) value);
    }
  }
}
