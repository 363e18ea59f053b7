package dev.neostream.ops.embedded;

import dev.neostream.ops.UserError;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.InvalidPidMappingException;

/** Tells that brokers no longer hold what a part of the run would read or commit next. */
final class LostRecords {

  private LostRecords() {}

  /** Returns what is wrong if a part has failed for want of records, empty if for another cause. */
  static Optional<UserError> in(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OffsetOutOfRangeException lost) {
        return Optional.of(
            new UserError(
                "the brokers must hold all that has not been read yet, they have lost records:"
                    + " asked for (partition, offset)="
                    + lost.offsetOutOfRangePartitions()
                    + "; bring back the brokers' files of the same time as the run's other files,"
                    + " or start the run anew",
                failure));
      }
      if (cause instanceof InvalidPidMappingException) {
        return Optional.of(
            new UserError(
                "the brokers must know the transactions that the job's newest checkpoint commits:"
                    + " their files are older than it, or the run has stood still for longer than"
                    + " they remember (transactional.id.expiration.ms); bring back the brokers'"
                    + " files of the same time as the run's other files, or start the run anew",
                failure));
      }
    }
    return Optional.empty();
  }
}
