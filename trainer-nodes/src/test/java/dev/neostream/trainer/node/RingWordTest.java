package dev.neostream.trainer.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingWordTest {

  @Test
  void shouldBeReadAsItIsTold() {
    assertEquals("ring 3 of 4 ranks", new RingWord(3, 4).line());
    assertEquals(new RingWord(3, 4), RingWord.read("ring 3 of 4 ranks"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ring 3", "ring -3 of 4 ranks", "ring 3 of 4 ranks and more", "rings"})
  void shouldNotBeGuessed(String line) {
    var problem = assertThrows(IllegalArgumentException.class, () -> RingWord.read(line));

    assertEquals("a ring must be told as `ring N of N ranks`: line=" + line, problem.getMessage());
  }
}
