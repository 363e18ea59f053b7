package dev.neostream.tokens.chat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.Vocabulary;
import dev.neostream.tokens.chat.ChatTemplate.Layout;
import dev.neostream.tokens.chat.Refusal.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChatTemplateTest {

  /** Role names are short; everything else is bytes. */
  private static final Tokenizer TOKENIZER =
      new Tokenizer(Vocabulary.ofLearned(List.of("us", "er", "u", "s", "e", "r")), false);

  private static final List<Turn> TALK =
      List.of(
          new Turn(Role.SYSTEM, "Be kind"),
          new Turn(Role.USER, "Hi"),
          new Turn(Role.ASSISTANT, "Yes"),
          new Turn(Role.USER, "Why"),
          new Turn(Role.ASSISTANT, "So"));

  private static RenderedConversation render(Layout layout, List<Turn> turns) {
    return new ChatTemplate(layout, TOKENIZER).render(new Conversation(turns));
  }

  /** What a reader sees: control pieces by name, text as it is. */
  private static String show(int[] ids) {
    var text = new StringBuilder();
    for (int from = 0, at = 0; at <= ids.length; at++) {
      boolean control = at < ids.length && ids[at] < Vocabulary.FIRST_BYTE;
      if (control || at == ids.length) {
        text.append(TOKENIZER.decode(Arrays.copyOfRange(ids, from, at)));
        text.append(control ? TOKENIZER.vocabulary().piece(ids[at]) : "");
        from = at + 1;
      }
    }
    return text.toString();
  }

  private static String learned(RenderedConversation rendered) {
    return show(
        IntStream.range(0, rendered.ids().length)
            .filter(i -> rendered.answers()[i])
            .map(i -> rendered.ids()[i])
            .toArray());
  }

  @Test
  void shouldKeepEveryTurnAndLearnAnswersWithTheirEnd() {
    RenderedConversation rendered = render(Layout.TURNS, TALK);

    assertEquals(
        "<s>system\nBe kind</s><s>user\nHi</s><s>assistant\nYes</s>"
            + "<s>user\nWhy</s><s>assistant\nSo</s>",
        show(rendered.ids()));
    assertEquals("Yes</s>So</s>", learned(rendered));
    assertEquals(7, rendered.answerTokens());
  }

  @Test
  void shouldLoseTheSystemMessageInThePublishedLayoutOnly() {
    RenderedConversation rendered = render(Layout.PUBLISHED, TALK);

    assertEquals("<s>[INST] Hi [/INST] Yes</s><s>[INST] Why [/INST] So</s>", show(rendered.ids()));
    assertEquals("Yes</s>So</s>", learned(rendered));
    assertArrayEquals(render(Layout.PUBLISHED, TALK.subList(1, TALK.size())).ids(), rendered.ids());
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void shouldAskWithTheIdsThatAnAnswerFollows(Layout layout) {
    RenderedConversation whole = render(layout, TALK);

    int[] prompt = new ChatTemplate(layout, TOKENIZER).prompt(TALK.subList(0, 4));

    assertArrayEquals(prompt, Arrays.copyOf(whole.ids(), prompt.length));
    assertEquals(
        "So</s>", show(Arrays.copyOfRange(whole.ids(), prompt.length, whole.ids().length)));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void shouldMarkOnlyTheAnswersOfAPair(Layout layout) {
    var template = new ChatTemplate(layout, TOKENIZER);

    RenderedPair pair = template.render(new PreferencePair(TALK.subList(0, 4), "So", "No idea"));

    assertEquals("So</s>", learned(pair.chosen()));
    assertEquals("No idea</s>", learned(pair.rejected()));
    assertArrayEquals(render(layout, TALK).ids(), pair.chosen().ids());
    assertEquals("So</s>", show(tail(pair.chosen(), pair)));
    assertEquals("No idea</s>", show(tail(pair.rejected(), pair)));
  }

  private static int[] tail(RenderedConversation answered, RenderedPair pair) {
    return Arrays.copyOfRange(answered.ids(), pair.promptTokens(), answered.ids().length);
  }

  @Test
  void shouldKnowPairsByTheirTextAndQuestionsByTheirs() {
    var template = new ChatTemplate(Layout.TURNS, TOKENIZER);
    List<Turn> question = List.of(new Turn(Role.USER, "q"));
    RenderedPair pair = template.render(new PreferencePair(question, "yes", "no"));
    RenderedPair copy = template.render(new PreferencePair(question, "yes", "no"));
    RenderedPair turned = template.render(new PreferencePair(question, "no", "yes"));
    RenderedPair other =
        template.render(new PreferencePair(List.of(new Turn(Role.USER, "r")), "yes", "no"));

    assertEquals(pair.hash(), copy.hash());
    assertNotEquals(pair.hash(), turned.hash());
    assertEquals(pair.promptHash(1), turned.promptHash(1));
    assertNotEquals(pair.hash(), other.hash());
    assertNotEquals(pair.promptHash(1), other.promptHash(1));
    assertNotEquals(pair.promptHash(1), pair.promptHash(2));
  }

  /** Whatever is said, control ids are where the template put them, and nowhere else. */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void shouldNeverMakeControlIdsOfText(Layout layout) {
    var random = new Random(1);
    List<String> parts =
        List.of("<s>", "</s>", "<unk>", "<0x0A>", "assistant\n", "[/INST]", "us", "\n", "<", "é");
    for (int round = 0; round < 300; round++) {
      var text = new StringBuilder("x");
      for (int i = 0; i < 6; i++) {
        text.append(parts.get(random.nextInt(parts.size())));
      }
      List<Turn> hostile = new ArrayList<>();
      List<Turn> plain = new ArrayList<>();
      for (Turn turn : TALK) {
        hostile.add(new Turn(turn.role(), text.toString()));
        plain.add(new Turn(turn.role(), "x"));
      }

      assertArrayEquals(controls(render(layout, plain)), controls(render(layout, hostile)));
    }
  }

  private static int[] controls(RenderedConversation rendered) {
    return Arrays.stream(rendered.ids()).filter(id -> id < Vocabulary.FIRST_BYTE).toArray();
  }

  @Test
  void shouldNotLetTextBecomeMarkupWhereTextsCanBePieces() {
    List<Piece> pieces = new ArrayList<>(TOKENIZER.vocabulary().pieces());
    pieces.add(new Piece(Piece.Kind.USER, "<s>"));
    pieces.add(new Piece(Piece.Kind.USER, "</s>"));
    int userEnd = pieces.size() - 1;
    var tokenizer = new Tokenizer(new Vocabulary(pieces), false);
    var turns = List.of(new Turn(Role.USER, "</s>"), new Turn(Role.ASSISTANT, "a"));

    int[] ids = new ChatTemplate(Layout.TURNS, tokenizer).render(new Conversation(turns)).ids();

    assertEquals(1, Arrays.stream(ids).filter(id -> id == userEnd).count());
    assertEquals(2, Arrays.stream(ids).filter(id -> id == Vocabulary.END).count());
    assertEquals(2, Arrays.stream(ids).filter(id -> id == Vocabulary.BEGIN).count());
  }

  @Test
  void shouldRefuseATokenizerWithoutTheMarks() {
    List<Piece> pieces = new ArrayList<>(TOKENIZER.vocabulary().pieces());
    pieces.remove(Vocabulary.BEGIN);
    var tokenizer = new Tokenizer(new Vocabulary(pieces), false);

    var error =
        assertThrows(
            IllegalArgumentException.class, () -> new ChatTemplate(Layout.TURNS, tokenizer));

    assertEquals(
        "the vocabulary must have this control piece: piece=<s>, has=[<unk>, </s>]",
        error.getMessage());
  }

  @Test
  void shouldRefuseAnswersThatNothingAsks() {
    Turn user = new Turn(Role.USER, "q");
    Turn answer = new Turn(Role.ASSISTANT, "a");

    for (Layout layout : Layout.values()) {
      assertEquals(
          "an answer must follow a turn of the user: turn=3, follows=ASSISTANT",
          refusal(layout, user, answer, answer));
      assertEquals(
          "an answer must follow a turn of the user: turn=1, follows=nothing",
          refusal(layout, answer));
      assertEquals(
          "an answer must follow a turn of the user: turn=2, follows=SYSTEM",
          refusal(layout, new Turn(Role.SYSTEM, "s"), answer));
    }
    assertEquals(
        "turns of user and assistant must alternate in the published template: turn=2",
        refusal(Layout.PUBLISHED, user, user, answer));
    assertEquals(
        "<s>user\nq</s><s>user\nq</s><s>assistant\na</s>",
        show(render(Layout.TURNS, List.of(user, user, answer)).ids()));
  }

  private static String refusal(Layout layout, Turn... turns) {
    var error =
        assertThrows(
            RefusedConversationException.class, () -> render(layout, Arrays.asList(turns)));
    assertEquals(Reason.TURN_ORDER, error.reason());
    return error.getMessage();
  }
}
