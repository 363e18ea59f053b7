package dev.neostream.tokens.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.neostream.tokens.bpe.ByteLevelVocabulary;
import dev.neostream.tokens.bpe.TextCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code tokenizer.json}. What is large, the vocabulary and the merges, is read piece by
 * piece and counted; of the rest every field is known and small, or refused.
 */
final class HuggingFaceReader {

  /** Merges a file may have: several times the most in use. */
  private static final int MOST_MERGES = 1 << 21;

  /** Added tokens a file may have, likewise. */
  private static final int MOST_ADDED = 1 << 16;

  /** Bytes of any other field: a hundred times what the longest in use takes. */
  private static final int MOST_BYTES = 1 << 16;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  /** An added token, its fields named as the format does. */
  record Added(
      int id,
      String content,
      boolean single_word,
      boolean lstrip,
      boolean rstrip,
      boolean normalized,
      boolean special) {}

  /** Two pieces that merge, as the vocabulary writes them. */
  record Pair(String left, String right) {}

  private final byte[] file;
  private final JsonParser parser;

  // What the file says: fields of the top level and, as "model.name", of the model.
  private final Map<String, JsonNode> fields = new HashMap<>();
  private final Map<String, Integer> ids = new LinkedHashMap<>();
  private final List<Pair> merges = new ArrayList<>();
  private final List<Added> added = new ArrayList<>();

  private HuggingFaceReader(byte[] file) throws IOException {
    this.file = file;
    this.parser = JSON.createParser(file);
  }

  /**
   * Returns the tokenizer of a file.
   *
   * @throws IllegalArgumentException if it is damaged, too large, or cannot be held, saying why
   */
  static TextCodec read(byte[] file) {
    try {
      var reader = new HuggingFaceReader(file);
      reader.readFile();
      return reader.tokenizer();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "tokenizer.json must be the JSON of a tokenizer: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException("an array must be readable", e);
    }
  }

  private TextCodec tokenizer() {
    var json = new HuggingFaceFields(fields);
    json.require("model.type", "BPE");
    json.requireAbsent("truncation");
    json.requireAbsent("padding");
    json.requireAbsent("model.dropout");
    json.requireAbsent("model.continuing_subword_prefix");
    json.requireAbsent("model.end_of_word_suffix");
    require(ids.isEmpty() ? "none" : null, "model.vocab", "must have pieces");
    for (Added token : added) {
      require(
          token.single_word() ? token.content() : null,
          "added_tokens",
          "must not have single_word, which is not supported");
    }
    return json.isTrue("model.byte_fallback")
        ? new ByteFallbackFile(json, texts(), added, merges).tokenizer()
        : new ByteLevelFile(json, texts(), added, merges).tokenizer();
  }

  /**
   * Returns the text of every id: no id twice, none left out, added tokens where the library has
   * them.
   */
  private List<String> texts() {
    int size = ids.size();
    Map<String, Integer> all = new LinkedHashMap<>(ids);
    for (Added token : added) {
      // The library gives ids itself, in the order of the file, and does not look at the field.
      Integer id = all.get(token.content());
      if (id == null) {
        id = size++;
        all.put(token.content(), id);
      }
      require(
          id == token.id() ? null : token.id() + " of " + token.content(),
          "added_tokens.id",
          "must be the vocabulary's or the next, " + id);
    }
    String[] texts = new String[all.size()];
    all.forEach(
        (text, id) -> {
          require(
              id >= 0 && id < texts.length ? null : id + " of " + text,
              "model.vocab",
              "must have the ids 0 to " + (texts.length - 1) + ", none left out");
          require(
              texts[id] == null ? null : id + " of " + texts[id] + " and " + text,
              "model.vocab",
              "must have every id once");
          texts[id] = text;
        });
    return List.of(texts);
  }

  private void readFile() throws IOException {
    expect(parser.nextToken(), JsonToken.START_OBJECT, "the file");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case "model" -> readModel(value);
        case "added_tokens" -> readAdded(value);
        default -> fields.put(name, small(name));
      }
    }
    if (parser.nextToken() != null) {
      throw new IllegalArgumentException("tokenizer.json must be one object, more is behind it");
    }
  }

  private void readModel(JsonToken start) throws IOException {
    expect(start, JsonToken.START_OBJECT, "model");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case "vocab" -> readVocabulary(value);
        case "merges" -> readMerges(value);
        default -> fields.put("model." + name, small("model." + name));
      }
    }
  }

  private void readVocabulary(JsonToken start) throws IOException {
    // A unigram model has a list of pairs here.
    expect(start, JsonToken.START_OBJECT, "model.vocab");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String text = parser.currentName();
      expect(parser.nextToken(), JsonToken.VALUE_NUMBER_INT, "model.vocab." + text);
      ids.put(text, parser.getIntValue());
      most(ids.size(), ByteLevelVocabulary.MOST_PIECES, "model.vocab");
    }
  }

  private void readMerges(JsonToken start) throws IOException {
    expect(start, JsonToken.START_ARRAY, "model.merges");
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      merges.add(token == JsonToken.START_ARRAY ? pair() : pair(token));
      most(merges.size(), MOST_MERGES, "model.merges");
    }
  }

  private Pair pair() throws IOException {
    String rule = "a merge as a list";
    expect(parser.nextToken(), JsonToken.VALUE_STRING, rule);
    String left = parser.getText();
    expect(parser.nextToken(), JsonToken.VALUE_STRING, rule);
    String right = parser.getText();
    expect(parser.nextToken(), JsonToken.END_ARRAY, rule);
    return new Pair(left, right);
  }

  private Pair pair(JsonToken token) throws IOException {
    expect(token, JsonToken.VALUE_STRING, "a merge");
    String text = parser.getText();
    int space = text.indexOf(' ');
    require(
        space >= 0 && space == text.lastIndexOf(' ') ? null : text,
        "model.merges",
        "must be two pieces with a space between, or a list of two");
    return new Pair(text.substring(0, space), text.substring(space + 1));
  }

  private void readAdded(JsonToken start) throws IOException {
    if (start == JsonToken.VALUE_NULL) {
      return;
    }
    expect(start, JsonToken.START_ARRAY, "added_tokens");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      added.add(JSON.treeToValue(small("added_tokens"), Added.class));
      most(added.size(), MOST_ADDED, "added_tokens");
    }
  }

  /** Returns a value of few bytes; its depth is bounded by the parser. */
  private JsonNode small(String name) throws IOException {
    int from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    if (parser.currentToken().isScalarValue()) {
      parser.finishToken();
    }
    int to = (int) parser.currentLocation().getByteOffset();
    most(to - from, MOST_BYTES, "bytes of " + name);
    return JSON.readTree(file, from, to - from);
  }

  private static void expect(JsonToken token, JsonToken expected, String place) {
    if (token != expected) {
      throw new IllegalArgumentException(
          "tokenizer.json: "
              + place
              + " must be of the form of a BPE tokenizer, "
              + expected
              + ": is="
              + token);
    }
  }

  private static void most(int count, int most, String place) {
    require(count <= most ? null : "more", place, "must be at most " + most);
  }

  /**
   * @param wrong what is there where it may not be, else null
   */
  private static void require(String wrong, String field, String rule) {
    if (wrong != null) {
      throw HuggingFaceFields.refused(field, rule, wrong);
    }
  }
}
