package dev.neostream.tokens.bpe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BpeTrainerTest {

  private static final BpeConfig PLAIN = new BpeConfig(1000, 1, 16, false, false);
  private static final BpeConfig WHITESPACE = new BpeConfig(1000, 1, 16, true, false);

  @Test
  void shouldLearnTheMergesComputedByHand() {
    // Chunks "aaab" and " aab". aa 3 (overlaps count), ab 2, " a" 1: merge aa.
    // aa|a|b and " "|aa|b, all pairs once: ab is the shortest.
    // aa|ab and " "|aa|b: of the three characters aab and " aa", aab is smaller (a space sorts as
    // U+2581). aa|ab and " "|aab: aaab, then " aab". Characters: a 5, b 2, space 1.
    List<String> pieces = train(PLAIN, "aaab aab");

    assertEquals(List.of("aa", "ab", "aab", "aaab", " aab", "a", "b", " "), pieces);
  }

  @Test
  void shouldPassOverAPairWhoseTextIsAPiece() {
    // ab 3 before bc 2; then ab|c (2) becomes abc; a|bc cannot come up again with the same text.
    List<String> pieces = train(PLAIN, "abc abc ab");

    assertEquals(pieces.size(), pieces.stream().distinct().count());
    assertTrue(pieces.contains("abc"));
  }

  @Test
  void shouldStopAtVocabSize() {
    Tokenizer tokenizer = BpeTrainer.train(PLAIN.withVocabSize(259 + 4), List.of("aaab aab"));

    assertEquals(263, tokenizer.vocabSize());
    assertEquals(List.of("aa", "a", "b", " "), tokenizer.vocabulary().learned());
  }

  @Test
  void shouldMakeFewerPiecesWhenNoPairIsLeft() {
    Tokenizer tokenizer = BpeTrainer.train(PLAIN, List.of("ab"));

    assertEquals(259 + 3, tokenizer.vocabSize());
  }

  @Test
  void shouldKnowBytesOnlyWhenThereIsNoText() {
    assertEquals(259, BpeTrainer.train(PLAIN, List.of()).vocabSize());
    assertEquals(259, BpeTrainer.train(PLAIN, List.of("")).vocabSize());
  }

  @Test
  void shouldLearnIndentationWhenWhitespacePiecesAreOn() {
    String code = "{\n        call();\n        call();\n\t\treturn;\n\t\treturn;\n}\n";

    List<String> with = train(WHITESPACE, code);
    List<String> without = train(PLAIN, code);

    assertTrue(with.contains("\n        "));
    assertTrue(with.contains("\n\t\t"));
    assertFalse(with.contains("\n        call"), "white space must not open a word");
    assertFalse(with.contains("  call"), "only one space may open a word");
    assertTrue(without.stream().noneMatch(p -> p.contains("\n") || p.contains("\t")));
    assertTrue(without.stream().noneMatch(p -> p.contains("  ")));
  }

  @Test
  void shouldNotLearnAcrossDigitsAndScripts() {
    List<String> pieces =
        train(WHITESPACE, "v12v12 中国abc中国abc の国の国 ＡＡ７７ＡＡ７７ e\u0301e\u0301 б\u0301б\u0301");

    assertTrue(pieces.contains("の国"), "kana and Han are one script");
    assertTrue(pieces.contains("e\u0301"), "a combining mark goes with any script");
    assertTrue(pieces.contains("б\u0301"));
    for (String piece : pieces) {
      boolean digit = piece.codePoints().anyMatch(c -> c >= '0' && c <= '9' || c == '７');
      assertTrue(piece.length() == 1 || !digit, piece);
      assertFalse(piece.contains("国a") || piece.contains("c中"), piece);
    }
  }

  @Test
  void shouldKeepPiecesWithinMaxPieceLength() {
    String word = "abcdefghijklmnopqrstuvwxyz".repeat(4);

    List<String> pieces = train(new BpeConfig(1000, 1, 5, true, false), word + " " + word);

    assertEquals(5, pieces.stream().mapToInt(String::length).max().orElseThrow());
  }

  @Test
  void shouldNeverLearnNamesOfOtherPieces() {
    List<String> pieces = train(PLAIN, "<s> <s> <s> </s></s></s> <unk><unk> <0x41><0x41>");

    assertFalse(pieces.contains("<s>"));
    assertFalse(pieces.contains("</s>"));
    assertFalse(pieces.contains("<unk>"));
  }

  @Test
  void shouldLeaveRareCharactersToBytes() {
    String text = "ab".repeat(5000) + "\u4e2d";

    List<String> pieces = train(new BpeConfig(1000, 0.9999, 16, true, false), text);

    assertFalse(pieces.contains("\u4e2d"));
    assertTrue(pieces.contains("a"));
  }

  @Test
  void shouldLearnTheSameFromAnyOrderOfDocuments() {
    var random = new Random(1);
    var documents = new ArrayList<String>();
    for (int i = 0; i < 300; i++) {
      documents.add(RandomText.common(random, 40));
    }
    String expected = BpeTrainer.train(BpeConfig.standard(), documents).fingerprint();

    for (int i = 0; i < 5; i++) {
      Collections.shuffle(documents, random);

      assertEquals(expected, BpeTrainer.train(BpeConfig.standard(), documents).fingerprint());
    }
  }

  @Test
  void shouldEqualNaiveTrainingOnRandomTexts() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var documents = new ArrayList<String>();
      for (int i = 0; i < 4; i++) {
        documents.add(RandomText.common(random, 60));
      }
      var config =
          new BpeConfig(
              259 + 60 + random.nextInt(60),
              seed % 3 == 0 ? 0.95 : 1,
              2 + random.nextInt(15),
              random.nextBoolean(),
              random.nextBoolean());

      List<String> pieces = BpeTrainer.train(config, documents).vocabulary().learned();

      assertEquals(NaiveBpe.train(config, documents), pieces, "seed=" + seed + ", " + config);
    }
  }

  @Test
  void shouldTrainOnAMillionEqualCharacters() {
    List<String> pieces = train(WHITESPACE, "x".repeat(1_000_000));

    assertEquals(List.of("xx", "xxxx", "xxxxxxxx", "x".repeat(16)), pieces.subList(0, 4));
  }

  @Test
  void shouldRefuseAVocabularyThatCannotHoldTheAlphabet() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> BpeTrainer.train(PLAIN.withVocabSize(261), List.of("abc")));

    assertTrue(e.getMessage().contains("vocabSize=261, alphabet=3"), e.getMessage());
  }

  @Test
  void shouldRefuseWhatIsNotText() {
    var trainer = new BpeTrainer(PLAIN);

    assertThrows(IllegalArgumentException.class, () -> trainer.add("a\uD800"));
    assertThrows(IllegalArgumentException.class, () -> trainer.add(new byte[] {'a', (byte) 0xFF}));
  }

  private static List<String> train(BpeConfig config, String document) {
    return BpeTrainer.train(config, List.of(document)).vocabulary().learned();
  }
}
