package dev.neostream.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AttributesTest {

  @Test
  void shouldLeaveATextThatFits() {
    String text = "x".repeat(1_000);

    assertEquals(text, Attributes.bounded(text));
  }

  @Test
  void shouldCutALongerOneOnce() {
    String cut = Attributes.bounded("x".repeat(1_001));

    assertEquals("x".repeat(999) + "…", cut);
    assertEquals(cut, Attributes.bounded(cut));
  }

  @Test
  void shouldNotCutACharacterInTwo() {
    String cut = Attributes.bounded("x" + "𝄞".repeat(600));

    assertEquals("x" + "𝄞".repeat(499) + "…", cut);
    assertEquals("x".repeat(998) + "…", Attributes.bounded("x".repeat(998) + "𝄞".repeat(9)));
    byte[] utf8 = cut.getBytes(StandardCharsets.UTF_8);
    assertEquals(cut, new String(utf8, StandardCharsets.UTF_8));
  }
}
