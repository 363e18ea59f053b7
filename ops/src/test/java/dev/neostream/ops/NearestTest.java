package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestTest {

  private static final List<String> NAMES = List.of("status", "mix", "run", "name", "takedown");

  @Test
  void shouldFindTheNameThatWasMeant() {
    assertEquals(Optional.of("status"), Nearest.to("statsu", NAMES));
    assertEquals(Optional.of("takedown"), Nearest.to("take-down", NAMES));
    assertEquals(Optional.of("mix"), Nearest.to("mx", NAMES));
  }

  @Test
  void shouldNotGuessWildly() {
    assertEquals(Optional.empty(), Nearest.to("a", NAMES));
    assertEquals(Optional.empty(), Nearest.to("train-faster", NAMES));
    assertEquals(Optional.empty(), Nearest.to("status", List.of()));
  }
}
