package dev.neostream.tokens.bpe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.tokens.bpe.ByteLevelVocabulary.Merge;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ByteLevelTokenizerTest {

  private static final String SAMPLE =
      "The reader's text isn't long,  it reads   the text: 中国人民的中国文化。 中文，文化！ é\u0301 ны 2024 15\n"
          + "        return the_text;\r\n\t\t// 中国\n\n";

  private static List<byte[]> bytes() {
    List<byte[]> bytes = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      bytes.add(new byte[] {(byte) b});
    }
    return bytes;
  }

  private static List<byte[]> bytesAnd(String... pieces) {
    List<byte[]> all = bytes();
    Arrays.stream(pieces).map(Utf8::bytes).forEach(all::add);
    return all;
  }

  private static ByteLevelTokenizer gpt2(ByteLevelVocabulary vocabulary) {
    return new ByteLevelTokenizer(vocabulary, WordPattern.GPT2, false);
  }

  private static AddedPiece user(int id, String text) {
    return new AddedPiece(id, text, false, false, false, false);
  }

  /** With added pieces from id 256 on. */
  private static ByteLevelTokenizer withAdded(boolean nfc, AddedPiece... added) {
    List<byte[]> pieces = bytes();
    Arrays.stream(added).forEach(piece -> pieces.add(new byte[0]));
    return new ByteLevelTokenizer(
        new ByteLevelVocabulary(pieces, List.of(added), List.of(), false), WordPattern.GPT2, nfc);
  }

  @Test
  void shouldMergeTheEarliestFirstComputedByHand() {
    // ab 256, bc 257, abc 258: a + bc is later than ab + c, whatever the ids are.
    var vocabulary =
        new ByteLevelVocabulary(
            bytesAnd("ab", "bc", "abc"),
            List.of(),
            List.of(new Merge('b', 'c'), new Merge('a', 'b'), new Merge('a', 257)),
            false);
    ByteLevelTokenizer tokenizer = gpt2(vocabulary);

    assertArrayEquals(new int[] {258}, tokenizer.encode("abc"));
    assertArrayEquals(new int[] {256, 256}, tokenizer.encode("abab"));
    assertArrayEquals(new int[] {256, 'a'}, tokenizer.encode("aba"));
    assertArrayEquals(new int[] {'a', ' ', 257}, tokenizer.encode("a bc"));
    assertArrayEquals(new int[] {0xE4, 0xB8, 0xAD}, tokenizer.encode("中"));
    assertArrayEquals(new int[] {}, tokenizer.encode(""));
  }

  @Test
  void shouldTakeAWordAsItIsWhereMergesAreIgnored() {
    for (boolean ignoreMerges : new boolean[] {false, true}) {
      // No merge makes "the" or "中文".
      var vocabulary =
          new ByteLevelVocabulary(
              bytesAnd("the", "中文", "th"), List.of(), List.of(new Merge('t', 'h')), ignoreMerges);
      ByteLevelTokenizer tokenizer = gpt2(vocabulary);
      int[] the = ignoreMerges ? new int[] {256} : new int[] {258, 'e'};
      int[] zh = ignoreMerges ? new int[] {257} : new int[] {0xE4, 0xB8, 0xAD, 0xE6, 0x96, 0x87};

      for (int round = 0; round < 2; round++) {
        assertArrayEquals(the, tokenizer.encode("the"));
        assertArrayEquals(zh, tokenizer.encode("中文"));
        // As a part of a word they are what merges make of them.
        assertArrayEquals(new int[] {258, 'e', 258, 'e'}, tokenizer.encode("thethe"));
        assertArrayEquals(
            new int[] {0xE4, 0xB8, 0xAD, 0xE6, 0x96, 0x87, 0xC3, 0xA9}, tokenizer.encode("中文é"));
      }
    }
  }

  @Test
  void shouldEqualNaiveEncodingWithRandomVocabularies() {
    for (int seed = 0; seed < 60; seed++) {
      var random = new Random(seed);
      WordPattern pattern = WordPattern.values()[seed % 3];
      ByteLevelVocabulary vocabulary =
          RandomByteLevel.vocabulary(random, SAMPLE, 150, List.of(), random.nextBoolean());
      var tokenizer = new ByteLevelTokenizer(vocabulary, pattern, false);

      for (int i = 0; i < 100; i++) {
        String text = excerpt(random) + RandomText.common(random, random.nextInt(60));

        assertArrayEquals(
            RandomByteLevel.encode(vocabulary, pattern, text),
            tokenizer.encode(text),
            () -> "pattern=" + pattern + ", text=" + text);
      }
    }
  }

  private static String excerpt(Random random) {
    var text = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      int from = random.nextInt(SAMPLE.length());
      text.append(SAMPLE, from, Math.min(SAMPLE.length(), from + random.nextInt(20)));
    }
    return text.toString();
  }

  @Test
  void shouldDecodeRandomTextItEncodes() {
    var random = new Random(7);
    List<AddedPiece> added = List.of(user(0, "  "), user(0, "a\n"));
    for (WordPattern pattern : WordPattern.values()) {
      ByteLevelVocabulary some =
          RandomByteLevel.vocabulary(random, SAMPLE, 150, List.of(), pattern == WordPattern.QWEN2);
      List<byte[]> pieces = new ArrayList<>();
      IntStream.range(0, some.size()).forEach(id -> pieces.add(some.learned(id)));
      List<AddedPiece> users = new ArrayList<>();
      for (AddedPiece piece : added) {
        users.add(user(pieces.size(), piece.text()));
        pieces.add(new byte[0]);
      }
      var tokenizer =
          new ByteLevelTokenizer(
              new ByteLevelVocabulary(pieces, users, some.merges(), some.ignoreMerges()),
              pattern,
              false);
      for (int i = 0; i < 40_000; i++) {
        String text =
            i % 2 == 0
                ? RandomText.unicode(random, random.nextInt(40))
                : RandomText.common(random, random.nextInt(80));

        assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
      }
    }
  }

  @Test
  void shouldFindTheLongestAddedPieceFirst() {
    ByteLevelTokenizer tokenizer =
        withAdded(false, user(256, "ab"), user(257, "abc"), user(258, "  "), user(259, "c "));

    assertArrayEquals(new int[] {257, 256, 'x'}, tokenizer.encode("abcabx"));
    assertArrayEquals(new int[] {'a', 259, 'a'}, tokenizer.encode("ac a"));
    assertArrayEquals(new int[] {258, 258, ' ', 'b'}, tokenizer.encode("     b"));
    assertEquals("abc  ", tokenizer.decode(new int[] {257, 258}));
    assertEquals(new Piece(Piece.Kind.USER, "abc"), tokenizer.pieces().get(257));
  }

  @Test
  void shouldReadANameOfAControlPieceAsText() {
    var end = new AddedPiece(256, "<|end|>", true, false, false, false);
    ByteLevelTokenizer tokenizer = withAdded(false, end, user(257, "|>"), user(258, "x"));

    int[] ids = tokenizer.encode("<|end|>x|>");

    // What the name covers is no piece either.
    assertArrayEquals(new int[] {'<', '|', 'e', 'n', 'd', '|', '>', 258, 257}, ids);
    assertEquals("a", tokenizer.decode(new int[] {'a', 256}));
    assertEquals(new Piece(Piece.Kind.CONTROL, "<|end|>"), tokenizer.pieces().get(256));
  }

  @Test
  void shouldStripWhiteSpaceAroundAnAddedPiece() {
    ByteLevelTokenizer tokenizer =
        withAdded(
            false,
            new AddedPiece(256, "<l>", false, false, true, false),
            new AddedPiece(257, "<r>", false, false, false, true));

    assertArrayEquals(new int[] {'a', 256, ' ', 'b'}, tokenizer.encode("a \n\u3000<l> b"));
    assertArrayEquals(new int[] {'a', ' ', 257, 'b'}, tokenizer.encode("a <r> \u00A0b"));
    assertArrayEquals(new int[] {257, 256, 256}, tokenizer.encode("<r>  <l> <l>"));
    assertArrayEquals(new int[] {256, 257}, tokenizer.encode(" <l><r> "));
  }

  @Test
  void shouldNormaliseBetweenPiecesOfTheTextAsItCame() {
    String composed = "\u00E9";
    String decomposed = "e\u0301";
    ByteLevelTokenizer raw = withAdded(true, user(256, decomposed));
    ByteLevelTokenizer normalised =
        withAdded(true, new AddedPiece(256, decomposed, false, true, false, false));

    assertArrayEquals(new int[] {0xC3, 0xA9, 256}, raw.encode(composed + decomposed));
    assertArrayEquals(new int[] {256, 256}, normalised.encode(composed + decomposed));
    // A mark behind a piece begins a text of its own.
    assertArrayEquals(
        new int[] {'e', 257, 0xCC, 0x81},
        withAdded(true, user(256, "y"), user(257, "x")).encode("ex\u0301"));
  }

  @Test
  void shouldNormaliseEveryCharacterAsJavaDoes() {
    ByteLevelTokenizer tokenizer = withAdded(true);
    var random = new Random(3);
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (Character.getType(c) != Character.SURROGATE) {
        String text = Character.toString(c);
        if (Nfc.isInert(c)) {
          assertTrue(
              Normalizer.isNormalized(text, Normalizer.Form.NFC)
                  && Character.getType(c) != Character.NON_SPACING_MARK
                  && Character.getType(c) != Character.COMBINING_SPACING_MARK,
              () -> "character=" + text);
        }
        String mixed = "e" + text + (random.nextBoolean() ? "\u0301" : "\u11A8") + text;
        assertEquals(
            Normalizer.normalize(mixed, Normalizer.Form.NFC),
            tokenizer.decode(tokenizer.encode(mixed)));
      }
    }
  }

  @Test
  void shouldEncodeAMegabyteOfOneWord() {
    // x, xx, xxxx, xxxxxxxx: and so merges at every distance, in words without an end.
    var vocabulary =
        new ByteLevelVocabulary(
            bytesAnd("xx", "xxxx", "xxxxxxxx"),
            List.of(),
            List.of(new Merge('x', 'x'), new Merge(256, 256), new Merge(257, 257)),
            false);
    ByteLevelTokenizer tokenizer = gpt2(vocabulary);

    assertEquals((1 << 20) / 8, tokenizer.encode("x".repeat(1 << 20)).length);
    for (String run : List.of(" ", "中", ".", "\n", "😀", "xy")) {
      String text = run.repeat(1 << 20);
      assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
    }
  }

  @Test
  void shouldNameWhatIsNoUnicodeTextAndGoOn() {
    var normalising = withAdded(true, user(256, "x"));
    ByteLevelTokenizer plain = withAdded(false, user(256, "x"));
    for (ByteLevelTokenizer tokenizer : List.of(normalising, plain)) {
      byte[] cut = {'a', 'b', (byte) 0xE4, (byte) 0xB8, 'x'};
      var e = assertThrows(IllegalArgumentException.class, () -> tokenizer.encode(cut));
      assertEquals("text must be well-formed UTF-8: offset=2, byte=0xE4", e.getMessage());
      assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("a\uD83D"));
      assertArrayEquals(new int[] {'a', 256}, tokenizer.encode("ax"));
    }
    var e = assertThrows(IllegalArgumentException.class, () -> plain.decode(new int[] {257}));
    assertEquals("id must be one of the vocabulary: id=257, vocabSize=257", e.getMessage());
  }

  @Test
  void shouldEncodeTheSameInEveryThread() throws Exception {
    var random = new Random(5);
    ByteLevelTokenizer tokenizer =
        gpt2(RandomByteLevel.vocabulary(random, SAMPLE, 150, List.of(), false));
    List<String> texts = IntStream.range(0, 500).mapToObj(i -> excerpt(random)).toList();
    Callable<List<String>> encodeAll =
        () -> texts.stream().map(text -> Arrays.toString(tokenizer.encode(text))).toList();
    List<String> expected = encodeAll.call();
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
  void shouldWritePiecesAsPeopleReadThem() {
    List<byte[]> pieces = bytesAnd(" the", "中");
    pieces.add(new byte[] {' ', (byte) 0xE4, (byte) 0xB8});
    var tokenizer = gpt2(new ByteLevelVocabulary(pieces, List.of(), List.of(), false));

    assertEquals(new Piece(Piece.Kind.LEARNED, " the"), tokenizer.pieces().get(256));
    assertEquals(new Piece(Piece.Kind.LEARNED, "中"), tokenizer.pieces().get(257));
    assertEquals(new Piece(Piece.Kind.LEARNED, " <0xE4><0xB8>"), tokenizer.pieces().get(258));
    assertEquals(new Piece(Piece.Kind.BYTE, "<0xE4>"), tokenizer.pieces().get(0xE4));
    assertEquals(new Piece(Piece.Kind.LEARNED, "a"), tokenizer.pieces().get('a'));
  }

  @Test
  void shouldHaveAFingerprintOfAllThatIdsDependOn() {
    List<byte[]> pieces = bytesAnd("ab", "ba");
    var merges = List.of(new Merge('a', 'b'), new Merge('b', 'a'));
    var vocabulary = new ByteLevelVocabulary(pieces, List.of(), merges, false);
    String fingerprint = gpt2(vocabulary).fingerprint();

    // Pinned: it must be the same on every machine.
    assertEquals("dc457157c84db241", fingerprint);
    List<ByteLevelTokenizer> others =
        List.of(
            new ByteLevelTokenizer(vocabulary, WordPattern.GPT2, true),
            new ByteLevelTokenizer(vocabulary, WordPattern.CL100K, false),
            gpt2(new ByteLevelVocabulary(pieces, List.of(), merges, true)),
            gpt2(
                new ByteLevelVocabulary(
                    pieces, List.of(), List.of(merges.get(1), merges.get(0)), false)),
            gpt2(new ByteLevelVocabulary(bytesAnd("ba", "ab"), List.of(), merges, false)),
            gpt2(new ByteLevelVocabulary(pieces, List.of(user(256, "ab")), merges, false)));
    assertEquals(
        others.size(), others.stream().map(ByteLevelTokenizer::fingerprint).distinct().count());
    others.forEach(other -> assertNotEquals(fingerprint, other.fingerprint()));
  }
}
