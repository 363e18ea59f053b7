package dev.neostream.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TicksTest {

  private static List<String> around(double least, double most) {
    Ticks ticks = Ticks.around(least, most, 5);
    return ticks.values().stream().map(ticks::label).toList();
  }

  private static List<String> within(double least, double most) {
    Ticks ticks = Ticks.within(least, most, 8);
    return ticks.values().stream().map(ticks::label).toList();
  }

  @Test
  void shouldSurroundTheRange() {
    assertEquals(List.of("0", "2", "4", "6", "8", "10"), around(0, 9.1));
    assertEquals(List.of("0.0", "0.2", "0.4", "0.6", "0.8", "1.0"), around(0, 1));
    assertEquals(List.of("4.0", "4.5", "5.0", "5.5", "6.0"), around(4.2, 6));
    assertEquals(List.of("-0.4", "-0.2", "0.0", "0.2", "0.4"), around(-0.3, 0.3));
  }

  @Test
  void shouldTellNeighboursApart() {
    assertEquals(
        List.of("2.3010", "2.3012", "2.3014", "2.3016", "2.3018", "2.3020"),
        around(2.3010, 2.3020));
    assertEquals(List.of("10,000", "20,000", "30,000", "40,000"), around(10_000, 39_000));
  }

  @Test
  void shouldCountStepsInWholeNumbersWithinTheRange() {
    assertEquals(List.of("0", "1", "2"), within(0, 2));
    assertEquals(List.of("0", "5", "10", "15", "20", "25"), within(0, 29));
    assertEquals(List.of("0", "100", "200", "300", "400", "500"), within(0, 599));
    assertEquals(List.of("20,000", "40,000", "60,000", "80,000"), within(10_000, 99_000));
  }
}
