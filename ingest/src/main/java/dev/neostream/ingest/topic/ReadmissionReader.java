package dev.neostream.ingest.topic;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import dev.neostream.schemas.Readmission;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.avro.Takedown;
import dev.neostream.schemas.avro.TakedownDocument;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.Takedowns;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Looks once where in raw.documents the documents lie, then fetches one after the other. A place is
 * how many of them were read. Memory is their ids and the largest document. Not thread-safe.
 */
final class ReadmissionReader implements RecordReader {

  private static final Duration POLL = Duration.ofMillis(200);

  /** A record is fetched for itself; brokers send one that is larger whole. */
  private static final int FETCH_BYTES = 1 << 16;

  private record Spot(TopicPartition partition, long offset) {}

  private final ReadmissionInput input;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final AvroCodec<RawDocument> codec;
  private final List<String> ids;
  private final Map<String, Spot> spots;
  private int read;

  /**
   * @param from where an earlier reader stopped
   */
  ReadmissionReader(ReadmissionInput input, Place from) {
    this.input = input;
    KafkaConnection connection = input.connection();
    ids = named(input);
    read = (int) from.offset();
    codec = AvroCodec.of(RawDocument.class, connection.registry());
    Map<String, Object> config = new HashMap<>(connection.consumer());
    config.put("max.partition.fetch.bytes", FETCH_BYTES);
    consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    spots = find(connection.topics().rawDocuments(), new HashSet<>(ids));
  }

  /** Returns the documents that the takedown does not ask for itself. */
  private static List<String> named(ReadmissionInput input) {
    List<String> ids = new ArrayList<>();
    for (Takedown takedown : Takedowns.of(input.connection())) {
      if (takedown.getVersion() >= input.first() && takedown.getVersion() <= input.last()) {
        for (TakedownDocument document : takedown.getDocuments()) {
          if (!document.getMatched()) {
            ids.add(document.getId());
          }
        }
      }
    }
    return ids;
  }

  private Map<String, Spot> find(String topic, Set<String> wanted) {
    Map<String, Spot> found = new HashMap<>();
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (found.size() < wanted.size()
        && partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        RawDocument raw = codec.decode(record.value());
        if (raw.getKind() == RawKind.DOCUMENT && wanted.contains(raw.getId())) {
          var partition = new TopicPartition(topic, record.partition());
          found.put(raw.getId(), new Spot(partition, record.offset()));
        }
      }
    }
    return found;
  }

  @Override
  public Optional<Item> next() {
    if (read >= ids.size()) {
      return Optional.empty();
    }
    String id = ids.get(read);
    Spot spot = spots.get(id);
    read++;
    return Optional.of(spot == null ? missing(id) : item(fetch(spot)));
  }

  private Item missing(String id) {
    return new Origin(input.source(), "")
        .broken("", read - 1L, "readmission.missing", id, "a document of raw.documents");
  }

  private RawDocument fetch(Spot spot) {
    consumer.assign(List.of(spot.partition));
    consumer.seek(spot.partition, spot.offset);
    while (true) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        return codec.decode(record.value());
      }
    }
  }

  private Item item(RawDocument raw) {
    Map<String, String> attributes = new HashMap<>(raw.getAttributes());
    // JSON text, as all attributes of raw.documents.
    attributes.put(Readmission.ATTRIBUTE, "\"" + new Readmission(input.last(), raw.getId()) + "\"");
    ByteBuffer payload = raw.getPayload().duplicate();
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return new Item.Document(
        raw.getSource(),
        raw.getUrl(),
        raw.getFile(),
        raw.getOffset(),
        raw.getMediaType(),
        Optional.ofNullable(raw.getCharset()),
        Optional.ofNullable(raw.getDomain()),
        raw.getCrawledAt(),
        attributes,
        bytes);
  }

  @Override
  public Place place() {
    return new Place("", read, 0, read, 0);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
