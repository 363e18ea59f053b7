package dev.neostream.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CpuTimeTest {

  @Test
  void shouldNameWhatAThreadIsFor() {
    assertEquals("clean -> sketch", CpuTime.part("clean -> sketch (2/16)#0"));
    assertEquals("decide", CpuTime.part("decide (1/1)#3"));
    assertEquals("other Java threads", CpuTime.part("OutputFlusher for decide (1/1)#3"));
    assertEquals(
        "fetch raw.documents",
        CpuTime.part("Source Data Fetcher for Source: raw.documents -> Flat Map (1/2)#0"));
    assertEquals("broker", CpuTime.part("data-plane-kafka-request-handler-3"));
    assertEquals("send to topics", CpuTime.part("kafka-producer-network-thread | corpus-1"));
    assertEquals("other Java threads", CpuTime.part("main"));
  }

  @Test
  void shouldGiveTheTimeOfAThreadToItsPart() throws InterruptedException {
    CpuTime before = CpuTime.now();
    var worked = new CountDownLatch(1);
    var measured = new CountDownLatch(1);
    var thread =
        new Thread(
            () -> {
              long sum = 1;
              for (int i = 0; i < 50_000_000; i++) {
                sum = sum * 31 + i;
              }
              worked.countDown();
              await(measured);
              assertTrue(sum != 0);
            },
            "work (1/1)#0");
    thread.start();
    worked.await();

    CpuTime after = CpuTime.now();
    measured.countDown();
    thread.join();

    Map<String, Double> parts = after.partsSince(before);
    assertTrue(parts.get("work") > 0, parts.toString());
    double sum = parts.values().stream().mapToDouble(Double::doubleValue).sum();
    assertTrue(sum >= after.secondsSince(before), sum + " of " + parts);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
