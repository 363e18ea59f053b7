package dev.neostream.schemas.topic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
      out.addAll(poll(Duration.ofMillis(200)));
    }
    return out;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
