package dev.neostream.tokens.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InspectionTest {

  private static final int FIRST = Vocabulary.FIRST_LEARNED;

  private static Inspection inspection() {
    List<Piece> pieces =
        new ArrayList<>(
            Vocabulary.ofLearned(List.of("th", "the", "cc", "t", "h", "e", "c")).pieces());
    pieces.add(new Piece(Piece.Kind.USER, "<code>"));
    return new Inspection(new Tokenizer(new Vocabulary(pieces), false));
  }

  private static void add(Inspection inspection, String group, String text) {
    inspection.add(group, text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void shouldCountByGroup() {
    Inspection inspection = inspection();

    add(inspection, "en", "thethe");
    add(inspection, "en", "c<code>");
    add(inspection, "zh", "e中");

    // the the | c <code> | e and three bytes
    assertEquals(
        Map.of(
            "en", new Inspection.Group(2, 13, 13, 4, 0), "zh", new Inspection.Group(1, 2, 4, 4, 3)),
        inspection.groups());
    assertEquals(new Inspection.Group(3, 15, 17, 8, 3), inspection.all());
    assertEquals(15 / 8.0, inspection.all().charactersPerToken());
    assertEquals(17 / 8.0, inspection.all().bytesPerToken());
    assertEquals(0, inspection.changed());
  }

  @Test
  void shouldNameLongestAndRarestPieces() {
    Inspection inspection = inspection();
    add(inspection, "en", "the the the th <code>");

    assertEquals(
        List.of(
            new Inspection.Use(FIRST + 7, "<code>", 1),
            new Inspection.Use(FIRST + 1, "the", 3),
            new Inspection.Use(FIRST, "th", 1)),
        inspection.longest(3));
    // "cc" is never used; of two used once the later comes first; single characters are left out.
    assertEquals(
        List.of(
            new Inspection.Use(FIRST + 2, "cc", 0),
            new Inspection.Use(FIRST + 7, "<code>", 1),
            new Inspection.Use(FIRST, "th", 1),
            new Inspection.Use(FIRST + 1, "the", 3)),
        inspection.rarest(10));
    assertEquals(5, inspection.unused());
  }

  @Test
  void shouldHaveNothingToTellOfNothing() {
    Inspection inspection = inspection();

    assertEquals(Set.of(), inspection.groups().keySet());
    assertEquals(Double.NaN, inspection.all().charactersPerToken());
    assertEquals(8, inspection.unused());
  }

  @Test
  void shouldRefuseWhatIsNoText() {
    assertThrows(
        IllegalArgumentException.class, () -> inspection().add("en", new byte[] {(byte) 0xC3}));
  }
}
