package dev.neostream.dedup.filter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GenerationsTest {

  private static long key(long number) {
    return number * 0x9e3779b97f4a7c15L;
  }

  private static void add(Generations generations, long number, int from, int to) {
    generations.start(number, to - from);
    for (int i = from; i < to; i++) {
      assertFalse(generations.isFull());
      generations.add(key(i));
    }
    assertTrue(generations.isFull());
  }

  /** Three generations 10, 11, 12 of the keys 0 to 9, 10 to 29, 30 to 69. */
  private static Generations three() {
    var generations = new Generations(30);
    add(generations, 10, 0, 10);
    add(generations, 11, 10, 30);
    add(generations, 12, 30, 70);
    return generations;
  }

  private static List<Integer> found(Generations generations) {
    return IntStream.range(0, 80).filter(i -> generations.mightContain(key(i))).boxed().toList();
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void shouldFindTheKeysOfAllGenerations() {
    assertTrue(new Generations(30).isEmpty());
    assertEquals(List.of(), found(new Generations(30)));
    assertEquals(range(0, 70), found(three()));
    assertEquals(12, three().newest());
  }

  @Test
  void shouldForgetDroppedGenerations() {
    Generations generations = three();

    assertEquals(List.of(), generations.drop(10));
    assertEquals(List.of(10L), generations.drop(11));
    assertEquals(range(10, 70), found(generations));
    assertEquals(List.of(11L), generations.drop(Long.MAX_VALUE));
    assertEquals(range(30, 70), found(generations));
  }

  @Test
  void shouldContinueWithWhatWasSealed() {
    var whole = new Generations(30);
    add(whole, 10, 0, 10);
    byte[] sealed = whole.seal();
    byte[] before = sealed.clone();
    add(whole, 11, 10, 30);

    assertArrayEquals(before, sealed);
    var restored = new Generations(30);
    restored.restore(10, before);
    add(restored, 11, 10, 30);
    assertEquals(found(whole), found(restored));
    assertEquals(whole.falsePositiveRate(), restored.falsePositiveRate());
    assertEquals(whole.bytes(), restored.bytes());
  }

  @Test
  void shouldRefuseWhatCannotBe() {
    var order = assertThrows(IllegalArgumentException.class, () -> three().start(12, 10));
    assertTrue(order.getMessage().contains("newest=12, next=12"));
    var format =
        assertThrows(
            IllegalArgumentException.class, () -> new Generations(20).restore(11, new byte[3]));
    assertTrue(format.getMessage().contains("bytes=3, in the filter of generation 11"));
  }
}
