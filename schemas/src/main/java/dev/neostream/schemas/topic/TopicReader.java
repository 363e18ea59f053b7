package dev.neostream.schemas.topic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a whole topic from its beginning, committed records only, partitions assigned by hand. Not
 * thread-safe.
 */
public final class TopicReader<T extends SpecificRecordBase> implements AutoCloseable {

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final AvroCodec<T> codec;
  private final List<TopicPartition> partitions;
  private Map<TopicPartition, Long> ends = Map.of();

  public TopicReader(KafkaConnection connection, String topic, Class<T> type) {
    consumer =
        new KafkaConsumer<>(
            connection.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    codec = AvroCodec.of(type, connection.registry());
    partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Returns what arrived, waiting at most {@code timeout} for the first record. */
  public List<T> poll(Duration timeout) {
    var out = new ArrayList<T>();
    for (var record : consumer.poll(timeout)) {
      out.add(codec.decode(record.value()));
    }
    return out;
  }

  /** Returns every committed record from the current position to the end as of this call. */
  public List<T> readToEnd() {
    var out = new ArrayList<T>();
    readToEnd(out::add);
    return out;
  }

  /** The same one record at a time, for topics that do not fit into memory. */
  public void readToEnd(Consumer<T> out) {
    readTimedToEnd((value, writtenAt) -> out.accept(value));
  }

  /** The same with the time at which each was written, milliseconds since the epoch. */
  public void readTimedToEnd(ObjLongConsumer<T> out) {
    stopAtEnd();
    while (!atEnd()) {
      for (var record : consumer.poll(Duration.ofMillis(200))) {
        out.accept(codec.decode(record.value()), record.timestamp());
      }
    }
  }

  /** Takes the end as of this call for that of {@link #atEnd}. */
  public void stopAtEnd() {
    ends = consumer.endOffsets(partitions);
  }

  /** Whether everything has been read that was there when {@link #stopAtEnd} was called. */
  public boolean atEnd() {
    return partitions.stream().allMatch(p -> consumer.position(p) >= ends.get(p));
  }

  @Override
  public void close() {
    consumer.close();
  }
}
