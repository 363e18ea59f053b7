package dev.neostream.tokens.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Writes {@code tokenizer.json} of byte-level tokenizers. */
final class ByteLevelJson {

  static final ObjectMapper JSON = new ObjectMapper();

  private ByteLevelJson() {}

  /**
   * Returns a file as GPT-2's: ids 0 to 255 are the bytes in their order, then what the merges
   * make, then the added tokens, none of them special.
   *
   * @param merges as {@code "Ġ a"}
   */
  static byte[] gpt2(List<String> merges, List<String> added) {
    return bytes(json(merges, added));
  }

  static ObjectNode json(List<String> merges, List<String> added) {
    ObjectNode json = JSON.createObjectNode();
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode tokens = json.putArray("added_tokens");
    json.putNull("normalizer");
    json.set("pre_tokenizer", byteLevel());
    json.set("post_processor", byteLevel());
    json.set("decoder", byteLevel());
    ObjectNode model = json.putObject("model");
    model.put("type", "BPE").putNull("dropout").putNull("unk_token");
    model.put("continuing_subword_prefix", "").put("end_of_word_suffix", "");
    model.put("fuse_unk", false);
    ObjectNode vocabulary = model.putObject("vocab");
    for (int b = 0; b < 256; b++) {
      vocabulary.put(character(b), b);
    }
    ArrayNode rules = model.putArray("merges");
    for (String merge : merges) {
      rules.add(merge);
      String piece = merge.replace(" ", "");
      if (!vocabulary.has(piece)) {
        vocabulary.put(piece, vocabulary.size());
      }
    }
    for (String text : added) {
      tokens.add(added(vocabulary.size() + tokens.size(), text));
    }
    return json;
  }

  static ObjectNode added(int id, String text) {
    ObjectNode token = JSON.createObjectNode().put("id", id).put("content", text);
    for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
      token.put(flag, false);
    }
    return token;
  }

  private static ObjectNode byteLevel() {
    return JSON.createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }

  /** GPT-2's character for a byte, counted as its definition does. */
  static String character(int b) {
    int others = 0;
    for (int i = 0; i <= b; i++) {
      boolean itself = i >= '!' && i <= '~' || i >= '¡' && i <= '¬' || i >= '®' && i <= 'ÿ';
      if (i == b) {
        return Character.toString(itself ? i : 256 + others);
      }
      others += itself ? 0 : 1;
    }
    throw new IllegalArgumentException("a byte must be 0 to 255: byte=" + b);
  }

  static byte[] bytes(ObjectNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
