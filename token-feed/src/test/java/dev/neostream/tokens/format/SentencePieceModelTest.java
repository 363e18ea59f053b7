package dev.neostream.tokens.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.sentencepiece.SpProcessor;
import ai.djl.sentencepiece.SpTokenizer;
import dev.neostream.tokens.bpe.BpeConfig;
import dev.neostream.tokens.bpe.BpeTrainer;
import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.RandomText;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is written is read by SentencePiece's own library. */
class SentencePieceModelTest {

  private static final List<String> AWKWARD =
      List.of(
          " ",
          "  two  spaces   three ",
          "\tif (x) {\r\n\t\treturn  1;\n\t}\n\n\n",
          "中国人民，文化 中国  。",
          "\uD83D\uDE00 \uD83D\uDC69\u200D\uD83D\uDCBB é e\u0301 \uFF17\u0967",
          "<s> </s> <unk> <0x41> <0x0A>",
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");

  private static List<String> lines;
  private static List<String> documents;

  /** The sources of this module: real text, though all of one kind. */
  @BeforeAll
  static void read() throws IOException {
    lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    documents = List.of(String.join("\n", lines), "中国人民的中国文化。 ".repeat(3));
  }

  private static Tokenizer trained(BpeConfig config) {
    return BpeTrainer.train(config.withVocabSize(2_000), documents);
  }

  @Test
  void shouldWriteTheBytesComputedByHand() {
    byte[] model =
        SentencePieceModel.bytes(
            new Tokenizer(Vocabulary.ofLearned(List.of(" a", "a", " ")), true));

    String hex = HexFormat.of().formatHex(model);
    // Field 1, 14 bytes: text "<unk>", score 0, type 2.
    assertTrue(hex.startsWith("0a0e" + "0a053c756e6b3e" + "1500000000" + "1802"), hex);
    // The learned ones score 0, -1, -2 and have type 1; a space is E2 96 81.
    String learned =
        ("0a0d" + "0a04e2968161" + "1500000000" + "1801")
            + ("0a0a" + "0a0161" + "15000080bf" + "1801")
            + ("0a0c" + "0a03e29681" + "15000000c0" + "1801");
    String trainer =
        ("1802" + "208602" + "980201" + "c00200" + "c80202" + "d00202")
            + ("d802ffffffffffffffffff01" + "e20203efbfbd" + "ea02053c756e6b3e")
            + ("f202043c2f733e" + "fa02043c2f733e");
    String normalizer = "0a086964656e74697479" + "1801" + "2000" + "2801";
    assertTrue(hex.endsWith(learned + "1239" + trainer + "1a10" + normalizer), hex);
  }

  @Test
  void shouldGiveTheSameIdsAndTextInSentencePiece() throws IOException {
    for (BpeConfig config : List.of(BpeConfig.standard(), BpeConfig.published())) {
      Tokenizer tokenizer = trained(config);
      try (var peer = peer(tokenizer)) {
        SpProcessor processor = peer.getProcessor();
        AWKWARD.forEach(text -> assertSame(tokenizer, processor, text));
        lines.forEach(line -> assertSame(tokenizer, processor, line));
        assertSame(tokenizer, processor, String.join("\n", lines.subList(0, 2_000)));
        var random = new Random(17);
        for (int i = 0; i < 5_000; i++) {
          assertSame(tokenizer, processor, RandomText.unicode(random, random.nextInt(40)));
          assertSame(tokenizer, processor, RandomText.common(random, random.nextInt(80)));
        }
      }
    }
  }

  @Test
  void shouldFindUserPiecesAsSentencePieceDoes() throws IOException {
    List<Piece> pieces = new ArrayList<>(trained(BpeConfig.standard()).vocabulary().pieces());
    for (String text : List.of("<code>", "<code>\n", "中国人们", "x  y")) {
      pieces.add(3, new Piece(Piece.Kind.USER, text));
    }
    Tokenizer tokenizer = new Tokenizer(new Vocabulary(pieces), false);

    try (var peer = peer(tokenizer)) {
      for (String text :
          List.of("<code>\n\t x  yz <code><code>", "x中国人们", "the<code> the", "<<code>>")) {
        assertSame(tokenizer, peer.getProcessor(), text);
      }
    }
  }

  @Test
  void shouldRefuseWhatTheFormatCannotHold() {
    List<Piece> pieces = Vocabulary.ofLearned(List.of("a")).pieces();

    assertRefused("one id a text: text=</s>, ids=2 and 260", pieces, "</s>");
    assertRefused("no piece may hold it: id=260, text=a\u2581", pieces, "a\u2581");
    assertRefused("piece=<unk>", pieces.subList(1, pieces.size()), "b");
  }

  private static void assertRefused(String problem, List<Piece> pieces, String user) {
    List<Piece> all = new ArrayList<>(pieces);
    all.add(new Piece(Piece.Kind.USER, user));
    var tokenizer = new Tokenizer(new Vocabulary(all), false);

    var e = assertThrows(IllegalArgumentException.class, () -> SentencePieceModel.bytes(tokenizer));

    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  /** U+2581 is a space there, and NUL ends a text on the way through the library's C strings. */
  private static void assertSame(Tokenizer tokenizer, SpProcessor peer, String text) {
    String plain = text.replace("\u2581", "").replace("\0", "");
    int[] ids = tokenizer.encode(plain);
    assertArrayEquals(ids, peer.encode(plain), plain);
    if (plain.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
      assertEquals(plain, peer.decode(ids)); // DJL gives back no character beyond the BMP
    }
  }

  private static SpTokenizer peer(Tokenizer tokenizer) throws IOException {
    return new SpTokenizer(new ByteArrayInputStream(SentencePieceModel.bytes(tokenizer)));
  }
}
