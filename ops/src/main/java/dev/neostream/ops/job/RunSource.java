package dev.neostream.ops.job;

import dev.neostream.schemas.topic.KafkaConnection;
import java.util.Properties;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;

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
        .setStartingOffsets(OffsetsInitializer.earliest())
        // A page may be as large as the default fetch, which then brings pages one by one.
        .setProperty(
            "max.partition.fetch.bytes", Integer.toString(KafkaConnection.MAX_RECORD_BYTES))
        // Positions live in Flink's checkpoints; offsets in the broker would be a second truth.
        .setProperty("commit.offsets.on.checkpoint", "false")
        .setDeserializer(deserializer)
        .build();
  }
}
