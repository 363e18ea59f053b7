package dev.neostream.ops.job;

import dev.neostream.schemas.topic.KafkaConnection;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/** Flink's view of a topic of the run: committed records, from the beginning, without end. */
final class RunSource {

  private RunSource() {}

  static <T> KafkaSource<T> of(
      KafkaConnection connection, String topic, KafkaRecordDeserializationSchema<T> deserializer) {
    var client = new Properties();
    connection.consumer().forEach((name, value) -> client.put(name, value.toString()));
    return KafkaSource.<T>builder()
        .setProperties(client)
        .setTopics(topic)
        .setStartingOffsets(Beginning.ONCE)
        // A page may be as large as the default fetch, which then brings pages one by one.
        .setProperty(
            "max.partition.fetch.bytes", Integer.toString(KafkaConnection.MAX_RECORD_BYTES))
        // Positions live in Flink's checkpoints; offsets in the broker would be a second truth.
        .setProperty("commit.offsets.on.checkpoint", "false")
        .setDeserializer(deserializer)
        .build();
  }

  /**
   * The first record where there is no position yet. Where there is one and the broker no longer
   * holds what is behind it, the job fails: to begin again would read documents twice, or pass over
   * those that are lost.
   */
  private enum Beginning implements OffsetsInitializer {
    ONCE;

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
        Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
      return partitions.stream()
          .collect(Collectors.toMap(each -> each, each -> KafkaPartitionSplit.EARLIEST_OFFSET));
    }

    @Override
    @SuppressWarnings("deprecation") // the connector's interface has no other type
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
      return OffsetResetStrategy.NONE;
    }
  }
}
