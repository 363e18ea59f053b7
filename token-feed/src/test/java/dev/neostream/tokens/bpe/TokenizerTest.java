package dev.neostream.tokens.bpe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class TokenizerTest {

  private static final String CODE =
      "class A {\n        int x = 12;\n        // 中国人民\n\treturn the text, the end;\n}\n".repeat(3);

  private static final Tokenizer STANDARD = BpeTrainer.train(BpeConfig.standard(), List.of(CODE));
  private static final Tokenizer PUBLISHED = BpeTrainer.train(BpeConfig.published(), List.of(CODE));

  @Test
  void shouldMergeTheSmallestIdFirstComputedByHand() {
    // ids: ab 259, bc 260, abc 261, a 262, b 263, c 264
    var tokenizer =
        new Tokenizer(Vocabulary.ofLearned(List.of("ab", "bc", "abc", "a", "b", "c")), false);

    assertArrayEquals(new int[] {261}, tokenizer.encode("abc"));
    assertArrayEquals(new int[] {263, 260}, tokenizer.encode("bbc"));
    assertArrayEquals(new int[] {261, 259}, tokenizer.encode("abcab"));
    assertArrayEquals(new int[] {3 + 'd', 3 + 0xC3, 3 + 0xA9}, tokenizer.encode("dé"));
    assertArrayEquals(new int[] {}, tokenizer.encode(""));
  }

  @Test
  void shouldMergeTheLeftmostOfEquals() {
    var tokenizer = new Tokenizer(Vocabulary.ofLearned(List.of("aa", "a")), false);

    assertArrayEquals(new int[] {259, 260}, tokenizer.encode("aaa"));
  }

  @Test
  void shouldEncodeIndentationAsOneId() {
    int[] ids = STANDARD.encode("\n        ");

    assertEquals(1, ids.length);
    assertEquals("\n        ", STANDARD.vocabulary().piece(ids[0]));
  }

  @Test
  void shouldEncodeNamesOfControlPiecesAsText() {
    for (String name : List.of("<s>", "</s>", "<unk>", "<0x41>")) {
      for (Tokenizer tokenizer : List.of(STANDARD, PUBLISHED)) {
        int[] ids = tokenizer.encode(name);

        assertEquals(name, tokenizer.decode(ids));
        assertTrue(Arrays.stream(ids).allMatch(id -> id >= Vocabulary.FIRST_BYTE), name);
        assertTrue(ids.length > 1, name);
      }
    }
  }

  @Test
  void shouldPutAndRemoveTheDummyPrefix() {
    assertEquals(" the", PUBLISHED.vocabulary().piece(PUBLISHED.encode("the")[0]));
    assertEquals("the", PUBLISHED.decode(PUBLISHED.encode("the")));
    assertEquals(" the", PUBLISHED.decode(PUBLISHED.encode(" the")));
    assertEquals(0, PUBLISHED.encode("").length);
  }

  @Test
  void shouldDecodeEveryCodePointItEncodes() {
    for (int from = 0; from <= Character.MAX_CODE_POINT; from += 0x1000) {
      var text = new StringBuilder();
      IntStream.range(from, from + 0x1000)
          .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
          .forEach(text::appendCodePoint);

      assertRoundTrip(text.toString());
    }
  }

  @Test
  void shouldDecodeRandomTextItEncodes() {
    var random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      assertRoundTrip(RandomText.unicode(random, random.nextInt(40)));
      assertRoundTrip(RandomText.common(random, random.nextInt(80)));
    }
  }

  @Test
  void shouldDecodeAwkwardStringsItEncodes() throws IOException {
    Path strings = shared("awkward-inputs/naughty-strings.json");
    Assumptions.assumeTrue(strings != null, "shared/data is not there");

    List<?> texts = new ObjectMapper().readValue(strings.toFile(), List.class);

    assertTrue(texts.size() > 400);
    texts.forEach(text -> assertRoundTrip((String) text));
    assertRoundTrip(String.join("\n", texts.stream().map(String.class::cast).toList()));
  }

  @Test
  void shouldEqualNaiveEncodingWithTrainedVocabularies() {
    for (int seed = 0; seed < 30; seed++) {
      var random = new Random(seed);
      var documents = new ArrayList<String>();
      for (int i = 0; i < 20; i++) {
        documents.add(RandomText.common(random, 100));
      }
      var config = new BpeConfig(259 + 300, 0.999, 16, random.nextBoolean(), false);
      Tokenizer tokenizer = BpeTrainer.train(config, documents);

      for (int i = 0; i < 100; i++) {
        assertEqualsNaive(tokenizer, RandomText.common(random, random.nextInt(120)));
      }
      documents.forEach(document -> assertEqualsNaive(tokenizer, document));
      assertEqualsNaive(tokenizer, RandomText.common(random, 1000));
    }
  }

  @Test
  void shouldEqualNaiveEncodingWithAnyVocabulary() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var pieces = new LinkedHashSet<String>();
      for (int i = 0; i < 30; i++) {
        pieces.add(letters(random, 2 + random.nextInt(4)));
      }
      letterSet().forEach(pieces::add);
      var tokenizer = new Tokenizer(Vocabulary.ofLearned(List.copyOf(pieces)), false);

      for (int i = 0; i < 50; i++) {
        assertEqualsNaive(tokenizer, letters(random, random.nextInt(60)));
      }
      assertEqualsNaive(tokenizer, letters(random, seed % 30 == 0 ? 1500 : 100));
    }
  }

  @Test
  void shouldEncodeAMegabyteOfOneCharacter() {
    int[] runs = new int[] {'x', ' ', '\n', 0x4E2D, 0x1F600, 0};
    Tokenizer tokenizer =
        BpeTrainer.train(BpeConfig.standard(), List.of("xxxxxxxx\n\n\n\n        中中中中"));
    for (int c : runs) {
      String text = Character.toString(c).repeat(1 << 20);

      int[] ids = tokenizer.encode(text);

      assertEquals(text, tokenizer.decode(ids));
      assertTrue(ids.length <= 4 << 20);
    }
    assertEquals((1 << 20) / 8, tokenizer.encode("x".repeat(1 << 20)).length);
  }

  @Test
  void shouldEncodeAMegabyteThatMergesEverywhere() {
    // One chunk without an end, and merges at every distance.
    var random = new Random(3);
    var tokenizer =
        new Tokenizer(
            Vocabulary.ofLearned(List.of("ab", "ba", "aa", "bb", "abba", "a", "b")), false);
    var text = new StringBuilder();
    for (int i = 0; i < 1 << 20; i++) {
      text.append(random.nextBoolean() ? 'a' : 'b');
    }

    assertEquals(text.toString(), tokenizer.decode(tokenizer.encode(text.toString())));
  }

  @Test
  void shouldNameTheIndexOfALoneSurrogate() {
    for (String text : List.of("ab\uD83D", "ab\uD83Dc", "ab\uDE00", "ab\uDE00\uD83D")) {
      var e = assertThrows(IllegalArgumentException.class, () -> STANDARD.encode(text));

      assertTrue(e.getMessage().contains("index=2"), e.getMessage());
    }
  }

  @Test
  void shouldNameTheOffsetOfMalformedUtf8() {
    int[][] malformed = {
      {0x80},
      {0xC3},
      {0xC3, 'x'},
      {0xC0, 0x80},
      {0xE0, 0x80, 0x80},
      {0xED, 0xA0, 0x80},
      {0xE4, 0xB8},
      {0xF0, 0x80, 0x80, 0x80},
      {0xF4, 0x90, 0x80, 0x80},
      {0xF8, 0x88, 0x80, 0x80},
      {0xFF}
    };
    for (int[] bytes : malformed) {
      byte[] text = new byte[2 + bytes.length];
      text[0] = 'a';
      text[1] = 'b';
      for (int i = 0; i < bytes.length; i++) {
        text[2 + i] = (byte) bytes[i];
      }

      var e = assertThrows(IllegalArgumentException.class, () -> STANDARD.encode(text));

      assertTrue(e.getMessage().contains("offset=2"), e.getMessage());
    }
    assertEquals("the", STANDARD.decode(STANDARD.encode("the")), "usable after an error");
  }

  @Test
  void shouldDecodeAnyIdOfTheVocabulary() {
    assertEquals("", STANDARD.decode(new int[] {Vocabulary.BEGIN, Vocabulary.END}));
    assertEquals("\uFFFD", STANDARD.decode(new int[] {Vocabulary.UNKNOWN}));
    assertEquals("\uFFFD", STANDARD.decode(new int[] {Vocabulary.FIRST_BYTE + 0xC3}));
    for (int id : new int[] {-1, STANDARD.vocabSize()}) {
      var e = assertThrows(IllegalArgumentException.class, () -> STANDARD.decode(new int[] {id}));

      assertTrue(e.getMessage().contains("id=" + id), e.getMessage());
    }
  }

  @Test
  void shouldEndDocumentsWithTheEndId() {
    assertEquals(2, STANDARD.endOfDocument());
    assertEquals("</s>", STANDARD.vocabulary().piece(STANDARD.endOfDocument()));
  }

  @Test
  void shouldEncodeTheSameInEveryThread() throws Exception {
    var random = new Random(5);
    List<String> texts =
        IntStream.range(0, 500).mapToObj(i -> RandomText.common(random, 200)).toList();
    List<String> expected = texts.stream().map(t -> Arrays.toString(STANDARD.encode(t))).toList();
    Callable<List<String>> encodeAll =
        () -> texts.stream().map(t -> Arrays.toString(STANDARD.encode(t))).toList();
    ExecutorService threads = Executors.newFixedThreadPool(4);

    try {
      for (Future<List<String>> result :
          threads.invokeAll(List.of(encodeAll, encodeAll, encodeAll, encodeAll))) {
        assertEquals(expected, result.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void shouldHaveAFingerprintOfPiecesAndOptions() {
    var pieces = List.of("ab", "a", "b", "é", " ");

    String fingerprint = new Tokenizer(Vocabulary.ofLearned(pieces), false).fingerprint();

    // Pinned: blocks and checkpoints carry it, it must never change.
    assertEquals("c367a897358a476d", fingerprint);
    assertEquals("ca83f8a590a51e84", STANDARD.fingerprint());
    assertEquals("5e346d7394b8661d", PUBLISHED.fingerprint());
    assertEquals(fingerprint, new Tokenizer(Vocabulary.ofLearned(pieces), false).fingerprint());
    assertNotEquals(fingerprint, new Tokenizer(Vocabulary.ofLearned(pieces), true).fingerprint());
    assertNotEquals(
        fingerprint,
        new Tokenizer(Vocabulary.ofLearned(List.of("ab", "b", "a", "é", " ")), false)
            .fingerprint());
  }

  private static void assertRoundTrip(String text) {
    assertEquals(text, STANDARD.decode(STANDARD.encode(text)));
    assertEquals(text, PUBLISHED.decode(PUBLISHED.encode(text)));
  }

  private static void assertEqualsNaive(Tokenizer tokenizer, String text) {
    assertArrayEquals(
        NaiveBpe.encode(tokenizer.vocabulary(), text),
        tokenizer.encode(text),
        () -> "text=" + text + ", pieces=" + tokenizer.vocabulary().learned());
  }

  private static List<String> letterSet() {
    return List.of("a", "b", "\0", " ", "中", "😀");
  }

  private static String letters(Random random, int length) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(letterSet().get(random.nextInt(random.nextBoolean() ? 2 : 6)));
    }
    return text.toString();
  }

  /** Returns a file of the data that lies beside the repository, or null. */
  private static Path shared(String file) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path found = at.resolve("shared/data").resolve(file);
      if (Files.exists(found)) {
        return found;
      }
    }
    return null;
  }
}
