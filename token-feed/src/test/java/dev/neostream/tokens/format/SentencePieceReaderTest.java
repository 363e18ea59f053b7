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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentencePieceReaderTest {

  /**
   * 700 pieces that SentencePiece 0.2.3 learned from sources of this module and two Chinese
   * sentences: type bpe, byte fallback, identity, digits split, white space kept, dummy prefix,
   * user symbols {@code <code>} and {@code <|user|>}, control symbol {@code <mask>}.
   */
  private static byte[] foreign() throws IOException {
    return Files.readAllBytes(Path.of("src/test/resources/sentencepiece-700.model"));
  }

  @Test
  void shouldGiveSentencePiecesIdsForAModelThatItTrained() throws IOException {
    byte[] model = foreign();
    Tokenizer tokenizer = SentencePieceModel.read(model);
    assertEquals(700, tokenizer.vocabSize());
    assertTrue(tokenizer.dummyPrefix());
    assertEquals(2, tokenizer.vocabulary().ids(Piece.Kind.USER).length);
    tokenizer.vocabulary().control("<mask>");

    List<String> texts = new ArrayList<>();
    for (String name : List.of("Tokenizer", "MergeLearner", "Vocabulary")) {
      Path source = Path.of("src/main/java/dev/neostream/tokens/bpe/" + name + ".java");
      texts.addAll(Files.readAllLines(source));
      texts.add(Files.readString(source));
    }
    texts.addAll(
        List.of(
            "",
            " ",
            "   ",
            "<code> x <|user|><code>",
            "<mask> <s> </s> <unk> <0x41>",
            "中国文化 🙂",
            "a\tb\r\n\n c",
            "1234567890"));
    var random = new Random(5);
    for (int i = 0; i < 3_000; i++) {
      texts.add(RandomText.unicode(random, random.nextInt(40)));
      texts.add(RandomText.common(random, random.nextInt(80)));
    }
    try (var peer = new SpTokenizer(new ByteArrayInputStream(model))) {
      SpProcessor processor = peer.getProcessor();
      for (String text : texts) {
        // NUL ends a string there, and U+2581 is a space.
        if (text.indexOf(0) < 0 && text.indexOf(0x2581) < 0) {
          assertArrayEquals(processor.encode(text), tokenizer.encode(text), text);
          assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
        }
      }
    }
  }

  @Test
  void shouldReadWhatIsWritten() {
    List<String> documents = List.of("The cat sat on the mat.\n  中国人民的文化 ".repeat(20));
    for (BpeConfig config : List.of(BpeConfig.standard(), BpeConfig.published())) {
      Tokenizer trained = BpeTrainer.train(config.withVocabSize(400), documents);
      List<Piece> pieces = new ArrayList<>(trained.vocabulary().pieces());
      pieces.add(3, new Piece(Piece.Kind.USER, "a  b"));
      pieces.add(3, new Piece(Piece.Kind.CONTROL, "<pad>"));
      for (Tokenizer each :
          List.of(trained, new Tokenizer(new Vocabulary(pieces), trained.dummyPrefix()))) {

        Tokenizer read = SentencePieceModel.read(SentencePieceModel.bytes(each));

        assertEquals(each.fingerprint(), read.fingerprint());
        assertEquals(each.vocabulary().pieces(), read.vocabulary().pieces());
      }
    }
  }

  /** Returns a small model whose trainer and normalizer say what is given, in hex. */
  private static byte[] model(String trainer, String normalizer) {
    byte[] whole =
        SentencePieceModel.bytes(
            new Tokenizer(Vocabulary.ofLearned(List.of("ab", "a", "b")), false));
    var model = new ByteArrayOutputStream();
    model.writeBytes(whole);
    // The last value given counts.
    for (String part : List.of("12:" + trainer, "1a:" + normalizer)) {
      byte[] message = HexFormat.of().parseHex(part.substring(3));
      model.writeBytes(HexFormat.of().parseHex(part.substring(0, 2)));
      model.write(message.length);
      model.writeBytes(message);
    }
    return model.toByteArray();
  }

  private static String refused(byte[] model) {
    return assertThrows(IllegalArgumentException.class, () -> SentencePieceModel.read(model))
        .getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1801 | '' | model_type must be BPE: is=unigram",
        "1803 | '' | model_type must be BPE: is=word",
        "1863 | '' | model_type must be BPE: is=99",
        "980200 | '' | byte_fallback must be on, so that any text has ids: is=off",
        "c00101 | '' | treat_whitespace_as_suffix must be off: is=on",
        "'' | 0a046e666b6312020000 | the normalizer must be identity: is=nfkc",
        "'' | 2001 | remove_extra_whitespaces must be off: is=on",
        "'' | 2800 | escape_whitespaces must be on: is=off"
      })
  void shouldRefuseByNameWhatChangesIds(String trainer, String normalizer, String message) {
    assertEquals(message, refused(model(trainer, normalizer)));
  }

  @Test
  void shouldTakeSentencePiecesDefaultsForWhatIsNotSaid() {
    // A piece alone: the proto's default model is unigram.
    assertEquals(
        "model_type must be BPE: is=unigram", refused(HexFormat.of().parseHex("0a030a0161")));
    assertEquals("model_type must be BPE: is=unigram", refused(new byte[0]));
  }

  @Test
  void shouldRefuseMergesInAnotherOrder() {
    byte[] model =
        SentencePieceModel.bytes(
            new Tokenizer(Vocabulary.ofLearned(List.of("ab", "a", "b")), false));
    // -1 and -2 as floats, little-endian.
    int at = indexOf(model, HexFormat.of().parseHex("15000080bf"));
    model[at + 3] = 0; // the second score becomes another negative number, below the third
    model[at + 4] = (byte) 0xC1;

    assertEquals(
        "merges must be in the order of ids, scores falling: id=261, score=-2.0, score before=-8.0",
        refused(model));
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; ; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
  }

  @Test
  void shouldRefuseWhatIsDamagedAndNothingElseHappens() throws IOException {
    byte[] model = foreign();
    for (int length = 0; length < model.length; length += 7) {
      refused(Arrays.copyOf(model, length));
    }
    var random = new Random(11);
    for (int i = 0; i < 2_000; i++) {
      byte[] flipped = model.clone();
      int bit = random.nextInt(model.length * 8);
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        SentencePieceModel.read(flipped);
      } catch (IllegalArgumentException e) {
        assertTrue(!e.getMessage().isEmpty());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0a | a number must end inside its message, offset=1",
        "0affffffff0f | a field must lie inside its message: bytes=4294967295, offset=6",
        "0affffffffffffffffff01 | a field must lie inside its message: bytes=-1, offset=11",
        "ffffffffffffffffffff01 | a number must have at most ten bytes, offset=10",
        "0b | a field's type must be 0, 1, 2 or 5: type=3, offset=1",
        "00 | a field's number must be 1 to 2^29 - 1, offset=1",
        "0801 | a field must be of the type that the format says: type=0, offset=2",
        "0a020d00 | a field must lie inside its message: bytes=4, offset=3"
      })
  void shouldNameTheOffsetOfDamage(String hex, String message) {
    assertEquals(message, refused(HexFormat.of().parseHex(hex)));
  }

  @Test
  void shouldNotReadAPictureAsAModel() {
    refused("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
  }
}
