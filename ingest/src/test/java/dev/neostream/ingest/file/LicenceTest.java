package dev.neostream.ingest.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LicenceTest {

  @Test
  void shouldReadEitherSpelling() {
    assertEquals("cc-by-4.0", Licence.of(Map.of("licence", "\"cc-by-4.0\"")));
    assertEquals("mit", Licence.of(Map.of("license", "\"mit\"", "n", "1")));
    assertEquals("a", Licence.of(Map.of("licence", "\"a\"", "license", "\"b\"")));
  }

  @Test
  void shouldKeepWhatIsNoText() {
    assertEquals(
        "[\"mit\",\"apache-2.0\"]", Licence.of(Map.of("licence", "[\"mit\",\"apache-2.0\"]")));
    assertEquals("not json", Licence.of(Map.of("licence", "not json")));
    assertEquals("", Licence.of(Map.of("title", "\"x\"")));
  }
}
