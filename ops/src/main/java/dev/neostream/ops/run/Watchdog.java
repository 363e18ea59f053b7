package dev.neostream.ops.run;

import dev.neostream.ops.monitor.Status;
import dev.neostream.schemas.Stage;
import java.time.Duration;
import java.util.Optional;

/**
 * Notices that a run stands still although nothing says what for: no record read, no document
 * decided upon, no step, while neither the input nor the plan is at its end. Not thread-safe.
 */
final class Watchdog {

  /** What moves in a run. */
  private record Progress(long read, long cleaned, long decided, long step) {

    static Progress of(Status status) {
      return new Progress(
          status.ingest().read(),
          status.stages().get(Stage.CLEAN).read(),
          status.stages().get(Stage.TOKENIZE).emitted(),
          status.training().step());
    }
  }

  private final Duration patience;
  private Progress last;
  private long since;

  /**
   * @param patience how long a run may stand still
   */
  Watchdog(Duration patience) {
    this.patience = patience;
  }

  /**
   * Returns what to say of a run that stands still, or nothing.
   *
   * @param status the newest
   * @param waitingFor what the sequencer says that it waits for
   * @param nanoTime now, on any clock that only goes forward
   */
  Optional<String> look(Status status, Optional<String> waitingFor, long nanoTime) {
    Progress now = Progress.of(status);
    boolean over = status.training().step() + 1 >= status.training().steps();
    if (!now.equals(last) || waitingFor.isPresent() || over) {
      last = now;
      since = nanoTime;
      return Optional.empty();
    }
    long seconds = Duration.ofNanos(nanoTime - since).toSeconds();
    return seconds < patience.toSeconds()
        ? Optional.empty()
        : Optional.of(
            "something unknown: no record, no document and no step for "
                + seconds
                + " s, and no part says what it waits for; read="
                + now.read
                + ", cleaned="
                + now.cleaned
                + ", step="
                + now.step);
  }
}
