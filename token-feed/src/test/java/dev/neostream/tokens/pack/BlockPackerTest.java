package dev.neostream.tokens.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockPackerTest {

  @Test
  void shouldOverlapConsecutiveBlocksByOneId() {
    var packer = new BlockPacker(4);
    var carry = new Carry();
    var blocks = new ArrayList<BlockPacker.Block>();

    packer.add(carry, "a", Map.of("id", "1"), new int[] {1, 1, 1, 1, 2}, blocks::add);
    packer.add(carry, "b", Map.of("id", "2"), new int[] {3, 3, 3, 2}, blocks::add);
    packer.add(carry, "c", Map.of(), new int[] {4, 2}, blocks::add);

    assertEquals(2, blocks.size());
    assertArrayEquals(new int[] {1, 1, 1, 1, 2}, blocks.get(0).ids());
    assertArrayEquals(new int[] {2, 3, 3, 3, 2}, blocks.get(1).ids());
    assertArrayEquals(new int[] {2, 4, 2}, carry.ids);
    assertEquals(2, carry.nextBlock);
    Carry.Part b = blocks.get(1).parts().get(0);
    assertEquals("b", b.documentId);
    assertEquals(1, b.start);
    assertEquals(4, b.length);
    assertTrue(b.last);
    assertEquals(Map.of("id", "2"), b.attributes);
    assertEquals(Map.of(), carry.parts.get(0).attributes);
  }

  @Test
  void shouldGiveEveryIdOfEveryDocumentExactlyOnceThroughItsSpans() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new Random(seed);
      var packer = new BlockPacker(1 + random.nextInt(40));
      var carry = new Carry();
      var blocks = new ArrayList<BlockPacker.Block>();
      var documents = new HashMap<String, int[]>();
      for (int d = 0; d < 60; d++) {
        int[] ids = random.ints(1 + random.nextInt(120), 0, 65_536).toArray();
        documents.put("d" + d, ids);
        packer.add(carry, "d" + d, Map.of("id", "" + d), ids, blocks::add);
      }
      blocks.add(new BlockPacker.Block(carry.nextBlock, carry.ids, carry.parts));

      var rebuilt = new HashMap<String, List<Integer>>();
      for (BlockPacker.Block block : blocks) {
        for (Carry.Part part : block.parts()) {
          List<Integer> ids = rebuilt.computeIfAbsent(part.documentId, key -> new ArrayList<>());
          assertEquals(ids.size(), part.from);
          assertEquals(part.documentId, "d" + part.attributes.get("id"));
          for (int i = 0; i < part.length; i++) {
            ids.add(block.ids()[part.start + i]);
          }
          assertEquals(part.last, ids.size() == documents.get(part.documentId).length);
        }
      }
      assertEquals(documents.keySet(), rebuilt.keySet());
      for (var entry : documents.entrySet()) {
        assertArrayEquals(
            entry.getValue(),
            rebuilt.get(entry.getKey()).stream().mapToInt(Integer::intValue).toArray());
      }
    }
  }

  @Test
  void shouldRefuseEmptySequences() {
    assertThrows(IllegalArgumentException.class, () -> new BlockPacker(0));
  }
}
