package dev.neostream.trainer.checkpoint;

import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tokenizer as metadata of a GGUF file: llama.cpp's {@code llama} model, which is SentencePiece's
 * byte-pair encoding. A score is the negative rank of a merge, so that the smallest id merges first
 * there too; a space is U+2581.
 *
 * <p>Every text has the ids that it has here, but for U+2581, which is read as a space, and for
 * user pieces that overlap in it, of which the longest is found first and not the leftmost. Where a
 * program lets a text hold control pieces, as chat programs do, {@code </s>} in it is that piece.
 *
 * <p>As in the other formats {@code </s>} both begins and ends a document, and no program adds it
 * by itself.
 */
final class GgufTokenizer {

  private static final String UNKNOWN = "<unk>";
  private static final char SPACE_MARK = '\u2581';

  // llama_token_type
  private static final int NORMAL = 1;
  private static final int UNKNOWN_TYPE = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int BYTE = 6;

  private GgufTokenizer() {}

  /**
   * @throws IllegalArgumentException if the format cannot hold the vocabulary: there is no {@code
   *     <unk>}, a piece holds U+2581, or two pieces have one text
   */
  static Map<String, Object> metadata(Tokenizer tokenizer) {
    Vocabulary vocabulary = tokenizer.vocabulary();
    List<Piece> pieces = vocabulary.pieces();
    List<String> tokens = new ArrayList<>();
    float[] scores = new float[pieces.size()];
    int[] types = new int[pieces.size()];
    Map<String, Integer> ids = new HashMap<>();
    int rank = 0;
    for (int id = 0; id < pieces.size(); id++) {
      Piece piece = pieces.get(id);
      Integer other = ids.put(piece.text(), id);
      if (other != null || piece.text().indexOf(SPACE_MARK) >= 0) {
        throw new IllegalArgumentException(
            "GGUF needs one id a text, and none with U+2581, which is a space there:"
                + " text=%s, id=%d, other=%s".formatted(piece.text(), id, other));
      }
      // User pieces are looked for in the text as it is, before spaces become marks.
      boolean plain = piece.kind() == Piece.Kind.USER;
      tokens.add(plain ? piece.text() : piece.text().replace(' ', SPACE_MARK));
      types[id] = type(piece);
      scores[id] = piece.kind() == Piece.Kind.LEARNED ? -rank++ : 0;
    }
    int end = vocabulary.endOfDocument();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("tokenizer.ggml.model", "llama");
    metadata.put("tokenizer.ggml.pre", "default");
    metadata.put("tokenizer.ggml.tokens", tokens);
    metadata.put("tokenizer.ggml.scores", scores);
    metadata.put("tokenizer.ggml.token_type", types);
    metadata.put("tokenizer.ggml.bos_token_id", end);
    metadata.put("tokenizer.ggml.eos_token_id", end);
    metadata.put("tokenizer.ggml.unknown_token_id", vocabulary.control(UNKNOWN));
    metadata.put("tokenizer.ggml.add_bos_token", false);
    metadata.put("tokenizer.ggml.add_eos_token", false);
    metadata.put("tokenizer.ggml.add_space_prefix", tokenizer.dummyPrefix());
    return metadata;
  }

  private static int type(Piece piece) {
    return switch (piece.kind()) {
      case LEARNED -> NORMAL;
      case CONTROL -> piece.text().equals(UNKNOWN) ? UNKNOWN_TYPE : CONTROL;
      case USER -> USER_DEFINED;
      case BYTE -> BYTE;
    };
  }
}
