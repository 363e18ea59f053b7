package dev.neostream.tokens.chat;

import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.chat.Refusal.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Turns a conversation into token ids and says which of them are learned: an answer's text and the
 * {@code </s>} that ends it. Immutable and thread-safe.
 *
 * <pre>
 *   TURNS       &lt;s&gt;system\n TEXT &lt;/s&gt; &lt;s&gt;user\n TEXT &lt;/s&gt; &lt;s&gt;assistant\n TEXT &lt;/s&gt; ...
 *                                                                         ^^^^^^^^^ learned
 *   PUBLISHED   &lt;s&gt;[INST] USER [/INST] ASSISTANT&lt;/s&gt; ...
 *                                     ^^^^^^^^^^^^^^ learned
 * </pre>
 *
 * <p>{@code <s>} and {@code </s>} are control pieces, which no text is encoded to: whatever a user
 * writes, it neither ends its turn nor begins another. {@code PUBLISHED} is for comparison: the
 * template of MAP-Neo's released checkpoints, Llama 2's without the system message, which it drops
 * silently; and a user who writes {@code [/INST]} writes what the template writes.
 *
 * <p>Markup and texts are encoded apart, so the ids of a conversation begin with those of every
 * earlier state of it.
 */
public final class ChatTemplate {

  /** The layouts there are. */
  public enum Layout {
    /** Every turn with its role, none lost: ours. */
    TURNS,
    /** The released checkpoints' template, which loses the system message. */
    PUBLISHED;

    /** The name in configurations. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Layout layout;
  private final Tokenizer tokenizer;
  private final int begin;
  private final int end;

  /**
   * @throws IllegalArgumentException if the tokenizer lacks the control pieces {@code <s>} and
   *     {@code </s>}
   */
  public ChatTemplate(Layout layout, Tokenizer tokenizer) {
    this.layout = layout;
    this.tokenizer = tokenizer;
    begin = tokenizer.vocabulary().control("<s>");
    end = tokenizer.endOfDocument();
  }

  /**
   * Returns a conversation's ids.
   *
   * @throws RefusedConversationException if an answer does not follow a user's turn or, for {@code
   *     PUBLISHED}, if the turns of user and assistant do not alternate, the user's first
   */
  public RenderedConversation render(Conversation conversation) {
    requireOrder(conversation.turns());
    var ids = new Ids();
    conversation.turns().forEach(turn -> append(ids, turn));
    return ids.rendered();
  }

  /**
   * Returns a pair's ids, its two answers marked.
   *
   * @throws RefusedConversationException as {@link #render(Conversation)}
   */
  public RenderedPair render(PreferencePair pair) {
    int promptTokens = prompt(pair.prompt()).length;
    return new RenderedPair(
        lastAnswer(pair.chosenConversation(), promptTokens),
        lastAnswer(pair.rejectedConversation(), promptTokens),
        promptTokens);
  }

  private RenderedConversation lastAnswer(Conversation conversation, int promptTokens) {
    RenderedConversation rendered = render(conversation);
    Arrays.fill(rendered.answers(), 0, promptTokens, false);
    return rendered;
  }

  /**
   * Returns the ids after which the assistant's next answer stands: what a model is asked with.
   *
   * @param turns ending with the user's
   * @throws RefusedConversationException as {@link #render(Conversation)}
   */
  public int[] prompt(List<Turn> turns) {
    List<Turn> answered = new ArrayList<>(turns);
    answered.add(new Turn(Role.ASSISTANT, ""));
    requireOrder(answered);
    var ids = new Ids();
    turns.forEach(turn -> append(ids, turn));
    appendOpening(ids);
    return ids.rendered().ids();
  }

  private void append(Ids ids, Turn turn) {
    if (turn.role() == Role.ASSISTANT) {
      appendOpening(ids);
      ids.add(true, tokenizer.encode(turn.text()));
      ids.add(true, end);
    } else if (layout == Layout.TURNS) {
      ids.add(false, begin);
      ids.add(false, tokenizer.encode(turn.role().name().toLowerCase(Locale.ROOT) + "\n"));
      ids.add(false, tokenizer.encode(turn.text()));
      ids.add(false, end);
    } else if (turn.role() == Role.USER) {
      ids.add(false, begin);
      ids.add(false, tokenizer.encode("[INST] " + turn.text() + " [/INST]"));
    }
  }

  /** What stands between a question and its answer. */
  private void appendOpening(Ids ids) {
    if (layout == Layout.TURNS) {
      ids.add(false, begin);
      ids.add(false, tokenizer.encode("assistant\n"));
    } else {
      ids.add(false, tokenizer.encode(" "));
    }
  }

  private void requireOrder(List<Turn> turns) {
    Role before = Role.SYSTEM;
    for (int i = 0; i < turns.size(); i++) {
      Role role = turns.get(i).role();
      if (role == Role.ASSISTANT && before != Role.USER) {
        throw new RefusedConversationException(
            Reason.TURN_ORDER,
            "an answer must follow a turn of the user: turn=%d, follows=%s"
                .formatted(i + 1, i == 0 ? "nothing" : before));
      }
      if (layout == Layout.PUBLISHED && role == Role.USER && before == Role.USER) {
        throw new RefusedConversationException(
            Reason.TURN_ORDER,
            "turns of user and assistant must alternate in the published template: turn="
                + (i + 1));
      }
      before = role;
    }
  }

  /** Ids under way, each marked as learned or not. */
  private static final class Ids {

    private int[] ids = new int[256];
    private boolean[] answers = new boolean[256];
    private int count;

    void add(boolean answer, int... more) {
      int length = count + more.length;
      if (length > ids.length) {
        ids = Arrays.copyOf(ids, 2 * length);
        answers = Arrays.copyOf(answers, 2 * length);
      }
      System.arraycopy(more, 0, ids, count, more.length);
      Arrays.fill(answers, count, length, answer);
      count = length;
    }

    RenderedConversation rendered() {
      return new RenderedConversation(Arrays.copyOf(ids, count), Arrays.copyOf(answers, count));
    }
  }
}
