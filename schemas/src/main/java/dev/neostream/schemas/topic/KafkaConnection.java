package dev.neostream.schemas.topic;

import dev.neostream.schemas.Topics;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/**
 * Where a run's topics are. Serialisable, so that Flink operators carry it.
 *
 * @param bootstrapServers host:port list
 * @param topics names of the run's topics
 */
public record KafkaConnection(String bootstrapServers, Topics topics) implements Serializable {

  /**
   * Settings of every consumer: committed records only, from the start, no group, no offsets kept.
   */
  public Map<String, Object> consumer() {
    var config = new HashMap<String, Object>();
    config.put("bootstrap.servers", bootstrapServers);
    config.put("isolation.level", "read_committed");
    config.put("auto.offset.reset", "earliest");
    config.put("enable.auto.commit", false);
    config.put("allow.auto.create.topics", false);
    return config;
  }

  /** Settings of every producer: idempotent, acknowledged by all replicas, compressed. */
  public Map<String, Object> producer() {
    var config = new HashMap<String, Object>();
    config.put("bootstrap.servers", bootstrapServers);
    config.put("acks", "all");
    config.put("enable.idempotence", true);
    config.put("compression.type", "lz4");
    config.put("max.request.size", MAX_RECORD_BYTES);
    return config;
  }

  /** Settings of a transactional producer; a second one with the same id fences the first. */
  public Map<String, Object> transactional(String transactionalId) {
    var config = producer();
    config.put("transactional.id", topics.run() + "." + transactionalId);
    config.put("linger.ms", 20);
    config.put("batch.size", 256 * 1024);
    return config;
  }

  public SchemaRegistry registry() {
    return new SchemaRegistry(this);
  }

  /** Largest record that brokers, producers and readers of a run accept. */
  public static final int MAX_RECORD_BYTES = 16 << 20;
}
