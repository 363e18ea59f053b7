package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StepCountTest {

  @Test
  void shouldReadTokensAsUsersWriteThem() {
    assertEquals(40_000, StepCount.tokens("40000"));
    assertEquals(1_500, StepCount.tokens("1.5k"));
    assertEquals(300_000_000, StepCount.tokens("300M"));
    assertEquals(2_500_000_000L, StepCount.tokens("2.5B"));
    assertEquals(4_500_000_000_000L, StepCount.tokens("4.5T"));
  }

  @Test
  void shouldRefuseWhatIsNoNumberOfTokens() {
    for (String given : List.of("", "0", "-5", "2.5G", "1e9", "2.5 B", "B", "99999999T", "0.1")) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> StepCount.tokens(given), given)
              .getMessage();
      assertTrue(message.endsWith("tokens=" + given), message);
    }
  }

  @Test
  void shouldComeNearestToTheTokens() {
    assertEquals(0, StepCount.steps(511, 1024));
    assertEquals(1, StepCount.steps(512, 1024));
    assertEquals(1, StepCount.steps(1535, 1024));
    assertEquals(2, StepCount.steps(1536, 1024));
    assertEquals(Long.MAX_VALUE, StepCount.steps(Long.MAX_VALUE, 1));
  }

  @Test
  void shouldReadStepsAndPercentages() {
    assertEquals(500, StepCount.stepsOrPercent("500", 7));
    assertEquals(240, StepCount.stepsOrPercent("20%", 1_200));
    assertEquals(2, StepCount.stepsOrPercent("12.5%", 12));
    for (String given : List.of("0", "1.5", "0%", "1%", "-1", "x", "99999999999999999999")) {
      assertThrows(
          IllegalArgumentException.class, () -> StepCount.stepsOrPercent(given, 12), given);
    }
  }
}
