package dev.neostream.tokens.format;

import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the byte-pair models of SentencePiece that keep every character: byte fallback, no
 * normalisation, white space as it is. Llama 2's and MAP-Neo's are of this kind. What changes text
 * before it is encoded, a unigram model, or merges in another order than that of the ids cannot be
 * held by a {@link Tokenizer} and is refused by name.
 */
final class SentencePieceReader {

  /** Pieces a model may have: four times the largest vocabulary in use. */
  private static final int MOST_PIECES = 1 << 20;

  private static final char SPACE_MARK = '\u2581';

  // Numbers of sentencepiece_model.proto: TrainerSpec.ModelType, SentencePiece.Type
  private static final int BPE = 2;
  private static final List<String> MODEL_TYPES = List.of("", "unigram", "BPE", "word", "char");

  private final List<Piece> pieces = new ArrayList<>();
  private float score = Float.POSITIVE_INFINITY;
  // What a model that does not say is, by the same file.
  private long modelType = 1;
  private boolean byteFallback;
  private boolean spaceBehind;
  private boolean dummyPrefix = true;
  private boolean trims = true;
  private boolean marksSpaces = true;
  private String normalizer = "nmt_nfkc";
  private int normalizerRules;

  private SentencePieceReader() {}

  /**
   * Returns the tokenizer of a file.
   *
   * @throws IllegalArgumentException if it is damaged or of another kind
   */
  static Tokenizer read(byte[] file) {
    var reader = new SentencePieceReader();
    var model = new ProtoReader(file);
    for (int field = model.next(); field != 0; field = model.next()) {
      switch (field) {
        case 1 -> reader.piece(model.message());
        case 2 -> reader.trainer(model.message());
        case 3 -> reader.normalizer(model.message());
        default -> {
          // Self-tests and a normalizer for decoding change no id.
        }
      }
    }
    reader.requireKind();
    return new Tokenizer(new Vocabulary(reader.pieces), reader.dummyPrefix);
  }

  private void piece(ProtoReader message) {
    int id = pieces.size();
    if (id == MOST_PIECES) {
      throw new IllegalArgumentException("a model must have at most " + MOST_PIECES + " pieces");
    }
    String text = "";
    float itsScore = 0;
    long type = 1;
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 1 -> text = message.text();
        case 2 -> itsScore = message.real();
        case 3 -> type = message.number();
        default -> {
          // None is defined.
        }
      }
    }
    Piece.Kind kind = kind(id, type);
    if (kind == Piece.Kind.LEARNED) {
      if (!(itsScore < score)) {
        throw new IllegalArgumentException(
            "merges must be in the order of ids, scores falling: id="
                + id
                + ", score="
                + itsScore
                + ", score before="
                + score);
      }
      score = itsScore;
    }
    boolean plain = kind == Piece.Kind.LEARNED || kind == Piece.Kind.USER;
    pieces.add(new Piece(kind, plain ? text.replace(SPACE_MARK, ' ') : text));
  }

  private static Piece.Kind kind(int id, long type) {
    return switch ((int) type) {
      case 1 -> Piece.Kind.LEARNED;
      // Unknown, control, and unused ones, which no text becomes either.
      case 2, 3, 5 -> Piece.Kind.CONTROL;
      case 4 -> Piece.Kind.USER;
      case 6 -> Piece.Kind.BYTE;
      default ->
          throw new IllegalArgumentException(
              "a piece's type must be 1 to 6: id=" + id + ", type=" + type);
    };
  }

  private void trainer(ProtoReader message) {
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 3 -> modelType = message.number();
        case 24 -> spaceBehind = message.number() != 0;
        case 35 -> byteFallback = message.number() != 0;
        default -> {
          // How it was trained.
        }
      }
    }
  }

  private void normalizer(ProtoReader message) {
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 1 -> normalizer = message.text();
        case 2 -> normalizerRules = message.size();
        case 3 -> dummyPrefix = message.number() != 0;
        case 4 -> trims = message.number() != 0;
        case 5 -> marksSpaces = message.number() != 0;
        default -> {
          // Rules as text, of which field 2 is the compiled form.
        }
      }
    }
  }

  private void requireKind() {
    require(
        modelType == BPE,
        "model_type must be BPE",
        modelType > 0 && modelType < MODEL_TYPES.size()
            ? MODEL_TYPES.get((int) modelType)
            : Long.toString(modelType));
    require(byteFallback, "byte_fallback must be on, so that any text has ids", "off");
    require(normalizerRules == 0, "the normalizer must be identity", normalizer);
    require(!trims, "remove_extra_whitespaces must be off", "on");
    require(marksSpaces, "escape_whitespaces must be on", "off");
    require(!spaceBehind, "treat_whitespace_as_suffix must be off", "on");
  }

  private static void require(boolean holds, String rule, String is) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ": is=" + is);
    }
  }
}
