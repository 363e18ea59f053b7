package dev.neostream.ingest.topic;

import dev.neostream.ingest.RecordSource;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.JsonRecord;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A topic of the user's, on brokers of the user's: committed records, from the earliest that is
 * there when its reading begins, in every partition that it has or gets.
 *
 * <p>A record's url is the one it names, or {@code topic-partition#offset}; its time is when it was
 * crawled. Its key and headers are not read.
 *
 * @param topic its name
 * @param servers host:port, separated by commas
 * @param format what its values are
 * @param fields where a value that is JSON holds what
 * @param mediaType type of documents that do not say that they are HTML
 * @param client settings of the client: encryption, credentials
 */
public record TopicInput(
    String topic,
    String servers,
    Format format,
    JsonRecord.Fields fields,
    String mediaType,
    Map<String, String> client)
    implements RecordSource {

  /** What the values of a topic are. */
  public enum Format {
    /** One JSON object a record, in UTF-8. */
    JSON,
    /** One document a record. */
    TEXT
  }

  /** What a topic's location begins with. */
  public static final String SCHEME = "kafka://";

  /** Settings without which a record could be lost, read twice or read before it is committed. */
  private static final Map<String, Object> OWN =
      Map.of(
          "isolation.level",
          "read_committed",
          "auto.offset.reset",
          "none",
          "enable.auto.commit",
          false,
          "allow.auto.create.topics",
          false);

  private static final Set<String> NAMED = Set.of("bootstrap.servers", "group.id");

  /** How soon a partition that a topic gets is noticed. */
  private static final int METADATA_MS = 5_000;

  /**
   * @throws IllegalArgumentException if {@code client} sets what is not the user's to set
   */
  public TopicInput {
    client = Map.copyOf(client);
    Set<String> refused = new TreeSet<>(client.keySet());
    refused.removeIf(key -> !OWN.containsKey(key) && !NAMED.contains(key));
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException(
          "client settings of a topic must leave these alone: topic="
              + topic
              + ", keys="
              + refused);
    }
  }

  /** The topic's name, told from those of files. */
  @Override
  public String source() {
    return "kafka/" + topic;
  }

  @Override
  public String location() {
    return SCHEME + servers + "/" + topic;
  }

  @Override
  public boolean follows() {
    return true;
  }

  @Override
  public RecordReader open(Place from) throws IOException {
    return new TopicInputReader(this, from);
  }

  Map<String, Object> consumer() {
    Map<String, Object> config = new HashMap<>();
    config.put("metadata.max.age.ms", METADATA_MS);
    config.putAll(client);
    config.putAll(OWN);
    config.put("bootstrap.servers", servers);
    return config;
  }

  Item item(ConsumerRecord<byte[], byte[]> record) {
    var origin = new Origin(source(), topic + "-" + record.partition());
    byte[] value = record.value();
    if (value == null) {
      return origin.broken("", record.offset(), "topic.no_value", "null", "a value");
    }
    if (value.length > JsonRecord.MAX_BYTES
        || format == Format.TEXT && value.length > Item.MAX_PAYLOAD_BYTES) {
      return origin.tooLarge("", record.offset());
    }
    Item item =
        format == Format.JSON
            ? JsonRecord.item(origin, record.offset(), value, fields)
            : origin.document(
                origin.file() + "#" + record.offset(), record.offset(), mediaType, value);
    return item instanceof Item.Document document
        ? document.at(
            document.mediaType().equals("text/plain") ? mediaType : document.mediaType(),
            Math.max(0, record.timestamp()))
        : item;
  }

  /** Names the topic alone: client settings may be secrets. */
  @Override
  public String toString() {
    return location();
  }
}
