package dev.neostream.schemas.topic;

import dev.neostream.schemas.Topics;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a run's topics are reached: all that any client of them is made from. Serialisable, so that
 * Flink operators carry it.
 *
 * @param client settings that every client shares: {@code bootstrap.servers}, and encryption and
 *     credentials where the brokers ask for them
 * @param topics names of the run's topics
 */
public record KafkaConnection(Map<String, String> client, Topics topics) implements Serializable {

  /** Largest record that brokers, producers and readers of a run accept. */
  public static final int MAX_RECORD_BYTES = 16 << 20;

  private static final String SERVERS = "bootstrap.servers";

  public KafkaConnection {
    // Serialisable, unlike some of Map.copyOf's.
    client = new TreeMap<>(client);
    if (client.getOrDefault(SERVERS, "").isBlank()) {
      throw new IllegalArgumentException(
          "client settings must name " + SERVERS + ": settings=" + client.keySet());
    }
  }

  /** Returns a connection to brokers that ask for nothing, a list of host:port. */
  public static KafkaConnection to(String bootstrapServers, Topics topics) {
    return new KafkaConnection(Map.of(SERVERS, bootstrapServers), topics);
  }

  @Override
  public Map<String, String> client() {
    return new TreeMap<>(client);
  }

  /** Returns settings of an administrator. */
  public Map<String, Object> admin() {
    return new HashMap<>(client);
  }

  /**
   * Settings of every consumer: committed records only, from the start, no group, no offsets kept.
   */
  public Map<String, Object> consumer() {
    var config = admin();
    config.put("isolation.level", "read_committed");
    config.put("auto.offset.reset", "earliest");
    config.put("enable.auto.commit", false);
    config.put("allow.auto.create.topics", false);
    return config;
  }

  /** Settings of every producer: idempotent, acknowledged by all replicas, compressed. */
  public Map<String, Object> producer() {
    var config = admin();
    config.put("acks", "all");
    config.put("enable.idempotence", true);
    config.put("compression.type", "lz4");
    config.put("max.request.size", MAX_RECORD_BYTES);
    return config;
  }

  /** As {@link #producer}, in large batches: for records that nobody sees before a commit. */
  public Map<String, Object> bulkProducer() {
    var config = producer();
    config.put("linger.ms", 20);
    config.put("batch.size", 256 * 1024);
    return config;
  }

  /** Settings of a transactional producer; a second one with the same id fences the first. */
  public Map<String, Object> transactional(String transactionalId) {
    var config = bulkProducer();
    config.put("transactional.id", topics.run() + "." + transactionalId);
    return config;
  }

  public SchemaRegistry registry() {
    return new SchemaRegistry(this);
  }

  /** Names the brokers and the run alone: other settings may be secrets. */
  @Override
  public String toString() {
    return "KafkaConnection[" + SERVERS + "=" + client.get(SERVERS) + ", run=" + topics.run() + "]";
  }
}
