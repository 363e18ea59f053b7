package dev.neostream.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class EventTimeTest {

  @Test
  void shouldEndWindowsAtMultiplesOfTheirSize() {
    assertEquals(511, EventTime.windowEnd(0));
    assertEquals(511, EventTime.windowEnd(511));
    assertEquals(1023, EventTime.windowEnd(512));
  }

  @Test
  void shouldLetTheLastWindowOfAnEraEndWithTheEra() {
    long last = EventTime.eraEnd(5);

    assertEquals((1L << 40) - 1, last);
    assertEquals(last, EventTime.windowEnd(last));
    assertEquals(last + 1, EventTime.eraStart(1));
    assertEquals(1, EventTime.era(last + 1));
    assertEquals(EventTime.eraStart(2) - 1, EventTime.eraEnd(last + 1));
  }
}
