package dev.neostream.ops.page;

import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.monitor.Timeline;
import dev.neostream.schemas.avro.MixtureUpdate;
import java.util.Optional;

/** Which plan a run follows, and which it followed before. */
final class Plans {

  private Plans() {}

  /** Returns the plan that was accepted last, empty before the first. */
  static Optional<MixtureUpdate> inForce(Timeline timeline) {
    return timeline.changes().stream()
        .filter(Status.Change::accepted)
        .reduce((first, last) -> last)
        .flatMap(change -> version(timeline, change.version()));
  }

  /** Returns an accepted plan by its version. */
  static Optional<MixtureUpdate> version(Timeline timeline, int version) {
    return Optional.ofNullable(timeline.plans().get(version));
  }
}
