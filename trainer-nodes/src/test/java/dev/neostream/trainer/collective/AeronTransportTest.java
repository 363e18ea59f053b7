package dev.neostream.trainer.collective;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.trainer.collective.aeron.AeronTransport;
import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over a real media driver. */
class AeronTransportTest extends TransportContractTest {

  private static final AtomicInteger NEXT_RING = new AtomicInteger();
  private static MediaDriver driver;

  @BeforeAll
  static void startDriver() {
    driver =
        MediaDriver.launchEmbedded(
            new MediaDriver.Context()
                .aeronDirectoryName(CommonContext.generateRandomDirName())
                .threadingMode(ThreadingMode.SHARED)
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true));
  }

  @AfterAll
  static void stopDriver() {
    driver.close();
  }

  @Override
  List<Transport> transports(int ranks, Duration deadline) {
    int baseStreamId = NEXT_RING.getAndAdd(16);
    return IntStream.range(0, ranks)
        .<Transport>mapToObj(
            rank ->
                new AeronTransport(
                    Path.of(driver.aeronDirectoryName()),
                    baseStreamId,
                    new RingMember(RUN, GENERATION, rank, ranks, deadline)))
        .toList();
  }

  @Test
  void shouldWaitForARankThatJoinsLater() throws Exception {
    Duration deadline = Duration.ofSeconds(60);
    int baseStreamId = NEXT_RING.getAndAdd(16);
    Path directory = Path.of(driver.aeronDirectoryName());
    var first = new AeronTransport(directory, baseStreamId, new RingMember(1, 0, 0, 2, deadline));
    var frame = new Frame(first.maxFrame());
    frame.encode(first.member(), Frame.DATA, 1, 0, 0, 0, 0);
    Transport.Outcome before = first.send(frame.bytes());

    var second = new AeronTransport(directory, baseStreamId, new RingMember(1, 0, 1, 2, deadline));
    Transport.Outcome after = first.send(frame.bytes());
    while (after == Transport.Outcome.NOT_CONNECTED) {
      Thread.onSpinWait();
      after = first.send(frame.bytes());
    }

    assertEquals(Transport.Outcome.NOT_CONNECTED, before);
    assertEquals(Transport.Outcome.SENT, after);
    first.close();
    second.close();
  }

  @Test
  void shouldPressBackWhenTheTermIsFullAndLoseNothing() {
    List<Transport> ring = transports(2, Duration.ofSeconds(60));
    Frame frame = new Frame(ring.get(0).maxFrame());
    int sent = 0;
    Transport.Outcome outcome;
    do {
      frame.encode(ring.get(0).member(), Frame.DATA, sent, 0, 0, 0, 1000);
      outcome = ring.get(0).send(frame.bytes());
      sent += outcome == Transport.Outcome.SENT ? 1 : 0;
    } while (outcome != Transport.Outcome.BACK_PRESSURED);
    ring.get(0).close();

    for (int i = 0; i < sent; i++) {
      while (!ring.get(1).receive(frame.bytes())) {
        Thread.onSpinWait();
      }
      frame.check();
      assertEquals(i, frame.operation());
    }
    assertTrue(sent > 100, "sent=" + sent);
    ring.get(1).close();
  }

  @Test
  void shouldNameTheDirectoryWhenNoDriverRuns(@TempDir Path nobody) {
    RingMember member = new RingMember(1, 0, 0, 1, Duration.ofSeconds(1));

    var error =
        assertThrows(IllegalStateException.class, () -> new AeronTransport(nobody, 1, member));

    assertTrue(error.getMessage().contains(nobody.toString()), error.getMessage());
  }

  @Test
  void shouldFailWithinTheDeadlineWhenThePeersProcessIsKilled() throws Exception {
    Duration deadline = Duration.ofSeconds(2);
    int baseStreamId = NEXT_RING.getAndAdd(16);
    Process peer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Peer.class.getName(),
                driver.aeronDirectoryName(),
                "" + baseStreamId)
            .redirectErrorStream(true)
            .start();
    var output =
        new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    while (!"joined".equals(line)) {
      assertTrue(line != null, "the peer must join");
      line = output.readLine();
    }
    var transport =
        new AeronTransport(
            Path.of(driver.aeronDirectoryName()),
            baseStreamId,
            new RingMember(RUN, 0, 0, 2, deadline));
    try (RingAllReduce ring = new RingAllReduce(transport)) {
      float[] values = {1, 2, 3};
      ring.sum(FloatBuffer.wrap(values));
      peer.destroyForcibly().waitFor();

      var error =
          assertThrows(
              IllegalStateException.class,
              () -> {
                while (true) {
                  ring.sum(direct(values));
                }
              });

      assertEquals(2f, values[0]);
      assertTrue(
          error.getMessage().contains("no progress for PT2S")
              || error.getMessage().contains("rank 1 left the ring"),
          error.getMessage());
    }
  }

  /** Rank 1 of 2, summing ones for ever in a process of its own. */
  static final class Peer {
    public static void main(String[] args) {
      var transport =
          new AeronTransport(
              Path.of(args[0]),
              Integer.parseInt(args[1]),
              new RingMember(RUN, 0, 1, 2, Duration.ofMinutes(1)));
      RingAllReduce ring = new RingAllReduce(transport);
      System.out.println("joined");
      while (true) {
        ring.sum(FloatBuffer.wrap(new float[] {1, 1, 1}));
      }
    }
  }
}
