package dev.neostream.tokens.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.tokens.bpe.BpeConfig;
import dev.neostream.tokens.bpe.BpeTrainer;
import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.RandomText;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is written is read by two others: {@link FormatBpe}, made from the format's definition, and
 * Hugging Face's own library.
 */
class HuggingFaceTokenizerTest {

  private static final String MIXED =
      "class A {\n        int x = 12;\n\treturn the text, the end;\n}\n中国人民的中国文化。 ".repeat(3);

  private static final List<String> AWKWARD =
      List.of(
          "",
          " ",
          "  two  spaces   three ",
          "\tif (x) {\r\n\t\treturn  1;\n\t}\n\n\n",
          "中国人民，文化 中国  。",
          "\uD83D\uDE00 \uD83D\uDC69\u200D\uD83D\uDCBB é e\u0301 \uFF17\u0967",
          "a\u2581b \u2581\u2581",
          "zero\u0000one \uFFFD \uFEFF",
          "<0x41> <0x0A> <unk",
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "the the  the\nthe");

  private static List<String> lines;
  private static Tokenizer trained;
  private static Tokenizer prefixed;

  @TempDir Path folder;

  /** The sources of this module: real text, though all of one kind. */
  @BeforeAll
  static void train() throws IOException {
    lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    List<String> documents = List.of(String.join("\n", lines), MIXED);
    trained = BpeTrainer.train(BpeConfig.standard().withVocabSize(2_000), documents);
    prefixed = BpeTrainer.train(BpeConfig.published().withVocabSize(2_000), documents);
  }

  @Test
  void shouldWriteTheFilesComputedByHand() {
    List<Piece> pieces = new ArrayList<>();
    pieces.add(new Piece(Piece.Kind.CONTROL, "<unk>"));
    pieces.add(new Piece(Piece.Kind.CONTROL, "</s>"));
    for (String text : List.of(" a", "a a", " ", "a", "中")) {
      pieces.add(learned(text));
    }
    pieces.add(new Piece(Piece.Kind.USER, "<code>\n"));
    IntStream.range(0, 256)
        .forEach(b -> pieces.add(new Piece(Piece.Kind.BYTE, String.format("<0x%02X>", b))));

    Map<String, byte[]> files =
        HuggingFaceTokenizer.files(new Tokenizer(new Vocabulary(pieces), false), 512);

    assertEquals(
        List.of("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"),
        List.copyOf(files.keySet()));
    String vocabulary =
        "{'<unk>':0,'</s>':1,' a':2,'a a':3,' ':4,'a':5,'中':6,'<code>\\n':7,"
            + String.join(
                ",",
                IntStream.range(0, 256).mapToObj(b -> "'<0x%02X>':%d".formatted(b, 8 + b)).toList())
            + "}";
    assertJson(
        """
        {'version':'1.0','truncation':null,'padding':null,
         'added_tokens':[
           {'id':0,'content':'<unk>','single_word':false,'lstrip':false,'rstrip':false,
            'normalized':false,'special':true},
           {'id':1,'content':'</s>','single_word':false,'lstrip':false,'rstrip':false,
            'normalized':false,'special':true},
           {'id':7,'content':'<code>\\n','single_word':false,'lstrip':false,'rstrip':false,
            'normalized':false,'special':false}],
         'normalizer':null,'pre_tokenizer':null,'post_processor':null,
         'decoder':{'type':'Sequence','decoders':[{'type':'ByteFallback'},{'type':'Fuse'}]},
         'model':{'type':'BPE','dropout':null,'unk_token':'<unk>',
           'continuing_subword_prefix':null,'end_of_word_suffix':null,'fuse_unk':false,
           'byte_fallback':true,'ignore_merges':false,'vocab':%s,
           'merges':[[' ','a'],['a',' a']]}}"""
            .formatted(vocabulary),
        files.get("tokenizer.json"));
    assertJson(
        """
        {'tokenizer_class':'PreTrainedTokenizerFast','model_max_length':512,
         'model_input_names':['input_ids','attention_mask'],
         'bos_token':'</s>','eos_token':'</s>','unk_token':'<unk>','add_bos_token':false,
         'add_eos_token':false,'clean_up_tokenization_spaces':false,
         'split_special_tokens':true}""",
        files.get("tokenizer_config.json"));
    assertJson(
        "{'bos_token':'</s>','eos_token':'</s>','unk_token':'<unk>'}",
        files.get("special_tokens_map.json"));
  }

  @Test
  void shouldGiveTheIdsThatTheFormatDefines() throws IOException {
    for (Tokenizer tokenizer : List.of(trained, prefixed)) {
      var format = new FormatBpe(json(tokenizer));

      for (String text : AWKWARD) {
        assertArrayEquals(tokenizer.encode(text), format.encode(text), text);
      }
      var random = new Random(11);
      for (int i = 0; i < 2_000; i++) {
        String text = RandomText.common(random, random.nextInt(60));
        assertArrayEquals(tokenizer.encode(text), format.encode(text), text);
      }
    }
  }

  @Test
  void shouldGiveTheSameIdsAndTextInHuggingFaceTokenizers() throws IOException {
    for (Tokenizer tokenizer : List.of(trained, prefixed)) {
      try (var peer = peer(tokenizer)) {
        AWKWARD.forEach(text -> assertSame(tokenizer, peer, text));
        lines.forEach(line -> assertSame(tokenizer, peer, line));
        assertSame(tokenizer, peer, String.join("\n", lines.subList(0, 2_000)));
        var random = new Random(13);
        for (int i = 0; i < 5_000; i++) {
          assertSame(tokenizer, peer, RandomText.unicode(random, random.nextInt(40)));
          assertSame(tokenizer, peer, RandomText.common(random, random.nextInt(80)));
        }
      }
    }
  }

  /** Where pieces overlap with themselves the order of a piece's merges could matter. */
  @Test
  void shouldGiveTheSameIdsOnRunsAndPeriods() throws IOException {
    for (int seed = 0; seed < 40; seed++) {
      var random = new Random(seed);
      List<String> documents =
          IntStream.range(0, 30).mapToObj(i -> letters(random, 2 + random.nextInt(60))).toList();
      Tokenizer tokenizer =
          BpeTrainer.train(
              new BpeConfig(259 + 3 + random.nextInt(60), 1, 16, true, false), documents);
      try (var peer = peer(tokenizer)) {
        for (int i = 0; i < 500; i++) {
          assertSame(tokenizer, peer, letters(random, random.nextInt(50)));
        }
      }
    }
  }

  @Test
  void shouldFindUserPiecesAsHuggingFaceTokenizersDo() throws IOException {
    List<Piece> pieces = new ArrayList<>(trained.vocabulary().pieces());
    for (String text : List.of("<code>", "<code>\n", "中国人们", "\t\t\t x")) {
      pieces.add(3, new Piece(Piece.Kind.USER, text));
    }
    Tokenizer tokenizer = new Tokenizer(new Vocabulary(pieces), false);

    try (var peer = peer(tokenizer)) {
      for (String text :
          List.of(
              "<code>\n\t\t\t\t xyz <code><code>",
              "x中国人们",
              "the<code> the",
              "<code>",
              "<<code>>")) {
        assertSame(tokenizer, peer, text);
      }
      AWKWARD.forEach(text -> assertSame(tokenizer, peer, text));
    }
  }

  @Test
  void shouldLeaveControlPiecesToTheReader() throws IOException {
    try (var peer = peer(trained)) {
      // By default the library finds them in text, which is why the configuration says otherwise.
      assertArrayEquals(new long[] {Vocabulary.END}, peer.encode("</s>", false, false).getIds());
      assertEquals("a b", peer.decode(new long[] {2, id("a"), id(" b"), 1, 2}, true));
    }
    assertTrue(trained.encode("</s>").length > 1);
  }

  @Test
  void shouldRefuseWhatTheFormatCannotExpress() {
    assertRefused(
        "both a dummy prefix and user pieces: userPieces=1",
        true,
        new Piece(Piece.Kind.USER, "<code>"));
    assertRefused("one id a text: text=</s>, ids=2 and ", false, learned("</s>"));
    assertRefused("one id a text: text=<0x41>, ids=68 and ", false, learned("<0x41>"));
    assertRefused(
        "must have two characters: id=" + trained.vocabSize() + ", text=丙",
        false,
        new Piece(Piece.Kind.CONTROL, "丙"));
  }

  private static void assertRefused(String problem, boolean dummyPrefix, Piece... more) {
    List<Piece> pieces = new ArrayList<>(trained.vocabulary().pieces());
    pieces.addAll(List.of(more));
    var tokenizer = new Tokenizer(new Vocabulary(pieces), dummyPrefix);

    var e =
        assertThrows(
            IllegalArgumentException.class, () -> HuggingFaceTokenizer.files(tokenizer, 8));

    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  private static Piece learned(String text) {
    return new Piece(Piece.Kind.LEARNED, text);
  }

  private static int id(String text) {
    int[] ids = trained.encode(text);
    assertEquals(1, ids.length, text);
    return ids[0];
  }

  private static String letters(Random random, int length) {
    var text = new StringBuilder();
    while (text.length() < length) {
      char letter = "aab".charAt(random.nextInt(3));
      text.append(String.valueOf(letter).repeat(1 + random.nextInt(4)));
    }
    return text.toString();
  }

  private static void assertSame(
      Tokenizer tokenizer, ai.djl.huggingface.tokenizers.HuggingFaceTokenizer peer, String text) {
    for (String control : List.of("<s>", "</s>", "<unk>")) {
      text = text.replace(control, "");
    }
    int[] ids = tokenizer.encode(text);
    long[] theirs = peer.encode(text, false, false).getIds();
    assertArrayEquals(Arrays.stream(ids).asLongStream().toArray(), theirs, text);
    assertEquals(text, peer.decode(theirs, true));
  }

  private ai.djl.huggingface.tokenizers.HuggingFaceTokenizer peer(Tokenizer tokenizer)
      throws IOException {
    Path file = folder.resolve("tokenizer.json");
    Files.write(file, HuggingFaceTokenizer.files(tokenizer, 512).get("tokenizer.json"));
    return ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.newInstance(
        file, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
  }

  private static JsonNode json(Tokenizer tokenizer) throws IOException {
    return new ObjectMapper()
        .readTree(HuggingFaceTokenizer.files(tokenizer, 512).get("tokenizer.json"));
  }

  private static void assertJson(String expected, byte[] actual) {
    try {
      var json = new ObjectMapper();
      // As text: the order of keys is what readers of vocabularies rely on.
      assertEquals(
          json.readTree(expected.replace('\'', '"')).toString(), json.readTree(actual).toString());
    } catch (IOException e) {
      throw new AssertionError(new String(actual, StandardCharsets.UTF_8), e);
    }
  }

  /**
   * A BPE model of {@code tokenizer.json} as the format defines it: a text is its characters, or
   * their bytes where the vocabulary lacks one; of all neighbours in the list of merges the pair
   * that stands first is joined, the leftmost of equals, until there is none.
   */
  private static final class FormatBpe {

    private final Map<String, Integer> vocabulary = new HashMap<>();
    private final Map<List<String>, Integer> ranks = new HashMap<>();
    private final String prefix;

    FormatBpe(JsonNode json) {
      JsonNode model = json.get("model");
      assertEquals("BPE", model.get("type").asText());
      assertTrue(model.get("byte_fallback").asBoolean());
      assertFalse(model.get("ignore_merges").asBoolean());
      assertTrue(json.get("pre_tokenizer").isNull());
      prefix = json.at("/normalizer/prepend").asText();
      model
          .get("vocab")
          .properties()
          .forEach(e -> vocabulary.put(e.getKey(), e.getValue().asInt()));
      for (JsonNode merge : model.get("merges")) {
        ranks.put(List.of(merge.get(0).asText(), merge.get(1).asText()), ranks.size());
      }
    }

    int[] encode(String text) {
      List<String> symbols = new ArrayList<>();
      String normalized = text.isEmpty() ? text : prefix + text;
      normalized
          .codePoints()
          .mapToObj(Character::toString)
          .forEach(
              character -> {
                if (vocabulary.containsKey(character)) {
                  symbols.add(character);
                } else {
                  for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
                    symbols.add(String.format("<0x%02X>", b & 0xFF));
                  }
                }
              });
      for (int at = first(symbols); at >= 0; at = first(symbols)) {
        symbols.set(at, symbols.get(at) + symbols.remove(at + 1));
      }
      return symbols.stream().mapToInt(vocabulary::get).toArray();
    }

    private int first(List<String> symbols) {
      int best = -1;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int rank = ranks.getOrDefault(symbols.subList(i, i + 2), Integer.MAX_VALUE);
        if (rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      return best;
    }
  }
}
