package dev.neostream.tokens.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.TextCodec;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tokenizer as the files that Hugging Face's libraries load, written and read; the package lists
 * them.
 */
public final class HuggingFaceTokenizer {

  /** What the file is called that says how text is encoded. */
  public static final String NAME = "tokenizer.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String UNKNOWN = "<unk>";

  private HuggingFaceTokenizer() {}

  /**
   * Returns the files by name.
   *
   * @param maxSequence longest sequence of the model, in tokens
   * @throws IllegalArgumentException if the format cannot give every text its ids: two pieces have
   *     one text, a control piece is a single character, or there are both a dummy prefix and user
   *     pieces
   */
  public static Map<String, byte[]> files(Tokenizer tokenizer, int maxSequence) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(NAME, bytes(tokenizer(tokenizer)));
    files.put("tokenizer_config.json", bytes(config(tokenizer, maxSequence)));
    files.put("special_tokens_map.json", bytes(specialTokens(tokenizer.vocabulary())));
    return files;
  }

  /**
   * Returns the tokenizer of a {@code tokenizer.json}: a {@link Tokenizer} of a byte-pair model
   * with byte fallback, a {@link dev.neostream.tokens.bpe.ByteLevelTokenizer} of a byte-level one.
   * Its ids are those of the library with {@code add_special_tokens=False} and {@code
   * encode_special_tokens}.
   *
   * @throws IllegalArgumentException if the file is damaged, or if it says anything that would not
   *     be reproduced, naming the field, its value and what is supported
   */
  public static TextCodec read(byte[] file) {
    return HuggingFaceReader.read(file);
  }

  private static Map<String, Object> tokenizer(Tokenizer tokenizer) {
    Vocabulary vocabulary = tokenizer.vocabulary();
    if (tokenizer.dummyPrefix() && vocabulary.ids(Piece.Kind.USER).length > 0) {
      // The library would put the prefix behind every user piece too.
      throw new IllegalArgumentException(
          "tokenizer.json cannot express both a dummy prefix and user pieces: userPieces="
              + vocabulary.ids(Piece.Kind.USER).length);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", "1.0");
    json.put("truncation", null);
    json.put("padding", null);
    json.put("added_tokens", addedTokens(vocabulary));
    json.put("normalizer", tokenizer.dummyPrefix() ? typed("Prepend", "prepend", " ") : null);
    json.put("pre_tokenizer", null);
    json.put("post_processor", null);
    json.put("decoder", decoder(tokenizer.dummyPrefix()));
    json.put("model", model(vocabulary));
    return json;
  }

  private static List<Object> addedTokens(Vocabulary vocabulary) {
    List<Object> tokens = new ArrayList<>();
    List<Piece> pieces = vocabulary.pieces();
    for (int id = 0; id < pieces.size(); id++) {
      Piece piece = pieces.get(id);
      if (piece.kind() == Piece.Kind.CONTROL || piece.kind() == Piece.Kind.USER) {
        Map<String, Object> token = new LinkedHashMap<>();
        token.put("id", id);
        token.put("content", piece.text());
        token.put("single_word", false);
        token.put("lstrip", false);
        token.put("rstrip", false);
        token.put("normalized", false);
        token.put("special", piece.kind() == Piece.Kind.CONTROL);
        tokens.add(token);
      }
    }
    return tokens;
  }

  private static Map<String, Object> decoder(boolean dummyPrefix) {
    List<Object> steps = new ArrayList<>(List.of(typed("ByteFallback"), typed("Fuse")));
    if (dummyPrefix) {
      steps.add(typed("Strip", "content", " ", "start", 1, "stop", 0));
    }
    return typed("Sequence", "decoders", steps);
  }

  private static Map<String, Object> model(Vocabulary vocabulary) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("type", "BPE");
    model.put("dropout", null);
    model.put("unk_token", hasUnknown(vocabulary) ? UNKNOWN : null);
    model.put("continuing_subword_prefix", null);
    model.put("end_of_word_suffix", null);
    model.put("fuse_unk", false);
    model.put("byte_fallback", true);
    model.put("ignore_merges", false);
    model.put("vocab", idsByText(vocabulary));
    model.put("merges", merges(vocabulary));
    return model;
  }

  private static Map<String, Integer> idsByText(Vocabulary vocabulary) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    List<Piece> pieces = vocabulary.pieces();
    for (int id = 0; id < pieces.size(); id++) {
      String text = pieces.get(id).text();
      Integer other = ids.put(text, id);
      if (other != null) {
        throw new IllegalArgumentException(
            "tokenizer.json needs one id a text: text=" + text + ", ids=" + other + " and " + id);
      }
      if (pieces.get(id).kind() == Piece.Kind.CONTROL
          && text.codePointCount(0, text.length()) == 1) {
        throw new IllegalArgumentException(
            "tokenizer.json would make this control piece from text, it must have two characters:"
                + " id="
                + id
                + ", text="
                + text);
      }
    }
    return ids;
  }

  /** All pairs of learned pieces whose joined text is a piece, by the id of that piece. */
  private static List<List<String>> merges(Vocabulary vocabulary) {
    Map<String, Integer> ids = new HashMap<>();
    for (int id : vocabulary.ids(Piece.Kind.LEARNED)) {
      ids.put(vocabulary.piece(id), id);
    }
    List<List<String>> merges = new ArrayList<>();
    for (String piece : vocabulary.learned()) {
      for (int at = 1; at < piece.length(); at++) {
        // Half a surrogate pair is no piece.
        String left = piece.substring(0, at);
        String right = piece.substring(at);
        if (ids.containsKey(left) && ids.containsKey(right)) {
          merges.add(List.of(left, right));
        }
      }
    }
    return merges;
  }

  private static Map<String, Object> config(Tokenizer tokenizer, int maxSequence) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    config.put("model_max_length", maxSequence);
    // Without it there are token types too, which Llama refuses.
    config.put("model_input_names", List.of("input_ids", "attention_mask"));
    config.putAll(specialTokens(tokenizer.vocabulary()));
    config.put("add_bos_token", false);
    config.put("add_eos_token", false);
    config.put("clean_up_tokenization_spaces", false);
    config.put("split_special_tokens", true);
    return config;
  }

  /** What ends a document also begins the next: nothing else stands there in training. */
  private static Map<String, Object> specialTokens(Vocabulary vocabulary) {
    String end = vocabulary.piece(vocabulary.endOfDocument());
    Map<String, Object> tokens = new LinkedHashMap<>();
    tokens.put("bos_token", end);
    tokens.put("eos_token", end);
    if (hasUnknown(vocabulary)) {
      tokens.put("unk_token", UNKNOWN);
    }
    return tokens;
  }

  private static boolean hasUnknown(Vocabulary vocabulary) {
    return vocabulary.pieces().contains(new Piece(Piece.Kind.CONTROL, UNKNOWN));
  }

  private static Map<String, Object> typed(String type, Object... entries) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("type", type);
    for (int i = 0; i < entries.length; i += 2) {
      object.put((String) entries[i], entries[i + 1]);
    }
    return object;
  }

  private static byte[] bytes(Object json) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
