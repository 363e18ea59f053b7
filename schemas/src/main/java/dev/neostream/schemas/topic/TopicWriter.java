package dev.neostream.schemas.topic;

import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Writes records to a topic one at a time: proposals, takedowns, announcements. Not thread-safe.
 */
public final class TopicWriter<T extends SpecificRecordBase> implements AutoCloseable {

  private final KafkaProducer<String, byte[]> producer;
  private final AvroCodec<T> codec;
  private final String topic;
  private final String run;

  public TopicWriter(KafkaConnection connection, String topic, Class<T> type) {
    producer =
        new KafkaProducer<>(
            connection.producer(), new StringSerializer(), new ByteArraySerializer());
    codec = AvroCodec.of(type, connection.registry());
    this.topic = topic;
    run = connection.topics().run();
  }

  /**
   * Writes a record under the run's name; all replicas hold it when this returns.
   *
   * @throws IllegalStateException if it does not reach the topic
   */
  public void write(T record) {
    write(run, record);
  }

  /** Writes a record under another key, for topics that keep the newest record of each. */
  public void write(String key, T record) {
    try {
      producer.send(new ProducerRecord<>(topic, key, codec.encode(record))).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the record must reach its topic: topic=" + topic + ", record=" + record, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while writing: topic=" + topic, e);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
