package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.monitor.StatusSample;
import dev.neostream.schemas.Stage;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchdogTest {

  private static final Optional<String> NOTHING = Optional.empty();

  private final Watchdog watchdog = new Watchdog(Duration.ofSeconds(60));

  private Optional<String> look(Status status, Optional<String> waitingFor, long seconds) {
    // A clock may begin anywhere, below zero too.
    return watchdog.look(status, waitingFor, Long.MAX_VALUE + TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void shouldSaySoOnceNothingHasMovedForSoLong() {
    Status status = StatusSample.running();

    assertEquals(NOTHING, look(status, NOTHING, 0));
    assertEquals(NOTHING, look(status, NOTHING, 59));
    Optional<String> said = look(status, NOTHING, 60);
    assertTrue(
        said.orElseThrow()
            .startsWith(
                "something unknown: no record, no document and no step for 60 s, and no part"),
        said::toString);
    assertTrue(
        said.get()
            .endsWith(
                "read=%d, cleaned=%d, step=%d"
                    .formatted(
                        status.ingest().read(),
                        status.stages().get(Stage.CLEAN).read(),
                        status.training().step())),
        said::toString);
    assertTrue(look(status, NOTHING, 3_600).orElseThrow().contains(" 3600 s"));
  }

  @Test
  void shouldBeginAnewWhenSomethingMoves() {
    look(Status.starting(10), NOTHING, 0);

    assertEquals(NOTHING, look(StatusSample.running(), NOTHING, 60));
    assertEquals(NOTHING, look(StatusSample.running(), NOTHING, 119));
    assertTrue(look(StatusSample.running(), NOTHING, 120).isPresent());
  }

  @Test
  void shouldSayNothingWhereSomethingElseSaysWhy() {
    Status status = StatusSample.running();

    assertEquals(NOTHING, look(status, Optional.of("block 3 of code lane 0"), 0));
    assertEquals(NOTHING, look(status, Optional.of("block 3 of code lane 0"), 600));
    assertEquals(NOTHING, look(status, NOTHING, 659));
    assertTrue(look(status, NOTHING, 660).isPresent());
  }

  /** A run whose plan is at its end has nothing to do until there is a new one. */
  @Test
  void shouldSayNothingOfARunThatIsThrough() {
    Status.Training training = Status.starting(0).training();
    assertEquals(-1, training.step());

    assertEquals(NOTHING, look(Status.starting(0), NOTHING, 0));
    assertEquals(NOTHING, look(Status.starting(0), NOTHING, 600));
  }
}
