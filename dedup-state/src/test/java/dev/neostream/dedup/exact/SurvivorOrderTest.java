package dev.neostream.dedup.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.schemas.Envelope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SurvivorOrderTest {

  private static Envelope document(String id, long crawledAt, long ordinal) {
    var document = new Envelope();
    document.id = id;
    document.crawledAt = crawledAt;
    document.ordinal = ordinal;
    return document;
  }

  @Test
  void shouldPreferEarliestCrawlThenIdWhateverTheArrivalOrder() {
    var documents =
        new ArrayList<>(
            List.of(
                document("d", 0, 0),
                document("a", 0, 1),
                document("c", 2000, 2),
                document("b", 1000, 3),
                document("e", 1000, 4)));

    for (int seed = 0; seed < 20; seed++) {
      Collections.shuffle(documents, new Random(seed));
      documents.sort(SurvivorOrder.EARLIEST);

      assertEquals(List.of("b", "e", "c", "a", "d"), documents.stream().map(d -> d.id).toList());
    }
  }
}
