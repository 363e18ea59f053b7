package dev.neostream.tokens.format;

import static dev.neostream.tokens.format.ByteLevelJson.JSON;
import static dev.neostream.tokens.format.ByteLevelJson.added;
import static dev.neostream.tokens.format.ByteLevelJson.bytes;
import static dev.neostream.tokens.format.ByteLevelJson.character;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.tokens.bpe.BpeConfig;
import dev.neostream.tokens.bpe.BpeTrainer;
import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.RandomText;
import dev.neostream.tokens.bpe.TextCodec;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import dev.neostream.tokens.bpe.WordPattern;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of ours and of others, read here and by Hugging Face's own library. */
class HuggingFaceReaderTest {

  private static final List<String> MERGES =
      List.of(
          "t h", "Ġ t", "Ġt h", "th e", "Ġth e", "Ġ th", "Ġ Ġ", "ĠĠ ĠĠ", "Ċ Ċ", "ä ¸", "ä¸ Ń",
          "Ń å", "1 2", "12 3", "' s", "e Ì", "! Ċ");

  @TempDir Path folder;

  private static ObjectNode withSplit(String regex) {
    ObjectNode json = ByteLevelJson.json(MERGES, List.of("   ", "中国"));
    ObjectNode sequence = json.putObject("pre_tokenizer").put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    steps
        .addObject()
        .put("type", "Split")
        .put("behavior", "Isolated")
        .put("invert", false)
        .putObject("pattern")
        .put("Regex", regex);
    steps
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", false);
    return json;
  }

  private ai.djl.huggingface.tokenizers.HuggingFaceTokenizer peer(byte[] json) throws IOException {
    Path file = Files.write(folder.resolve("peer.json"), json);
    return ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.newInstance(
        file, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
  }

  private void assertSameIds(byte[] json) throws IOException {
    TextCodec read = HuggingFaceTokenizer.read(json);
    var random = new Random(11);
    try (var peer = peer(json)) {
      for (int i = 0; i < 10_000; i++) {
        String text =
            i % 2 == 0
                ? RandomText.common(random, random.nextInt(60))
                : pieces(random, 1 + random.nextInt(12));
        assertArrayEquals(
            peer.encode(text, false, false).getIds(),
            Arrays.stream(read.encode(text)).asLongStream().toArray(),
            text);
      }
    }
  }

  private static String pieces(Random random, int count) {
    List<String> pieces =
        List.of(
            "the", " the", "  ", " ", "\n", "\r\n", "中", "中国", "123", "it's", "'S", "é", "e\u0301",
            "!", "<r>", "<l>", "x");
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.toString();
  }

  @Test
  void shouldGiveTheIdsOfTheLibraryForEveryPattern() throws IOException {
    assertSameIds(ByteLevelJson.gpt2(MERGES, List.of("  ", "   ", "中国")));
    for (WordPattern pattern : WordPattern.values()) {
      assertSameIds(bytes(withSplit(pattern.regex())));
    }
  }

  @Test
  void shouldGiveTheIdsOfTheLibraryForNormalisedTextAndStrippingTokens() throws IOException {
    ObjectNode json = ByteLevelJson.json(MERGES, List.of("   "));
    json.putObject("normalizer").put("type", "NFC");
    int next = 256 + MERGES.size() - 1; // two merges make one piece
    assertEquals(next, json.at("/model/vocab").size());
    ArrayNode tokens = (ArrayNode) json.get("added_tokens");
    tokens.add(added(next + 1, "<l>").put("lstrip", true));
    tokens.add(added(next + 2, "<r>").put("rstrip", true));
    tokens.add(added(next + 3, "e\u0301").put("normalized", true));

    assertSameIds(bytes(json));
  }

  @Test
  void shouldGiveTheIdsOfTheLibraryWhereMergesAreIgnored() throws IOException {
    ObjectNode json = ByteLevelJson.json(MERGES, List.of("  "));
    ObjectNode model = (ObjectNode) json.get("model");
    model.put("ignore_merges", true);
    ((ArrayNode) json.get("added_tokens")).removeAll();
    ObjectNode vocabulary = (ObjectNode) model.get("vocab");
    for (String word : List.of("ä¸Ńä¸Ń", "x", "xx", "Ġit", "ĠĠĠ")) {
      if (!vocabulary.has(word)) {
        vocabulary.put(word, vocabulary.size());
      }
    }

    assertSameIds(bytes(json));
    int[] ids = HuggingFaceTokenizer.read(bytes(json)).encode("中中");
    assertArrayEquals(new int[] {vocabulary.get("ä¸Ńä¸Ń").asInt()}, ids);
  }

  @Test
  void shouldReadMergesAsTextAndAsPairs() {
    ObjectNode json = ByteLevelJson.json(MERGES, List.of());
    ArrayNode pairs = JSON.createArrayNode();
    for (String merge : MERGES) {
      pairs.addArray().add(merge.split(" ")[0]).add(merge.split(" ")[1]);
    }
    String fingerprint = HuggingFaceTokenizer.read(bytes(json)).fingerprint();

    ((ObjectNode) json.get("model")).set("merges", pairs);

    assertEquals(fingerprint, HuggingFaceTokenizer.read(bytes(json)).fingerprint());
  }

  @Test
  void shouldNeverMakeASpecialTokenOfText() {
    ObjectNode json = ByteLevelJson.json(MERGES, List.of("<|end|>"));
    ((ObjectNode) json.at("/added_tokens/0")).put("special", true);
    int end = json.at("/added_tokens/0/id").asInt();

    TextCodec read = HuggingFaceTokenizer.read(bytes(json));

    assertEquals(new Piece(Piece.Kind.CONTROL, "<|end|>"), read.pieces().get(end));
    assertEquals(7, read.encode("<|end|>").length);
    assertEquals("", read.decode(new int[] {end}));
    // Also where the model's vocabulary has it, as GPT-NeoX's has.
    ObjectNode vocabulary = (ObjectNode) json.at("/model/vocab");
    vocabulary.put("<|end|>", end);
    ((ObjectNode) json.get("model")).put("ignore_merges", true);
    assertEquals(7, HuggingFaceTokenizer.read(bytes(json)).encode("<|end|>").length);
  }

  @Test
  void shouldReadWhatIsExported() throws IOException {
    String text = "class A {\n        int x = 12;\n\treturn the text;\n}\n中国人民的中国文化。 ".repeat(3);
    for (BpeConfig config : List.of(BpeConfig.standard(), BpeConfig.published())) {
      Tokenizer written = BpeTrainer.train(config.withVocabSize(400), List.of(text));

      TextCodec read = HuggingFaceTokenizer.read(json(written));

      assertEquals(written.fingerprint(), read.fingerprint());
    }
    List<Piece> pieces =
        new ArrayList<>(Vocabulary.ofLearned(List.of("ab", "abc", "bc", "a", "b", "c")).pieces());
    pieces.add(100, new Piece(Piece.Kind.CONTROL, "<turn>"));
    pieces.add(new Piece(Piece.Kind.USER, "<code>"));
    var written = new Tokenizer(new Vocabulary(pieces), false);
    assertEquals(written.fingerprint(), HuggingFaceTokenizer.read(json(written)).fingerprint());
  }

  private static byte[] json(Tokenizer tokenizer) {
    return HuggingFaceTokenizer.files(tokenizer, 512).get("tokenizer.json");
  }

  private static ObjectNode exported(boolean dummyPrefix) throws IOException {
    var tokenizer =
        new Tokenizer(
            Vocabulary.ofLearned(List.of(" a", "ab", " ab", " ", "a", "b", "中")), dummyPrefix);
    return (ObjectNode) JSON.readTree(json(tokenizer));
  }

  /** The same with U+2581 for a space, as Llama 2's file is. */
  @Test
  void shouldReadMarkedSpaces() throws IOException {
    for (boolean prefixed : new boolean[] {false, true}) {
      String fingerprint = HuggingFaceTokenizer.read(bytes(exported(prefixed))).fingerprint();
      ObjectNode json = exported(prefixed);
      ObjectNode vocabulary = JSON.createObjectNode();
      json.at("/model/vocab")
          .properties()
          .forEach(piece -> vocabulary.set(piece.getKey().replace(' ', '▁'), piece.getValue()));
      ArrayNode merges = JSON.createArrayNode();
      for (var merge : json.at("/model/merges")) {
        merges.add(
            (merge.get(0).asText() + "\u0000" + merge.get(1).asText())
                .replace(' ', '▁')
                .replace('\u0000', ' '));
      }
      ObjectNode model = (ObjectNode) json.get("model");
      model.set("vocab", vocabulary);
      model.set("merges", merges);
      ObjectNode replace = JSON.createObjectNode().put("type", "Replace").put("content", "▁");
      replace.putObject("pattern").put("String", " ");
      if (prefixed) {
        ArrayNode steps =
            json.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
        steps.addObject().put("type", "Prepend").put("prepend", "▁");
        steps.add(replace);
      } else {
        json.set("normalizer", replace);
      }

      assertEquals(fingerprint, HuggingFaceTokenizer.read(bytes(json)).fingerprint());
    }
  }

  private static void assertRefused(String message, byte[] json) {
    var e = assertThrows(IllegalArgumentException.class, () -> HuggingFaceTokenizer.read(json));

    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  private static void assertRefused(String message, Consumer<ObjectNode> change) {
    ObjectNode json = ByteLevelJson.json(MERGES, List.of("   "));
    change.accept(json);
    assertRefused(message, bytes(json));
  }

  private static ObjectNode model(ObjectNode json) {
    return (ObjectNode) json.get("model");
  }

  private static ObjectNode token(ObjectNode json) {
    return (ObjectNode) json.at("/added_tokens/0");
  }

  private static ArrayNode merges(ObjectNode json) {
    return (ArrayNode) json.at("/model/merges");
  }

  private static ObjectNode vocabulary(ObjectNode json) {
    return (ObjectNode) json.at("/model/vocab");
  }

  @Test
  void shouldNameTheFieldThatCannotBeReproduced() {
    assertRefused(
        "tokenizer.json: model.type must be BPE: is=\"WordPiece\"",
        json -> model(json).put("type", "WordPiece"));
    assertRefused("model.dropout must be null: is=0.1", json -> model(json).put("dropout", 0.1));
    assertRefused(
        "model.end_of_word_suffix must be null: is=\"</w>\"",
        json -> model(json).put("end_of_word_suffix", "</w>"));
    assertRefused(
        "model.continuing_subword_prefix must be null: is=\"##\"",
        json -> model(json).put("continuing_subword_prefix", "##"));
    assertRefused(
        "model.ignore_merges must be true or false: is=1",
        json -> model(json).put("ignore_merges", 1));
    assertRefused(
        "truncation must be null: is={\"max_length\":512}",
        json -> json.putObject("truncation").put("max_length", 512));
    assertRefused("padding must be null: is={}", json -> json.putObject("padding"));
    assertRefused(
        "normalizer must be null or NFC: is={\"type\":\"NFKC\"}",
        json -> json.putObject("normalizer").put("type", "NFKC"));
    assertRefused(
        "decoder must be ByteLevel where model.byte_fallback is not true: is=null",
        json -> json.putNull("decoder"));
    assertRefused(
        "added_tokens must not have single_word, which is not supported: is=   ",
        json -> token(json).put("single_word", true));
    assertRefused(
        "tokenizer.json: pre_tokenizer must be ByteLevel without add_prefix_space",
        json -> ((ObjectNode) json.get("pre_tokenizer")).put("add_prefix_space", true));
    assertRefused(
        "is={\"type\":\"Whitespace\"}",
        json -> json.putObject("pre_tokenizer").put("type", "Whitespace"));
    assertRefused("CL100K = (?i:'s|", bytes(withSplit("(a+)+b")));
    assertRefused("pre_tokenizer must be", json -> json.putNull("pre_tokenizer"));
    ObjectNode removed = withSplit(WordPattern.CL100K.regex());
    ((ObjectNode) removed.at("/pre_tokenizer/pretokenizers/0")).put("behavior", "Removed");
    assertRefused("\"behavior\":\"Removed\"", bytes(removed));
  }

  @Test
  void shouldNameWhatContradictsItself() {
    assertRefused(
        "model.merges must be of pieces of the vocabulary: is=q7",
        json -> merges(json).add("q7 t"));
    assertRefused(
        "must have a learned piece for what a merge makes: is=q + t",
        json -> merges(json).add("q t"));
    assertRefused("must have a merge once: is=t + h", json -> merges(json).add("t h"));
    for (String merge : List.of("th", "t  h", "", "t h e")) {
      assertRefused(
          "model.merges must be two pieces with a space between, or a list of two: is=" + merge,
          json -> merges(json).add(merge));
    }
    assertRefused("a merge as a list", json -> merges(json).addArray().add("t"));
    assertRefused("a merge as a list", json -> merges(json).addArray().add("t").add("h").add("e"));
    assertRefused("a merge must be", json -> merges(json).add(5));
    assertRefused(
        "model.vocab must have the ids 0 to 272, none left out: is=2147483647 of q7",
        json -> {
          vocabulary(json).put("q7", Integer.MAX_VALUE);
          ((ArrayNode) json.get("added_tokens")).removeAll();
        });
    assertRefused("model.vocab must have the ids", json -> vocabulary(json).put("t", -1));
    assertRefused(
        "model.vocab must have every id once: is=104 of h and t",
        json -> vocabulary(json).put("t", (int) 'h'));
    assertRefused("model.vocab.t must be", json -> vocabulary(json).put("t", 1.5));
    assertRefused(
        "added_tokens.id must be the vocabulary's or the next, 272: is=273 of    ",
        json -> token(json).put("id", 273));
    assertRefused(
        "model.vocab must be written in the characters for bytes, Ġ for a space: is=中",
        json -> {
          vocabulary(json).put("中", 272);
          token(json).put("id", 273);
        });
    assertRefused(
        "must have a piece for every byte of UTF-8",
        json -> {
          vocabulary(json).remove(character('q'));
          vocabulary(json).put("q7", (int) 'q');
        });
    assertRefused("model.vocab must have pieces", json -> model(json).putObject("vocab"));
    assertRefused("model.vocab must be of the form", json -> model(json).putArray("vocab"));
    assertRefused("content", json -> token(json).remove("content"));
    assertRefused("unknown", json -> token(json).put("unknown", true));
  }

  @Test
  void shouldNameWhatByteFallbackCannotReproduce() throws IOException {
    ObjectNode json = exported(false);
    merges(json).remove(0);
    assertRefused(
        "model.merges must have every pair that makes a piece where model.byte_fallback is true",
        bytes(json));
    json = exported(false);
    merges(json).add(merges(json).remove(0));
    assertRefused("model.merges must be in the order of the ids they make", bytes(json));
    json = exported(false);
    merges(json).insert(0, merges(json).get(0));
    assertRefused("model.merges must be there once", bytes(json));
    json = exported(false);
    merges(json).addArray().add("b").add("b");
    assertRefused("model.merges must make learned pieces of learned pieces", bytes(json));
    json = exported(false);
    json.putObject("pre_tokenizer").put("type", "Metaspace");
    assertRefused("pre_tokenizer must be null where model.byte_fallback is true", bytes(json));
    json = exported(false);
    json.putObject("normalizer").put("type", "NFC");
    assertRefused("normalizer must be null, Prepend of a space", bytes(json));
    json = exported(false);
    model(json).put("ignore_merges", true);
    assertRefused("model.ignore_merges must be false", bytes(json));
    json = exported(true);
    ((ArrayNode) json.get("added_tokens")).add(added(266, "<x>"));
    assertRefused("normalizer must not put a space before text", bytes(json));
    json = exported(false);
    ((ArrayNode) json.get("added_tokens")).add(added(266, "<x>").put("lstrip", true));
    assertRefused("added_tokens must have neither lstrip", bytes(json));
  }

  @Test
  void shouldBoundWhatAFileMayHold() {
    byte[] valid = ByteLevelJson.gpt2(MERGES, List.of());
    for (int length = 0; length < valid.length; length += 1 + length / 50) {
      byte[] cut = Arrays.copyOf(valid, length);
      assertThrows(IllegalArgumentException.class, () -> HuggingFaceTokenizer.read(cut));
    }
    String text = new String(valid, StandardCharsets.UTF_8);
    assertRefused("more is behind it", (text + "{}").getBytes(StandardCharsets.UTF_8));
    String deep = "[".repeat(5_000) + "]".repeat(5_000);
    for (String field : List.of("normalizer", "post_processor", "anything", "added_tokens")) {
      assertRefused("", ("{\"" + field + "\":" + deep + "}").getBytes(StandardCharsets.UTF_8));
    }
    String wide = "[" + "[],".repeat(40_000) + "[]]";
    assertRefused(
        "bytes of normalizer must be at most 65536",
        ("{\"normalizer\":" + wide + "}").getBytes(StandardCharsets.UTF_8));
    var ids = new StringBuilder("{\"model\":{\"type\":\"BPE\",\"vocab\":{");
    for (int id = 0; id <= 1 << 20; id++) {
      ids.append('"').append(id).append("\":").append(id).append(',');
    }
    assertRefused(
        "model.vocab must be at most 1048576", ids.toString().getBytes(StandardCharsets.UTF_8));
    String merges = "{\"model\":{\"merges\":[" + "\"a b\",".repeat((1 << 21) + 1);
    assertRefused("model.merges must be at most 2097152", merges.getBytes(StandardCharsets.UTF_8));
    assertRefused(
        "pieces of at most 1024 bytes",
        json -> {
          vocabulary(json).put("q".repeat(2_000), 272);
          token(json).put("id", 273);
        });
    assertRefused(
        "Duplicate field",
        text.replace("\"version\":\"1.0\"", "\"version\":\"1.0\",\"version\":\"1.0\"")
            .getBytes(StandardCharsets.UTF_8));
  }
}
