package dev.neostream.tokens.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.TextCodec;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A tokenizer of pieces of text with byte fallback, SentencePiece's kind, as {@code tokenizer.json}
 * says it: as {@link HuggingFaceTokenizer} writes it, or with U+2581 for a space as Llama 2's is.
 */
final class ByteFallbackFile {

  private static final char SPACE_MARK = '\u2581';

  private static final String UNKNOWN = "<unk>";

  /** Whether a space is written as the mark, and put before a text: by the normalizer's JSON. */
  private enum Spaces {
    PLAIN("null", false, false),
    PLAIN_PREFIXED("{'type':'Prepend','prepend':' '}", false, true),
    MARKED("{'type':'Replace','pattern':{'String':' '},'content':'\u2581'}", true, false),
    MARKED_PREFIXED(
        "{'type':'Sequence','normalizers':[{'type':'Prepend','prepend':'\u2581'},"
            + "{'type':'Replace','pattern':{'String':' '},'content':'\u2581'}]}",
        true,
        true);

    final JsonNode normalizer;
    final boolean marked;
    final boolean prefixed;

    Spaces(String normalizer, boolean marked, boolean prefixed) {
      try {
        this.normalizer = new ObjectMapper().readTree(normalizer.replace('\'', '"'));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
      this.marked = marked;
      this.prefixed = prefixed;
    }
  }

  private final HuggingFaceFields fields;
  private final List<String> texts;
  private final List<HuggingFaceReader.Added> added;
  private final List<HuggingFaceReader.Pair> merges;

  /**
   * @param texts of every id
   */
  ByteFallbackFile(
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
    fields.requireThat(
        fields.get("pre_tokenizer").isMissingNode(),
        "pre_tokenizer",
        "must be null where model.byte_fallback is true");
    fields.requireThat(
        !fields.isTrue("model.ignore_merges"),
        "model.ignore_merges",
        "must be false where model.byte_fallback is true");
    Spaces spaces = spaces();
    List<Piece> pieces = pieces(spaces);
    boolean users = pieces.stream().anyMatch(piece -> piece.kind() == Piece.Kind.USER);
    fields.requireThat(
        !users || !spaces.prefixed,
        "normalizer",
        "must not put a space before text where added tokens are not special");
    var vocabulary = new Vocabulary(pieces);
    requireMerges(vocabulary, spaces);
    return new Tokenizer(vocabulary, spaces.prefixed);
  }

  private Spaces spaces() {
    JsonNode normalizer = fields.get("normalizer");
    for (Spaces spaces : Spaces.values()) {
      if (spaces.normalizer.equals(normalizer)
          || spaces.normalizer.isNull() && normalizer.isMissingNode()) {
        return spaces;
      }
    }
    throw HuggingFaceFields.refused(
        "normalizer",
        "must be null, Prepend of a space, Replace of a space by U+2581, or both,"
            + " where model.byte_fallback is true",
        normalizer.toString());
  }

  private List<Piece> pieces(Spaces spaces) {
    Map<Integer, HuggingFaceReader.Added> addedById = new HashMap<>();
    for (HuggingFaceReader.Added token : added) {
      boolean plain =
          !token.lstrip() && !token.rstrip() && (!token.normalized() || token.special());
      if (!plain) {
        throw HuggingFaceFields.refused(
            "added_tokens",
            "must have neither lstrip, rstrip nor normalized where model.byte_fallback is true",
            token.content());
      }
      addedById.put(token.id(), token);
    }
    String unknown = fields.get("model.unk_token").asText(UNKNOWN);
    List<Piece> pieces = new ArrayList<>(texts.size());
    for (int id = 0; id < texts.size(); id++) {
      String text = texts.get(id);
      HuggingFaceReader.Added token = addedById.get(id);
      Piece.Kind kind;
      if (token != null) {
        kind = token.special() ? Piece.Kind.CONTROL : Piece.Kind.USER;
      } else if (text.equals(unknown)) {
        kind = Piece.Kind.CONTROL;
      } else if (text.matches("<0x[0-9A-F]{2}>")) {
        kind = Piece.Kind.BYTE;
      } else {
        kind = Piece.Kind.LEARNED;
      }
      pieces.add(new Piece(kind, kind == Piece.Kind.LEARNED ? plain(text, spaces) : text));
    }
    return pieces;
  }

  private static String plain(String text, Spaces spaces) {
    return spaces.marked ? text.replace(SPACE_MARK, ' ') : text;
  }

  /**
   * A {@link Tokenizer} merges whatever makes a piece, smaller ids first: the file must list just
   * these merges, in this order. The order of the pairs of one piece is its own.
   */
  private void requireMerges(Vocabulary vocabulary, Spaces spaces) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (int id : vocabulary.ids(Piece.Kind.LEARNED)) {
      ids.put(vocabulary.piece(id), id);
    }
    Set<HuggingFaceReader.Pair> listed = new HashSet<>();
    int before = -1;
    for (HuggingFaceReader.Pair pair : merges) {
      String left = plain(pair.left(), spaces);
      String right = plain(pair.right(), spaces);
      Integer product = ids.get(left + right);
      if (product == null || !ids.containsKey(left) || !ids.containsKey(right)) {
        throw HuggingFaceFields.refused(
            "model.merges", "must make learned pieces of learned pieces", pair.toString());
      }
      if (product < before) {
        throw HuggingFaceFields.refused(
            "model.merges",
            "must be in the order of the ids they make where model.byte_fallback is true",
            pair + " making " + product + " behind " + before);
      }
      before = product;
      if (!listed.add(new HuggingFaceReader.Pair(left, right))) {
        throw HuggingFaceFields.refused("model.merges", "must be there once", pair.toString());
      }
    }
    for (String piece : ids.keySet()) {
      for (int at = 1; at < piece.length(); at++) {
        var pair = new HuggingFaceReader.Pair(piece.substring(0, at), piece.substring(at));
        if (ids.containsKey(pair.left())
            && ids.containsKey(pair.right())
            && !listed.contains(pair)) {
          throw HuggingFaceFields.refused(
              "model.merges",
              "must have every pair that makes a piece where model.byte_fallback is true",
              "none of " + pair);
        }
      }
    }
  }
}
