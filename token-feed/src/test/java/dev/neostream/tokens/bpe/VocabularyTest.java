package dev.neostream.tokens.bpe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.tokens.bpe.Piece.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Vocabularies whose layout is not the one that training makes. */
class VocabularyTest {

  /** ids: ab 0, a 1, b 2, the bytes 3 .. 258, then the others. */
  private static List<Piece> pieces(Piece... others) {
    List<Piece> pieces = new ArrayList<>();
    for (String learned : List.of("ab", "a", "b")) {
      pieces.add(new Piece(Kind.LEARNED, learned));
    }
    for (int b = 0; b < 256; b++) {
      pieces.add(new Piece(Kind.BYTE, String.format("<0x%02X>", b)));
    }
    pieces.addAll(List.of(others));
    return pieces;
  }

  private static Piece control(String text) {
    return new Piece(Kind.CONTROL, text);
  }

  private static Piece user(String text) {
    return new Piece(Kind.USER, text);
  }

  private static Tokenizer tokenizer(Piece... others) {
    return new Tokenizer(new Vocabulary(pieces(others)), false);
  }

  @Test
  void shouldEncodeByTheIdsOfItsOwnLayout() {
    Tokenizer tokenizer = tokenizer(control("</s>"));

    assertArrayEquals(new int[] {0, 1, 3 + 'd', 2}, tokenizer.encode("abadb"));
    assertEquals("abadb", tokenizer.decode(new int[] {0, 1, 3 + 'd', 2}));
    assertEquals(259, tokenizer.endOfDocument());
  }

  @Test
  void shouldHaveAnyNumberOfControlPiecesThatTextNeverBecomes() {
    Tokenizer tokenizer =
        tokenizer(control("</s>"), control("<unk>"), control("<|user|>"), control("<|end|>"));
    Vocabulary vocabulary = tokenizer.vocabulary();

    assertEquals(261, vocabulary.control("<|user|>"));
    assertEquals(262, vocabulary.control("<|end|>"));
    assertArrayEquals(new int[] {259, 260, 261, 262}, vocabulary.ids(Kind.CONTROL));
    assertEquals(8, tokenizer.encode("<|user|>").length);
    assertEquals("a\uFFFD", tokenizer.decode(new int[] {261, 1, 260, 262}));
    var e = assertThrows(IllegalArgumentException.class, () -> vocabulary.control("<pad>"));
    assertEquals(
        "the vocabulary must have this control piece: piece=<pad>, has=[</s>, <unk>, <|user|>, <|end|>]",
        e.getMessage());
  }

  @Test
  void shouldMakeOneIdOfAUserPieceWhateverStandsAroundIt() {
    Tokenizer tokenizer = tokenizer(control("</s>"), user("ba"), user("bab"), user("😀!"));

    // Leftmost first: "ab" before the piece is not merged across it; longest of two that start.
    assertArrayEquals(new int[] {1, 261, 1}, tokenizer.encode("ababa"));
    assertArrayEquals(new int[] {260, 1}, tokenizer.encode("baa"));
    assertArrayEquals(new int[] {0, 262, 262, 0}, tokenizer.encode("ab😀!😀!ab"));
    assertArrayEquals(new int[] {}, tokenizer.encode(""));
    for (String text : List.of("ababa", "😀!", "😀", "xbaby é😀!", "b")) {
      assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
    }
  }

  @Test
  void shouldNameTheOffsetOfBadUtf8InTheWholeText() {
    Tokenizer tokenizer = tokenizer(control("</s>"), user("ba"));

    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> tokenizer.encode(new byte[] {'b', 'a', 'a', (byte) 0xFF}));

    assertTrue(e.getMessage().contains("offset=3"), e.getMessage());
  }

  @Test
  void shouldFingerprintKindsAndOrder() {
    String fingerprint = tokenizer(control("</s>"), user("<x>")).fingerprint();

    // Pinned: blocks and checkpoints carry it, it must never change.
    assertEquals("a95319178787e8a2", fingerprint);
    assertNotEquals(fingerprint, tokenizer(control("</s>"), control("<x>")).fingerprint());
    assertNotEquals(fingerprint, tokenizer(user("<x>"), control("</s>")).fingerprint());
    assertNotEquals(fingerprint, tokenizer(control("</s>")).fingerprint());
  }

  @Test
  void shouldEqualTheLayoutOfTrainingHoweverItWasMade() {
    Vocabulary trained = Vocabulary.ofLearned(List.of("ab", "a", "b"));

    assertEquals(
        new Tokenizer(trained, false).fingerprint(),
        new Tokenizer(new Vocabulary(trained.pieces()), false).fingerprint());
    assertEquals(Vocabulary.FIRST_LEARNED + 3, trained.size());
    assertEquals(new Piece(Kind.BYTE, "<0x0A>"), trained.pieces().get(Vocabulary.FIRST_BYTE + 10));
  }

  @Test
  void shouldRefusePiecesThatCannotBeAVocabulary() {
    assertRefused("piece=</s>, has=[<s>]", pieces(control("<s>")));
    assertRefused("must be there once: id=260", pieces(control("</s>"), control("</s>")));
    assertRefused("must be there once: id=260", pieces(control("</s>"), user("ab")));
    assertRefused("must not be empty: id=260", pieces(control("</s>"), user("")));
    assertRefused(
        "at most 128 code points: id=260", pieces(control("</s>"), user("x".repeat(129))));
    assertRefused("lone surrogate", pieces(control("</s>"), control("\ud800")));
    assertRefused(
        "must be <0x00> .. <0xFF>: id=260",
        pieces(control("</s>"), new Piece(Kind.BYTE, "<0x0a>")));
    List<Piece> pieces = pieces(control("</s>"));
    pieces.remove(3 + 0x0A);
    assertRefused("missing=<0x0A>", pieces);
    assertRefused(
        "every character of a piece must be a piece: id=0",
        Collections.singletonList(new Piece(Kind.LEARNED, "a b")));
  }

  private static void assertRefused(String problem, List<Piece> pieces) {
    var e = assertThrows(IllegalArgumentException.class, () -> new Vocabulary(pieces));

    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }
}
