package dev.neostream.tokens.chat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.tokens.chat.Refusal.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class RenderedPairTest {

  private static final int PROMPT = 3;

  /** A prompt of 1, 2, 3 and answers. */
  private static RenderedPair pair(int[] chosen, int[] rejected) {
    return new RenderedPair(answered(chosen), answered(rejected), PROMPT);
  }

  private static RenderedConversation answered(int[] answer) {
    int[] ids = new int[PROMPT + answer.length];
    boolean[] answers = new boolean[ids.length];
    for (int i = 0; i < ids.length; i++) {
      answers[i] = i >= PROMPT;
      ids[i] = answers[i] ? answer[i - PROMPT] : i + 1;
    }
    return new RenderedConversation(ids, answers);
  }

  @Test
  void shouldBreakOffWhatIsLonger() {
    RenderedPair pair = pair(new int[] {7, 8, 9, 0}, new int[] {7, 0});

    RenderedPair cut = pair.cut(6);

    assertEquals(7, pair.length());
    assertEquals(6, cut.length());
    assertArrayEquals(new int[] {1, 2, 3, 7, 8, 9}, cut.chosen().ids());
    assertArrayEquals(
        new boolean[] {false, false, false, true, true, true}, cut.chosen().answers());
    assertArrayEquals(pair.rejected().ids(), cut.rejected().ids());
    assertEquals(pair.promptHash(1), cut.promptHash(1));
  }

  @Test
  void shouldRefuseToCutWhereAnswersDoNotDifferYet() {
    RenderedPair pair = pair(new int[] {7, 8, 0}, new int[] {7, 9, 0});

    assertEquals(8, pair.cut(5).chosen().ids()[4]);
    for (int length = 1; length < 5; length++) {
      int fit = length;
      var error = assertThrows(RefusedConversationException.class, () -> pair.cut(fit));
      assertEquals(Reason.TOO_LONG, error.reason());
      assertEquals(
          "chosen and rejected must differ in what fits: ids=6, of the prompt=3, fit=" + fit,
          error.getMessage());
    }
  }

  @Test
  void shouldTellListsApartByPairsAndOrder() {
    RenderedPair one = pair(new int[] {7}, new int[] {8});
    RenderedPair two = pair(new int[] {8}, new int[] {7});

    assertEquals(
        RenderedPair.hash(List.of(one, two)),
        RenderedPair.hash(
            List.of(pair(new int[] {7}, new int[] {8}), pair(new int[] {8}, new int[] {7}))));
    assertNotEquals(RenderedPair.hash(List.of(one, two)), RenderedPair.hash(List.of(two, one)));
    assertNotEquals(RenderedPair.hash(List.of(one)), RenderedPair.hash(List.of(one, one)));
  }
}
