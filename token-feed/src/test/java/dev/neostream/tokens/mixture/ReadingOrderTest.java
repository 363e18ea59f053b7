package dev.neostream.tokens.mixture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.tokens.mixture.DomainLanes.Cursor;
import dev.neostream.tokens.mixture.ReadingOrder.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReadingOrderTest {

  private static List<Place> read(ReadingOrder order, int lanes, int epoch, long from, long to) {
    var places = new ArrayList<Place>();
    for (long round = from; round < to; round++) {
      for (int lane = 0; lane < lanes; lane++) {
        places.add(order.of(new Cursor(round, lane, epoch)));
      }
    }
    return places;
  }

  @Test
  void shouldReadLanesInTurnWhenWindowIsOneRound() {
    var order = new ReadingOrder("x", 2, 1, 42);

    assertEquals(
        List.of(new Place(0, 0), new Place(0, 1), new Place(1, 0), new Place(1, 1)),
        read(order, 2, 0, 0, 2));
  }

  @Test
  void shouldDoubleWindowsUntilTheyAreWhole() {
    var order = new ReadingOrder("x", 2, 5, 42);

    // 0 | 1 2 | 3 4 5 6 | 7 8 9 10 11 | 12 ...
    assertEquals(
        List.of(0L, 1L, 1L, 3L, 3L, 3L, 3L, 7L, 7L, 7L, 7L, 7L, 12L, 12L),
        LongStream.range(0, 14).map(order::windowStart).boxed().toList());
    assertEquals(7 + 5 * 1_000_000_000L, order.windowStart(7 + 5 * 1_000_000_000L + 4));
  }

  @Test
  void shouldReadEveryPlaceOfAWindowOnce() {
    var random = new Random(3);
    for (int trial = 0; trial < 100; trial++) {
      int lanes = 1 + random.nextInt(9);
      var order = new ReadingOrder("x", lanes, 1 + random.nextInt(40), random.nextLong());
      long from = order.windowStart(random.nextInt(1_000));
      long to = from + 1;
      while (order.windowStart(to) == from) {
        to++;
      }

      List<Place> places = read(order, lanes, random.nextInt(3), from, to);

      var distinct = new HashSet<>(places);
      assertEquals((to - from) * lanes, distinct.size());
      for (Place place : distinct) {
        assertTrue(place.round() >= from && place.round() < to, place::toString);
        assertTrue(place.lane() >= 0 && place.lane() < lanes, place::toString);
      }
    }
  }

  @Test
  void shouldBeTheSameOrderWhereverReadingStarts() {
    List<Place> throughout = read(new ReadingOrder("x", 3, 6, 42), 3, 1, 0, 50);
    var jumping = new ReadingOrder("x", 3, 6, 42);
    var random = new Random(5);

    for (int i = 0; i < 1_000; i++) {
      int number = random.nextInt(throughout.size());
      jumping.of(new Cursor(random.nextInt(50), 0, random.nextInt(2)));
      assertEquals(
          throughout.get(number), jumping.of(new Cursor(number / 3, number % 3, 1)), "i=" + i);
    }
  }

  @Test
  void shouldDifferBetweenSeedsDomainsEpochsAndWindows() {
    List<Place> places = read(new ReadingOrder("x", 4, 4, 42), 4, 0, 3, 7);

    assertNotEquals(places, read(new ReadingOrder("x", 4, 4, 43), 4, 0, 3, 7));
    assertNotEquals(places, read(new ReadingOrder("y", 4, 4, 42), 4, 0, 3, 7));
    assertNotEquals(places, read(new ReadingOrder("x", 4, 4, 42), 4, 1, 3, 7));
    assertNotEquals(
        places,
        read(new ReadingOrder("x", 4, 4, 42), 4, 0, 7, 11).stream()
            .map(place -> new Place(place.round() - 4, place.lane()))
            .toList());
  }

  /** What a run reads must not change with a version: its batches would not be found again. */
  @Test
  void shouldReadThisOrderForEver() {
    assertEquals(
        List.of(
            new Place(3, 1),
            new Place(6, 0),
            new Place(4, 1),
            new Place(3, 0),
            new Place(5, 1),
            new Place(5, 0),
            new Place(4, 0),
            new Place(6, 1)),
        read(new ReadingOrder("en.web", 2, 4, 42), 2, 0, 3, 7));
  }

  @Test
  void shouldPutEveryBlockAnywhereEquallyOften() {
    int windows = 20_000;
    var order = new ReadingOrder("x", 2, 4, 42);
    int[][] at = new int[8][8];
    for (int window = 0; window < windows; window++) {
      long from = 3 + 4L * window;
      int position = 0;
      for (Place place : read(order, 2, 0, from, from + 4)) {
        at[position++][(int) (place.round() - from) * 2 + place.lane()]++;
      }
    }

    double expected = windows / 8.0;
    double chiSquare = 0;
    for (int[] position : at) {
      for (int count : position) {
        chiSquare += (count - expected) * (count - expected) / expected;
      }
    }
    // 49 degrees of freedom: above 94 once in ten thousand seeds; this one is fixed.
    assertTrue(chiSquare < 94, "chiSquare=" + chiSquare);
  }
}
