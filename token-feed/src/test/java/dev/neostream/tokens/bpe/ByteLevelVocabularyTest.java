package dev.neostream.tokens.bpe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.tokens.bpe.ByteLevelVocabulary.Merge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ByteLevelVocabularyTest {

  private static final List<byte[]> BYTES =
      IntStream.range(0, 256).mapToObj(b -> new byte[] {(byte) b}).toList();

  private static List<byte[]> and(String... pieces) {
    List<byte[]> all = new ArrayList<>(BYTES);
    Arrays.stream(pieces).map(Utf8::bytes).forEach(all::add);
    return all;
  }

  private static AddedPiece added(int id, String text, boolean control) {
    return new AddedPiece(id, text, control, false, false, false);
  }

  private static void assertRefused(
      String rule, List<byte[]> pieces, List<AddedPiece> added, List<Merge> merges) {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ByteLevelVocabulary(pieces, added, merges, false));

    assertEquals("a byte-level vocabulary must have " + rule, e.getMessage());
  }

  @Test
  void shouldRefuseWhatGivesNoTextOrTwoIds() {
    assertRefused(
        "a piece for every byte of UTF-8, so that any text has ids: is=none for 0x00",
        BYTES.subList(1, 256),
        List.of(),
        List.of());
    assertRefused("a piece once: is=ids 97 and 256", and("a"), List.of(), List.of());
    assertRefused("a piece for every id: is=none for 256", and(""), List.of(), List.of());
    assertRefused(
        "pieces of at most 1024 bytes: is=1025 of id 256",
        and("x".repeat(1025)),
        List.of(),
        List.of());
    assertRefused(
        "at most 1048576 pieces: is=1048577",
        Collections.nCopies((1 << 20) + 1, new byte[0]),
        List.of(),
        List.of());
  }

  @Test
  void shouldRefuseAddedPiecesThatContradict() {
    assertRefused(
        "added pieces of its own ids: is=256", BYTES, List.of(added(256, "x", false)), List.of());
    assertRefused(
        "one added piece an id: is=5",
        BYTES,
        List.of(added(5, "x", false), added(5, "y", false)),
        List.of());
    assertRefused(
        "an added piece once: is=x",
        BYTES,
        List.of(added(5, "x", false), added(6, "x", false)),
        List.of());
    assertRefused(
        "a text for every added piece: is=none for 5",
        BYTES,
        List.of(added(5, "", false)),
        List.of());
    assertRefused(
        "control pieces that no merge makes: is=<x>",
        and("<x>"),
        List.of(added(256, "<x>", true)),
        List.of());
  }

  @Test
  void shouldRefuseMergesThatMakeNothing() {
    assertRefused(
        "a learned piece for what a merge makes: is=a + b, rank=0",
        BYTES,
        List.of(),
        List.of(new Merge('a', 'b')));
    assertRefused(
        "a merge once: is=a + b",
        and("ab"),
        List.of(),
        List.of(new Merge('a', 'b'), new Merge('a', 'b')));
    for (int id : new int[] {-1, 256, 257}) {
      assertRefused(
          "merges of learned pieces only: is=id " + id + " at rank 0",
          and(""),
          List.of(added(256, "x", true)),
          List.of(new Merge('a', id)));
    }
  }

  @Test
  void shouldDoWithoutPiecesForBytesThatNoTextHas() {
    List<byte[]> pieces =
        BYTES.stream()
            .filter(piece -> List.of(0xC0, 0xC1, 0xF5, 0xFF).indexOf(piece[0] & 0xFF) < 0)
            .collect(Collectors.toList());
    var tokenizer =
        new ByteLevelTokenizer(
            new ByteLevelVocabulary(pieces, List.of(), List.of(), false), WordPattern.GPT2, false);

    assertEquals("é😀\u0000", tokenizer.decode(tokenizer.encode("é😀\u0000")));
  }
}
