package dev.neostream.clean.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class DomainRecallTest {

  @Test
  void revisitsHostsWithMoreThanTheShareOfHits() {
    var recall = new DomainRecall(0.5);
    for (int i = 0; i < 10; i++) {
      recall.add("https://tenth.org/" + i, i == 0 ? 0.9f : 0.1f);
      recall.add("https://fifth.org/" + i, i < 2 ? 0.9f : 0.1f);
      recall.add("https://border.org/" + i, 0.5f);
    }
    recall.add("http://www.math.edu/", 0.9f);
    recall.add("https://math.edu:443/x", 0.2f);
    recall.add("", 0.9f);
    assertEquals(List.of(new DomainRecall.Host("fifth.org", 10, 2)), recall.revisit(0.10, 10));
    assertEquals(
        List.of(new DomainRecall.Host("fifth.org", 10, 2), new DomainRecall.Host("math.edu", 2, 1)),
        recall.revisit(0.10, 2));
    assertEquals(0.2, recall.revisit(0.10, 10).get(0).share());
    assertEquals(1, recall.skipped());
  }
}
