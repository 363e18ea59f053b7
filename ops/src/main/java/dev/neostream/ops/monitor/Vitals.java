package dev.neostream.ops.monitor;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the engines of a run are that this process knows of.
 *
 * @param kafka empty until the broker runs
 * @param flink empty until the job's first checkpoint
 * @param ranks ranks that run, in order
 */
public record Vitals(Optional<Kafka> kafka, Optional<Flink> flink, List<Rank> ranks) {

  /** Of engines that do not run. */
  public static final Vitals NONE = new Vitals(Optional.empty(), Optional.empty(), List.of());

  /**
   * A broker since it was started.
   *
   * @param topics by the topic's name within the run; those that are not the run's by their own
   * @param requests requests of clients that it answered
   * @param underReplicated partitions with fewer replicas than they should have
   */
  public record Kafka(Map<String, Topic> topics, long requests, long underReplicated) {}

  /**
   * @param writtenBytes bytes that clients wrote, compressed as they sent them
   * @param readBytes bytes that clients read
   * @param logBytes bytes that lie on the broker's disk
   */
  public record Topic(long writtenBytes, long readBytes, long logBytes) {

    /** Returns the sum. */
    public Topic plus(Topic other) {
      return new Topic(
          writtenBytes + other.writtenBytes,
          readBytes + other.readBytes,
          logBytes + other.logBytes);
    }
  }

  /**
   * The job's checkpoints since it was started.
   *
   * @param completed how many
   * @param failed how many, with those that were due before every task ran
   * @param seconds what the newest took, from its trigger to the last answer
   * @param pauseSeconds longest time that a subtask stood still for it: to align its inputs and to
   *     take the snapshot
   * @param stateBytes all state that the newest refers to
   * @param checkpointedBytes part of it that was written for it
   */
  public record Flink(
      long completed,
      long failed,
      double seconds,
      double pauseSeconds,
      long stateBytes,
      long checkpointedBytes) {}

  /**
   * A rank's process.
   *
   * @param residentBytes its memory, parameters and JVM included; -1 where the system does not tell
   * @param cpuSeconds processor time since it was started; -1 where the system does not tell
   */
  public record Rank(int rank, long residentBytes, double cpuSeconds) {}
}
