package dev.neostream.tokens.chat;

import dev.neostream.tokens.chat.Refusal.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Packs whole conversations into blocks of {@code sequenceLength + 1} ids; none is cut.
 *
 * <pre>
 *   conversations  a a a a   b b   c c c          longest first: a, c, b
 *   block 0        a a a a b b                     sequenceLength = 5
 *   block 1        c c c - - -                     - = padding, weight 0
 * </pre>
 *
 * <p>Best fit decreasing inside a window: of the conversations that came since the last full
 * window, the longest goes first, each into the fullest block that has room. What comes in a
 * window, and in which order, decides the blocks, so the same files give the same ones. A larger
 * window wastes less and holds more.
 *
 * <p>Attention is causal over the whole block: a conversation sees those before it, as documents do
 * in pre-training.
 */
public final class ConversationPacker {

  /** Conversations of one block. */
  private static final class Open {
    private final List<RenderedConversation> conversations = new ArrayList<>();
    private int room;

    Open(int room) {
      this.room = room;
    }

    void add(RenderedConversation conversation) {
      conversations.add(conversation);
      room -= conversation.ids().length;
    }
  }

  private final int length;
  private final int window;
  private final int padding;
  private final List<RenderedConversation> waiting = new ArrayList<>();

  /**
   * @param sequenceLength T, tokens a block predicts, at least 1
   * @param window conversations that are packed together, at least 1
   * @param padding id that fills a block up
   */
  public ConversationPacker(int sequenceLength, int window, int padding) {
    if (sequenceLength < 1 || window < 1) {
      throw new IllegalArgumentException(
          "sequenceLength and window must be at least 1: sequenceLength=%d, window=%d"
              .formatted(sequenceLength, window));
    }
    this.length = sequenceLength + 1;
    this.window = window;
    this.padding = padding;
  }

  /**
   * Takes a conversation and, if that fills the window, hands its blocks to {@code sealed}.
   *
   * @throws RefusedConversationException if it is longer than a block; nothing is changed then
   */
  public void add(RenderedConversation conversation, Consumer<ChatBlock> sealed) {
    int ids = conversation.ids().length;
    if (ids > length) {
      throw new RefusedConversationException(
          Reason.TOO_LONG,
          "a conversation must fit a block, none is cut: ids=%d, block=%d".formatted(ids, length));
    }
    waiting.add(conversation);
    if (waiting.size() == window) {
      finish(sealed);
    }
  }

  /** Hands the blocks of all conversations that wait to {@code sealed}. */
  public void finish(Consumer<ChatBlock> sealed) {
    List<RenderedConversation> longestFirst = new ArrayList<>(waiting);
    waiting.clear();
    longestFirst.sort(Comparator.comparingInt(c -> -c.ids().length)); // stable: equals as they came
    List<Open> blocks = new ArrayList<>();
    for (RenderedConversation conversation : longestFirst) {
      Open best = null;
      for (Open block : blocks) {
        boolean fits = block.room >= conversation.ids().length;
        if (fits && (best == null || block.room < best.room)) {
          best = block;
        }
      }
      if (best == null) {
        best = new Open(length);
        blocks.add(best);
      }
      best.add(conversation);
    }
    blocks.forEach(block -> sealed.accept(sealed(block)));
  }

  private ChatBlock sealed(Open block) {
    int[] ids = new int[length];
    float[] weights = new float[length - 1];
    Arrays.fill(ids, length - block.room, length, padding);
    int at = 0;
    for (RenderedConversation conversation : block.conversations) {
      for (int i = 0; i < conversation.ids().length; i++, at++) {
        ids[at] = conversation.ids()[i];
        if (at > 0) {
          weights[at - 1] = conversation.answers()[i] ? 1 : 0;
        }
      }
    }
    return new ChatBlock(ids, weights);
  }
}
