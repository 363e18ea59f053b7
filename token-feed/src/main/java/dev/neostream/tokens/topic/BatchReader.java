package dev.neostream.tokens.topic;

import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the batch manifest step by step from a given step on, committed records only. Not
 * thread-safe.
 */
public final class BatchReader implements AutoCloseable {

  private final TopicPartition partition;
  private final AvroCodec<TrainBatch> codec;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final NumberedPartition<TrainBatch> batches;
  private long nextStep;

  /**
   * Connects to a run's manifest.
   *
   * @param fromStep first step to return
   */
  public BatchReader(KafkaConnection connection, long fromStep) {
    if (fromStep < 0) {
      throw new IllegalArgumentException("fromStep must be >= 0: fromStep=" + fromStep);
    }
    nextStep = fromStep;
    partition = new TopicPartition(connection.topics().trainBatches(), 0);
    codec = AvroCodec.of(TrainBatch.class, connection.registry());
    batches = new NumberedPartition<>(partition.toString(), TrainBatch::getStep);
    consumer =
        new KafkaConsumer<>(
            connection.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.assign(List.of(partition));
    consumer.seek(partition, 0);
  }

  /** Returns the next step, or empty if it has not been emitted within the timeout. */
  public Optional<TrainBatch> poll(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    Optional<TrainBatch> found = batches.take(nextStep, BatchReader::ignore);
    for (long left = timeout.toNanos();
        found.isEmpty() && left > 0;
        left = deadline - System.nanoTime()) {
      batches.move(nextStep).ifPresent(offset -> consumer.seek(partition, offset));
      for (var record : consumer.poll(Duration.ofNanos(left))) {
        batches.add(record.offset(), codec.decode(record.value()));
      }
      found = batches.take(nextStep, BatchReader::ignore);
    }
    if (found.isPresent()) {
      nextStep++;
    }
    return found;
  }

  /** A step is passed over only on the way to the first one, by whoever reads from the middle. */
  private static void ignore(TrainBatch earlier) {}

  @Override
  public void close() {
    consumer.close();
  }
}
