package dev.neostream.schemas.topic;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Schema ids, kept in a one-partition topic: the id of a schema is its offset plus one.
 *
 * <p>Registering is idempotent up to a race between processes, which gives one schema two ids; both
 * stay valid because the topic is never compacted. Thread-safe.
 */
public final class SchemaRegistry {

  private final KafkaConnection connection;
  private final Map<Integer, Schema> byId = new HashMap<>();
  private final Map<Long, Integer> byFingerprint = new HashMap<>();
  private long position;

  SchemaRegistry(KafkaConnection connection) {
    this.connection = connection;
  }

  /** Returns the id of a schema, registering it first if it is new. */
  public synchronized int register(Schema schema) {
    long fingerprint = fingerprint(schema);
    if (!byFingerprint.containsKey(fingerprint)) {
      load();
    }
    Integer id = byFingerprint.get(fingerprint);
    return id != null ? id : append(schema);
  }

  /**
   * Returns the schema with an id.
   *
   * @throws IllegalStateException if no such schema was ever registered
   */
  public synchronized Schema schema(int id) {
    if (!byId.containsKey(id)) {
      load();
    }
    Schema schema = byId.get(id);
    if (schema == null) {
      throw new IllegalStateException(
          "schema id must be registered: id=" + id + ", topic=" + connection.topics().schemas());
    }
    return schema;
  }

  private int append(Schema schema) {
    try (var producer =
        new KafkaProducer<>(
            connection.producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] name = schema.getFullName().getBytes(StandardCharsets.UTF_8);
      byte[] text = schema.toString().getBytes(StandardCharsets.UTF_8);
      long offset =
          producer
              .send(new ProducerRecord<>(connection.topics().schemas(), name, text))
              .get()
              .offset();
      load();
      return (int) offset + 1;
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "schema could not be registered: name=" + schema.getFullName(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while registering a schema", e);
    }
  }

  private void load() {
    var partition = new TopicPartition(connection.topics().schemas(), 0);
    try (var consumer =
        new KafkaConsumer<>(
            connection.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, position);
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (position < end) {
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          Schema schema =
              new Schema.Parser().parse(new String(record.value(), StandardCharsets.UTF_8));
          int id = (int) record.offset() + 1;
          byId.put(id, schema);
          byFingerprint.putIfAbsent(fingerprint(schema), id);
        }
        position = consumer.position(partition);
      }
    }
  }

  /** Defaults and docs count too: two schemas that resolve differently must not share an id. */
  private static long fingerprint(Schema schema) {
    return SchemaNormalization.fingerprint64(schema.toString().getBytes(StandardCharsets.UTF_8));
  }
}
