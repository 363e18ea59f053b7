package dev.neostream.trainer.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TextStreamTest {

  private static final Vocabulary PIECES =
      Vocabulary.ofLearned(List.of("ab", " a", " ", "a", "b", "c"));

  private static final Tokenizer TOKENIZER = new Tokenizer(PIECES, false);

  private static TextStream stream(String... stops) {
    return new TextStream(TOKENIZER, List.of(stops), false);
  }

  private static int[] bytes(String text) {
    int first = PIECES.ids(Piece.Kind.BYTE)[0];
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[utf8.length];
    Arrays.setAll(ids, i -> first + (utf8[i] & 0xFF));
    return ids;
  }

  /** Adds the ids and returns what came of each, and at the end, between bars. */
  private static String shown(TextStream stream, int... ids) {
    var shown = new StringBuilder();
    for (int id : ids) {
      shown.append(stream.add(id)).append('|');
    }
    return shown.append(stream.end()).toString();
  }

  @Test
  void shouldWaitForTheRestOfACharacter() {
    assertEquals("||\u4E2D|", shown(stream(), bytes("\u4E2D")));
    assertEquals("|||\uD83D\uDE00|", shown(stream(), bytes("\uD83D\uDE00")));
    assertEquals("||\uFFFD", shown(stream(), Arrays.copyOf(bytes("\u4E2D"), 2)));
  }

  @Test
  void shouldDecodeAnyBytesAsTheTokenizerDoes() {
    var random = new Random(1);
    for (int round = 0; round < 2_000; round++) {
      // Leads and continuations of UTF-8 are likely, so are sequences that are nearly right.
      int[] ids =
          random
              .ints(1 + random.nextInt(12), 0, 10)
              .map(kind -> kind < 6 ? 3 + 0x80 + random.nextInt(0x80) : random.nextInt(265))
              .toArray();
      TextStream stream = stream();
      String text = Arrays.stream(ids).mapToObj(stream::add).collect(Collectors.joining());
      assertEquals(TOKENIZER.decode(ids), text + stream.end(), Arrays.toString(ids));
    }
  }

  @Test
  void shouldEndBeforeAStopStringThatSpansTokens() {
    TextStream stream = stream("bca");

    assertEquals("a|||", shown(stream, TOKENIZER.encode("abca")[0], id("c"), id("a")));
    assertTrue(stream.stopped());
  }

  @Test
  void shouldGiveBackWhatOnlyBeganAStopString() {
    TextStream stream = stream("bcc", "abcb");

    assertEquals("|||abc|ac|", shown(stream, id("a"), id("b"), id("c"), id("a"), id("c")));
    assertFalse(stream.stopped());
  }

  @Test
  void shouldFindTheFirstOfSeveralStopStringsInOneToken() {
    assertEquals("|", shown(stream("b", "ab"), id("ab")));
    assertEquals("a|", shown(stream("c", "b"), id("ab")));
  }

  @Test
  void shouldFindAStopStringWhoseCharactersSpanTokens() {
    assertEquals("a||||", shown(stream("\u4E2D"), concat(new int[] {id("a")}, bytes("\u4E2D"))));
  }

  @Test
  void shouldNotLookForStopStringsInThePrompt() {
    var stream = new TextStream(TOKENIZER, List.of("ab"), true);

    assertEquals("ab", stream.prompt(id("ab")));
    assertEquals("b|", shown(stream, id("b")));
    assertFalse(stream.stopped());
  }

  @Test
  void shouldFinishTheCharacterThatThePromptBegan() {
    int[] ids = bytes("\u4E2D");
    var stream = stream();

    assertEquals("", stream.prompt(ids[0]) + stream.prompt(ids[1]));
    assertEquals("\u4E2D|", shown(stream, ids[2]));

    var nothing = stream();
    nothing.prompt(ids[0]);
    assertEquals("", nothing.end());

    var echo = new TextStream(TOKENIZER, List.of(), true);
    assertEquals("", echo.prompt(ids[0]));
    assertEquals("\uFFFD", echo.end());
  }

  @Test
  void shouldCountCodePoints() {
    var stream = new TextStream(TOKENIZER, List.of("c"), true);

    assertEquals(0, stream.position());
    stream.prompt(id("ab"));
    assertEquals(2, stream.position());
    Arrays.stream(bytes("\uD83D\uDE00")).forEach(stream::add);
    assertEquals(3, stream.position());
    stream.add(id("c"));
    assertEquals(4, stream.position());
  }

  @Test
  void shouldTakeAwayOnlyTheSpaceThatTheTokenizerPutsBeforeAText() {
    var prefixing = new Tokenizer(PIECES, true);
    int[] prompt = prefixing.encode("a");
    assertEquals(" a", PIECES.piece(prompt[0]));

    var echo = new TextStream(prefixing, List.of(), true);
    assertEquals("a", echo.prompt(prompt[0]));
    assertEquals(" a|", shown(echo, prompt[0]));

    var continuation = new TextStream(prefixing, List.of(), false);
    continuation.prompt(prompt[0]);
    assertEquals(" a|", shown(continuation, prompt[0]));
  }

  private static int id(String piece) {
    return PIECES.pieces().indexOf(new Piece(Piece.Kind.LEARNED, piece));
  }

  private static int[] concat(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
