package dev.neostream.ops.bench;

import dev.neostream.clean.CleanConfig;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.topic.IngestWriter;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.job.CorpusJob;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.avro.StageCounts;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Speed of cleaning through the engines: raw.documents from a broker, the clean operator in Flink,
 * clean.documents and rejected.documents into the broker, exactly once, all in this JVM.
 */
public final class StreamBench {

  /** The first warms the JVM up. */
  private static final int RUNS = 2;

  /** Documents a run reads, at least: enough for some checkpoints. */
  private static final long DOCUMENT_BYTES = 1L << 30;

  private static final int TRANSACTION_RECORDS = 500;
  private static final Duration CHECKPOINTS = Duration.ofSeconds(2);
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private StreamBench() {}

  /**
   * Returns the speed by the clock of the second of two runs over the documents, each given as
   * often as makes a gigabyte, between the first checkpoint that has read some and the last before
   * the end.
   *
   * @param bytes bytes of the documents
   * @param folder scratch
   */
  public static CleanBench.Result run(
      List<Input> inputs, long bytes, CleanConfig config, int parallelism, Path folder)
      throws IOException {
    CleanBench.Result result = null;
    List<Input> repeated = new ArrayList<>();
    for (long copy = 0; copy * bytes < DOCUMENT_BYTES; copy++) {
      for (Input input : inputs) {
        repeated.add(new Input(input.source() + "#" + copy, input.path()));
      }
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"))) {
      for (int run = 0; run < RUNS; run++) {
        KafkaConnection connection = broker.connection(new Topics("bench-" + run));
        broker.createTopics(connection.topics().all(List.of(), parallelism, 1));
        new IngestWriter(connection, repeated, parallelism, TRANSACTION_RECORDS).run(() -> false);
        Path scratch = folder.resolve("flink-" + run);
        try (EmbeddedFlink flink = EmbeddedFlink.start(scratch, folder, parallelism, CHECKPOINTS)) {
          flink.submit(
              "bench",
              env ->
                  CorpusJob.defineClean(
                      env, connection, parallelism, config, CorpusJob.sink(connection, DEADLINE)));
          result = watch(connection, flink, written(connection));
          flink.stopJob(DEADLINE);
        }
      }
    }
    return result;
  }

  private static IngestPosition written(KafkaConnection connection) {
    try (var positions =
        new TopicReader<>(
            connection, connection.topics().ingestPositions(), IngestPosition.class)) {
      List<IngestPosition> all = positions.readToEnd();
      return all.get(all.size() - 1);
    }
  }

  private static CleanBench.Result watch(
      KafkaConnection connection, EmbeddedFlink flink, IngestPosition written) {
    // By checkpoint: when its counts arrived, and what each subtask had read.
    Map<Long, Map<Integer, Long>> reads = new TreeMap<>();
    Map<Long, Long> arrived = new TreeMap<>();
    try (var counts =
        new TopicReader<>(connection, connection.topics().pipelineCounts(), StageCounts.class)) {
      while (true) {
        flink
            .failure()
            .ifPresent(
                failure -> {
                  throw new IllegalStateException("the job failed", failure);
                });
        for (StageCounts count : counts.poll(Duration.ofMillis(20))) {
          reads
              .computeIfAbsent(count.getCheckpoint(), key -> new TreeMap<>())
              .put(count.getSubtask(), count.getRead());
          arrived.put(count.getCheckpoint(), System.nanoTime());
          if (sum(reads.get(count.getCheckpoint())) == written.getWritten()) {
            return result(reads, arrived, written);
          }
        }
      }
    }
  }

  private static CleanBench.Result result(
      Map<Long, Map<Integer, Long>> reads, Map<Long, Long> arrived, IngestPosition written) {
    List<Long> during =
        reads.keySet().stream()
            .filter(c -> sum(reads.get(c)) > 0 && sum(reads.get(c)) < written.getWritten())
            .toList();
    if (during.size() < 2) {
      throw new IllegalArgumentException(
          "there must be enough documents for some checkpoints: documents=" + written.getWritten());
    }
    long first = during.get(0);
    long last = during.get(during.size() - 1);
    double part = (sum(reads.get(last)) - sum(reads.get(first))) / (double) written.getWritten();
    double seconds = (arrived.get(last) - arrived.get(first)) / 1e9 / part;
    return new CleanBench.Result("stream", written.getWritten(), written.getBytes(), seconds, -1);
  }

  private static long sum(Map<Integer, Long> reads) {
    return reads.values().stream().mapToLong(Long::longValue).sum();
  }
}
