package dev.neostream.trainer.collective;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Small frames and links of two: every sum presses back all the time. */
class InMemoryTransportTest extends TransportContractTest {

  @Override
  List<Transport> transports(int ranks, Duration deadline) {
    return InMemoryTransport.ring(RUN, GENERATION, ranks, deadline, Frame.HEADER + 1000, 2);
  }

  @Test
  void shouldNotAllocateInTheSteadyState() throws Exception {
    List<Transport> transports = transports(2, Duration.ofSeconds(60));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (RingAllReduce here = new RingAllReduce(transports.get(0));
        RingAllReduce there = new RingAllReduce(transports.get(1))) {
      int sums = 200;
      int rounds = 6;
      Future<?> peer =
          thread.submit(
              () -> {
                FloatBuffer values = direct(new float[10_000]);
                for (int i = 0; i < rounds * sums; i++) {
                  there.sum(values);
                }
              });
      FloatBuffer values = direct(new float[10_000]);
      ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      // The compiler and class loading may allocate in one round or another, a sum in every round.
      // A queue allocates where its reader must wait, which depends on the load of the machine.
      int framesASum = 2 * 10_000 / 2 / 250;
      int smallestObject = 16;
      long least = Long.MAX_VALUE;
      for (int round = 0; round < rounds; round++) {
        long before = bean.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < sums; i++) {
          here.sum(values);
        }
        least = Math.min(least, bean.getCurrentThreadAllocatedBytes() - before);
      }
      peer.get();

      assertTrue(least < (long) sums * framesASum * smallestObject, least + " bytes");
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void shouldRefuseAPlaceOutsideTheRing() {
    Duration second = Duration.ofSeconds(1);

    assertThrows(IllegalArgumentException.class, () -> new RingMember(1, 0, 2, 2, second));
    assertThrows(IllegalArgumentException.class, () -> new RingMember(1, 0, -1, 2, second));
    assertThrows(IllegalArgumentException.class, () -> new RingMember(1, 0, 0, 0, second));
    assertThrows(IllegalArgumentException.class, () -> new RingMember(1, -1, 0, 1, second));
    assertThrows(IllegalArgumentException.class, () -> new RingMember(1, 0, 0, 1, Duration.ZERO));
  }
}
