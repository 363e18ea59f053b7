package dev.neostream.ops.monitor;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** What {@code /metrics} shows of {@link Vitals}. */
final class VitalsMetrics extends Families<Vitals> {

  private VitalsMetrics(PrometheusRegistry registry, Supplier<Vitals> vitals) {
    super(registry, vitals);
  }

  /** Adds all families. */
  static void register(PrometheusRegistry registry, Supplier<Vitals> vitals) {
    var metrics = new VitalsMetrics(registry, vitals);
    metrics.kafka();
    metrics.flink();
    metrics.ranks();
  }

  private void kafka() {
    counter(
        "neo_kafka_written_bytes_total",
        "Bytes that clients wrote to a topic since the broker was started, compressed as sent.",
        byTopic(Vitals.Topic::writtenBytes),
        "topic");
    counter(
        "neo_kafka_read_bytes_total",
        "Bytes that clients read from a topic since the broker was started.",
        byTopic(Vitals.Topic::readBytes),
        "topic");
    gauge(
        "neo_kafka_log_bytes",
        "Bytes of a topic on the broker's disk.",
        byTopic(Vitals.Topic::logBytes),
        "topic");
    counter(
        "neo_kafka_requests_total",
        "Requests that the broker answered since it was started.",
        (v, sample) -> v.kafka().ifPresent(kafka -> sample.call(kafka.requests())));
    gauge(
        "neo_kafka_under_replicated_partitions",
        "Partitions with fewer replicas than they should have.",
        (v, sample) -> v.kafka().ifPresent(kafka -> sample.call(kafka.underReplicated())));
  }

  private static BiConsumer<Vitals, Sample> byTopic(ToLongFunction<Vitals.Topic> value) {
    return (v, sample) ->
        v.kafka()
            .ifPresent(
                kafka ->
                    kafka
                        .topics()
                        .forEach((name, topic) -> sample.call(value.applyAsLong(topic), name)));
  }

  private void flink() {
    counter(
        "neo_flink_checkpoints_total",
        "Checkpoints of the job since it was started, by result: completed or failed, as those do that"
            + " are due before every task runs.",
        (v, sample) ->
            v.flink()
                .ifPresent(
                    flink -> {
                      sample.call(flink.completed(), "completed");
                      sample.call(flink.failed(), "failed");
                    }),
        "result");
    flinkGauge(
        "neo_flink_checkpoint_seconds", "What the newest checkpoint took.", Vitals.Flink::seconds);
    flinkGauge(
        "neo_flink_checkpoint_pause_seconds",
        "Longest time that a subtask stood still for the newest checkpoint, to align its inputs and"
            + " to take the snapshot.",
        Vitals.Flink::pauseSeconds);
    flinkGauge(
        "neo_flink_state_bytes",
        "All state of the job that the newest checkpoint refers to.",
        Vitals.Flink::stateBytes);
    flinkGauge(
        "neo_flink_checkpointed_bytes",
        "Bytes that were written for the newest checkpoint.",
        Vitals.Flink::checkpointedBytes);
  }

  private void flinkGauge(String name, String help, ToDoubleFunction<Vitals.Flink> value) {
    gauge(
        name,
        help,
        (v, sample) -> v.flink().ifPresent(flink -> sample.call(value.applyAsDouble(flink))));
  }

  private void ranks() {
    gauge(
        "neo_rank_resident_bytes",
        "Memory of a rank's process, parameters and JVM included.",
        byRank(Vitals.Rank::residentBytes),
        "rank");
    counter(
        "neo_rank_cpu_seconds_total",
        "Processor time of a rank's process since it was started.",
        byRank(Vitals.Rank::cpuSeconds),
        "rank");
  }

  private static BiConsumer<Vitals, Sample> byRank(ToDoubleFunction<Vitals.Rank> value) {
    return (v, sample) -> {
      for (Vitals.Rank rank : v.ranks()) {
        if (value.applyAsDouble(rank) >= 0) {
          sample.call(value.applyAsDouble(rank), Integer.toString(rank.rank()));
        }
      }
    };
  }
}
