package dev.neostream.tokens.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.neostream.tokens.bpe.AddedPiece;
import dev.neostream.tokens.bpe.ByteLevelTokenizer;
import dev.neostream.tokens.bpe.ByteLevelVocabulary;
import dev.neostream.tokens.bpe.TextCodec;
import dev.neostream.tokens.bpe.WordPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A byte-level tokenizer as {@code tokenizer.json} says it: pieces are written with one character
 * for every byte, {@code Ġ} for a space.
 */
final class ByteLevelFile {

  private static final byte[] NONE = {};

  private static final byte UNUSED = -1;

  private final HuggingFaceFields fields;
  private final List<String> texts;
  private final List<HuggingFaceReader.Added> added;
  private final List<HuggingFaceReader.Pair> merges;

  /**
   * @param texts of every id
   */
  ByteLevelFile(
      HuggingFaceFields fields,
      List<String> texts,
      List<HuggingFaceReader.Added> added,
      List<HuggingFaceReader.Pair> merges) {
    this.fields = fields;
    this.texts = texts;
    this.added = added;
    this.merges = merges;
  }

  TextCodec tokenizer() {
    JsonNode decoder = fields.get("decoder");
    fields.requireThat(
        decoder.path("type").asText().equals("ByteLevel"),
        "decoder",
        "must be ByteLevel where model.byte_fallback is not true");
    WordPattern pattern = pattern();
    boolean nfc = nfc();
    Set<String> controls = new HashSet<>();
    List<AddedPiece> pieces = new ArrayList<>();
    for (HuggingFaceReader.Added token : added) {
      if (token.special()) {
        controls.add(token.content());
      }
      pieces.add(
          new AddedPiece(
              token.id(),
              token.content(),
              token.special(),
              token.normalized(),
              token.lstrip(),
              token.rstrip()));
    }
    var vocabulary =
        new ByteLevelVocabulary(
            learned(controls), pieces, merges(), fields.isTrue("model.ignore_merges"));
    return new ByteLevelTokenizer(vocabulary, pattern, nfc);
  }

  private boolean nfc() {
    JsonNode normalizer = fields.get("normalizer");
    JsonNode steps = normalizer.path("normalizers");
    boolean empty =
        normalizer.path("type").asText().equals("Sequence") && steps.isArray() && steps.isEmpty();
    boolean nfc = normalizer.path("type").asText().equals("NFC");
    fields.requireThat(
        normalizer.isMissingNode() || empty || nfc, "normalizer", "must be null or NFC");
    return nfc;
  }

  /** A regular expression and then bytes, in one step or in two. */
  private WordPattern pattern() {
    JsonNode step = fields.get("pre_tokenizer");
    JsonNode steps = step.path("pretokenizers");
    String regex;
    if (isByteLevel(step, true)) {
      return WordPattern.GPT2;
    } else if (step.path("type").asText().equals("Sequence")
        && steps.size() == 2
        && steps.path(0).path("type").asText().equals("Split")
        && steps.path(0).path("behavior").asText().equals("Isolated")
        && !steps.path(0).path("invert").asBoolean()
        && isByteLevel(steps.path(1), false)) {
      regex = steps.path(0).path("pattern").path("Regex").asText();
    } else {
      regex = "";
    }
    fields.requireThat(
        WordPattern.of(regex).isPresent(),
        "pre_tokenizer",
        "must be ByteLevel without add_prefix_space, or a Sequence of Split (Isolated, Regex) and"
            + " ByteLevel without use_regex, the Regex one of "
            + WordPattern.known());
    return WordPattern.of(regex).orElseThrow();
  }

  private static boolean isByteLevel(JsonNode step, boolean useRegex) {
    return step.path("type").asText().equals("ByteLevel")
        && !step.path("add_prefix_space").asBoolean(true)
        && step.path("use_regex").asBoolean(true) == useRegex;
  }

  private List<byte[]> learned(Set<String> controls) {
    Set<String> addedTexts = new HashSet<>();
    added.forEach(token -> addedTexts.add(token.content()));
    List<byte[]> learned = new ArrayList<>(texts.size());
    for (String text : texts) {
      // A control piece is no text, whatever the model could make.
      byte[] bytes = controls.contains(text) ? NONE : bytes(text);
      if (bytes.length == 0 && !addedTexts.contains(text)) {
        throw HuggingFaceFields.refused(
            "model.vocab", "must be written in the characters for bytes, Ġ for a space", text);
      }
      learned.add(bytes);
    }
    return learned;
  }

  private List<ByteLevelVocabulary.Merge> merges() {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < texts.size(); id++) {
      ids.put(texts.get(id), id);
    }
    List<ByteLevelVocabulary.Merge> pairs = new ArrayList<>(merges.size());
    for (HuggingFaceReader.Pair pair : merges) {
      pairs.add(new ByteLevelVocabulary.Merge(id(ids, pair.left()), id(ids, pair.right())));
    }
    return pairs;
  }

  private static int id(Map<String, Integer> ids, String text) {
    Integer id = ids.get(text);
    if (id == null) {
      throw HuggingFaceFields.refused("model.merges", "must be of pieces of the vocabulary", text);
    }
    return id;
  }

  /** Returns the bytes that a piece is written for, none if it has a character for none. */
  private static byte[] bytes(String text) {
    byte[] bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = text.charAt(i);
      if (c >= BYTE_OF.length || BYTE_OF[c] == UNUSED && c != 0xFF) {
        return NONE;
      }
      bytes[i] = BYTE_OF[c];
    }
    return bytes;
  }

  // GPT-2's bytes_to_unicode: bytes that print are the characters of their number, the others
  // follow
  // each other from U+0100 on. No character but U+00FF is byte 0xFF.
  private static final byte[] BYTE_OF = new byte[0x100 + 68];

  static {
    Arrays.fill(BYTE_OF, UNUSED);
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean prints = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
      BYTE_OF[prints ? b : next++] = (byte) b;
    }
  }
}
