package dev.neostream.tokens.chat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.tokens.chat.Refusal.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConversationPackerTest {

  private static final int PADDING = 99;

  /** A conversation of one id, repeated, whose last {@code answers} ids are learned. */
  private static RenderedConversation of(int id, int length, int answers) {
    int[] ids = new int[length];
    boolean[] learned = new boolean[length];
    Arrays.fill(ids, id);
    Arrays.fill(learned, length - answers, length, true);
    return new RenderedConversation(ids, learned);
  }

  private static List<ChatBlock> pack(
      int sequenceLength, int window, List<RenderedConversation> conversations) {
    var packer = new ConversationPacker(sequenceLength, window, PADDING);
    List<ChatBlock> blocks = new ArrayList<>();
    conversations.forEach(conversation -> packer.add(conversation, blocks::add));
    packer.finish(blocks::add);
    return blocks;
  }

  @Test
  void shouldPutLongestFirstIntoTheFullestBlockWithRoom() {
    List<ChatBlock> blocks = pack(5, 10, List.of(of(1, 4, 2), of(2, 2, 1), of(3, 3, 1)));

    assertEquals(2, blocks.size());
    assertArrayEquals(new int[] {1, 1, 1, 1, 2, 2}, blocks.get(0).ids());
    assertArrayEquals(new float[] {0, 1, 1, 0, 1}, blocks.get(0).weights());
    assertArrayEquals(new int[] {3, 3, 3, PADDING, PADDING, PADDING}, blocks.get(1).ids());
    assertArrayEquals(new float[] {0, 1, 0, 0, 0}, blocks.get(1).weights());
    assertEquals(3, blocks.get(0).answerTokens());
  }

  @Test
  void shouldPackAWindowAtATime() {
    List<RenderedConversation> conversations = List.of(of(1, 2, 1), of(2, 3, 1), of(3, 4, 1));

    assertEquals(2, pack(5, 3, conversations).size());
    assertArrayEquals(new int[] {1, 1, 99, 99, 99, 99}, pack(5, 1, conversations).get(0).ids());
    assertEquals(3, pack(5, 1, conversations).size());
  }

  @Test
  void shouldPackEveryConversationWholeOrRefuseIt() {
    for (int seed = 0; seed < 40; seed++) {
      var random = new Random(seed);
      int sequenceLength = 4 + random.nextInt(60);
      var packer = new ConversationPacker(sequenceLength, 1 + random.nextInt(30), PADDING);
      List<ChatBlock> blocks = new ArrayList<>();
      List<RenderedConversation> packed = new ArrayList<>();
      int refused = 0;
      for (int c = 0; c < 100; c++) {
        int length = 2 + random.nextInt(sequenceLength + 10);
        RenderedConversation conversation = of(100 + c, length, 1 + random.nextInt(length - 1));
        try {
          packer.add(conversation, blocks::add);
          packed.add(conversation);
        } catch (RefusedConversationException e) {
          assertEquals(Reason.TOO_LONG, e.reason());
          assertTrue(length > sequenceLength + 1);
          refused++;
        }
      }
      packer.finish(blocks::add);

      assertEquals(100, packed.size() + refused);
      int answers = 0;
      for (RenderedConversation conversation : packed) {
        assertEquals(1, blocks.stream().filter(block -> holds(block, conversation)).count());
        answers += conversation.answerTokens();
      }
      assertEquals(answers, blocks.stream().mapToInt(ChatBlock::answerTokens).sum());
      for (ChatBlock block : blocks) {
        assertEquals(sequenceLength + 1, block.ids().length);
        assertEquals(sequenceLength, block.weights().length);
      }
    }
  }

  /**
   * Whether the block has the conversation in one piece, with its weights and nothing else of it.
   */
  private static boolean holds(ChatBlock block, RenderedConversation conversation) {
    int id = conversation.ids()[0];
    int[] places = range(block.ids().length, i -> block.ids()[i] == id);
    if (places.length == 0) {
      return false;
    }
    assertEquals(conversation.ids().length, places.length);
    assertEquals(places.length - 1, places[places.length - 1] - places[0]);
    for (int i = 1; i < places.length; i++) {
      assertEquals(conversation.answers()[i] ? 1 : 0, block.weights()[places[i] - 1]);
    }
    return true;
  }

  private static int[] range(int end, java.util.function.IntPredicate wanted) {
    return java.util.stream.IntStream.range(0, end).filter(wanted).toArray();
  }

  @Test
  void shouldWasteLittleWhereAWindowIsLarge() {
    var random = new Random(5);
    List<RenderedConversation> conversations = new ArrayList<>();
    int ids = 0;
    for (int c = 0; c < 1000; c++) {
      int length = 10 + random.nextInt(190);
      conversations.add(of(c, length, 1));
      ids += length;
    }

    int blocks = pack(255, 1000, conversations).size();

    assertTrue(blocks * 256 < 1.03 * ids, blocks + " blocks for " + ids + " ids");
  }

  @Test
  void shouldChangeNothingWhenItRefuses() {
    var packer = new ConversationPacker(4, 2, PADDING);
    List<ChatBlock> blocks = new ArrayList<>();
    packer.add(of(1, 3, 1), blocks::add);

    var error =
        assertThrows(
            RefusedConversationException.class, () -> packer.add(of(2, 6, 1), blocks::add));

    assertEquals(
        "a conversation must fit a block, none is cut: ids=6, block=5", error.getMessage());
    packer.finish(blocks::add);
    packer.finish(blocks::add);
    assertEquals(1, blocks.size());
    assertArrayEquals(new int[] {1, 1, 1, PADDING, PADDING}, blocks.get(0).ids());
  }
}
