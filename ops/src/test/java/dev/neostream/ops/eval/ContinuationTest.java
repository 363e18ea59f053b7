package dev.neostream.ops.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.serve.StoredTinyModel;
import dev.neostream.tokens.bpe.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With pieces ab, " c", " ", a, b, c and bytes, and a context of 16. */
class ContinuationTest {

  private static final int CONTEXT = 16;

  @TempDir static Path folder;

  private static StoredLanguageModel model;
  private static Tokenizer tokenizer;

  @BeforeAll
  static void open() throws Exception {
    var stored = StoredTinyModel.save(new RunFolder(folder.resolve("run")), 7, CONTEXT);
    tokenizer = stored.tokenizer();
    model = StoredLanguageModel.open(stored, 1);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  /** Pieces, with | where the continuation begins; ^ is the prefix. */
  private static String pieces(Continuation continuation) {
    var text = new StringBuilder();
    int[] ids = continuation.ids();
    for (int i = 0; i < ids.length; i++) {
      text.append(i == ids.length - continuation.scored() ? "|" : i > 0 ? "," : "");
      text.append(ids[i] == model.prefix() ? "^" : tokenizer.decode(new int[] {ids[i]}));
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "ab; c;ab| c", // the piece with its space
        "ab ;c;ab| c", // a space that ends the context is the continuation's
        "ab  ;c;ab| , c", // all of them
        "ab\u00A0;c;ab|\uFFFD,\uFFFD,c", // as Python counts space
        "c; a;c| ,a",
        "ca;bc;c,ab|c", // of c, ab, c the context alone has two, c and a
        "'';ab c;^|ab, c", // nothing before: the prefix
        "'  ';c;^| , c", // nothing but spaces before: the same
      })
  void shouldEncodeBothAsOneTextAndSplitWhereTheContextEnds(
      String context, String continuation, String expected) throws Exception {
    Continuation asked = Continuation.of(model, context, continuation);

    assertEquals(expected, pieces(asked));
    assertFalse(asked.truncated());
  }

  @Test
  void shouldRefuseAContinuationWithoutATokenOfItsOwn() {
    var refused =
        assertThrows(IllegalArgumentException.class, () -> Continuation.of(model, "a", "b"));

    assertEquals(
        "a continuation must add a token to its context: continuation=`b`, tokens of both=1,"
            + " of the context=1; put a space between them",
        refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Continuation.of(model, "", ""));
    assertThrows(IllegalArgumentException.class, () -> Continuation.of(model, "c", ""));
  }

  @Test
  void shouldDropIdsOnTheLeftWhereBothAreTooLong() throws Exception {
    Continuation whole = Continuation.of(model, "c" + "b".repeat(13), " c c");
    Continuation cut = Continuation.of(model, "ac" + "b".repeat(13), " c c");
    Continuation least = Continuation.of(model, "cbb", "c".repeat(15));

    assertEquals(CONTEXT, whole.ids().length);
    assertFalse(whole.truncated());
    assertTrue(cut.truncated());
    assertArrayEquals(whole.ids(), cut.ids());
    assertEquals(2, cut.scored());
    assertEquals("b|" + "c,".repeat(14) + "c", pieces(least));
    assertTrue(least.truncated());
    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> Continuation.of(model, "b", "c".repeat(16)));
    assertEquals(
        "a continuation must be shorter than the model's context: tokens=16, context=16",
        refused.getMessage());
  }

  @Test
  void shouldScoreTheSumOfItsOwnTokensAlone() throws Exception {
    Continuation both = Continuation.of(model, "ab", " c a");
    double[] all = model.logProbabilities(both.ids());

    assertEquals(3, both.scored()); // " c", " ", "a"
    assertEquals(all[0] + all[1] + all[2], both.logProbability(model));
    assertEquals(all[2], new Continuation(both.ids(), 1, false).logProbability(model));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "14, 1", "15, 1", "16, 2", "29, 2", "30, 2", "31, 3", "200, 14"})
  void shouldScoreEveryIdOfATextOnce(int length, int windows) throws Exception {
    int[] ids = tokenizer.encode("cb".repeat(100).substring(0, length));
    assertEquals(length, ids.length);

    List<Continuation> asked = Continuation.windows(model, "cb".repeat(100).substring(0, length));

    assertEquals(windows, asked.size());
    List<Integer> scored = new ArrayList<>();
    for (Continuation window : asked) {
      int[] own = window.ids();
      assertTrue(own.length <= CONTEXT);
      assertTrue(window.scored() < own.length);
      int[] before = Arrays.copyOf(own, own.length - window.scored());
      if (scored.isEmpty()) {
        assertArrayEquals(new int[] {model.prefix()}, before);
      } else {
        assertEquals(CONTEXT, own.length, "it reaches back as far as it can");
        assertArrayEquals(
            Arrays.copyOfRange(ids, scored.size() - before.length, scored.size()), before);
      }
      Arrays.stream(own).skip(before.length).forEach(scored::add);
    }
    assertArrayEquals(ids, scored.stream().mapToInt(Integer::intValue).toArray());
  }

  @Test
  void shouldRefuseToCutAnEmptyText() {
    assertThrows(IllegalArgumentException.class, () -> Continuation.windows(model, ""));
  }
}
