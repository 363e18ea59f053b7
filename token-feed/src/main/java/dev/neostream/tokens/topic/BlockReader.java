package dev.neostream.tokens.topic;

import dev.neostream.schemas.avro.TokenBlock;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads token blocks by (domain, lane, block), committed ones only. Reading a lane in order costs
 * one fetch for some hundred blocks; jumping costs a few ({@link NumberedPartition}). Blocks that
 * are passed over are kept for a while: a shuffle soon asks for most of them. Not thread-safe.
 */
public final class BlockReader implements AutoCloseable {

  /** A lane with so many blocks buffered is not fetched further. */
  private static final int ENOUGH = 500;

  /**
   * The oldest of the blocks passed over are dropped beyond this; asked for, they are read again.
   */
  private static final long MOST_KEPT_BYTES = 32L << 20;

  /** About what a span takes beside the ids. */
  private static final int SPAN_BYTES = 256;

  private record Place(TopicPartition lane, long block) {}

  private final KafkaConnection connection;
  private final Duration patience;
  private final AvroCodec<TokenBlock> codec;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, NumberedPartition<TokenBlock>> lanes = new HashMap<>();
  private final Map<Place, TokenBlock> passedOver = new LinkedHashMap<>();
  private long keptBytes;

  /**
   * Connects to a run's token topics.
   *
   * @param patience how long to wait for a block that is not there yet
   */
  public BlockReader(KafkaConnection connection, Duration patience) {
    this.connection = connection;
    this.patience = patience;
    codec = AvroCodec.of(TokenBlock.class, connection.registry());
    Map<String, Object> config = connection.consumer();
    // A fetch in flight for the other lanes delays the one for a new lane by at most this.
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
    consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * Returns a block, waiting for it if it is not there yet.
   *
   * @throws NoSuchElementException if it does not come within the patience, and the topic has been
   *     read to its end: the brokers have lost it, since a block is named only after it is written
   * @throws IllegalStateException if it does not come for another reason
   */
  public TokenBlock read(String domain, int lane, long block) {
    var partition = new TopicPartition(connection.topics().tokens(domain), lane);
    TokenBlock kept = passedOver.remove(new Place(partition, block));
    if (kept != null) {
      keptBytes -= bytes(kept);
      return kept;
    }
    NumberedPartition<TokenBlock> numbered = open(partition);
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Optional<TokenBlock> found = numbered.take(block, each -> keep(partition, each));
      if (found.isPresent()) {
        return found.get();
      }
      numbered.move(block).ifPresent(offset -> consumer.seek(partition, offset));
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw missing(partition, "domain=" + domain + ", lane=" + lane + ", block=" + block);
      }
      poll(partition, Duration.ofNanos(left));
    }
  }

  private RuntimeException missing(TopicPartition partition, String block) {
    long end = consumer.endOffsets(List.of(partition)).get(partition);
    if (consumer.position(partition) >= end) {
      return new NoSuchElementException(
          "the brokers must hold every block that a batch names, they have lost records: "
              + block
              + ", end of "
              + partition
              + "="
              + end
              + "; bring back the brokers' files of one time, or start the run anew");
    }
    return new IllegalStateException(
        "block must be readable within "
            + patience
            + ": "
            + block
            + ", topic="
            + partition.topic()
            + "; look whether the broker runs");
  }

  private void keep(TopicPartition lane, TokenBlock block) {
    TokenBlock before = passedOver.put(new Place(lane, block.getBlock()), block);
    keptBytes += bytes(block) - (before == null ? 0 : bytes(before));
    Iterator<TokenBlock> oldest = passedOver.values().iterator();
    while (keptBytes > MOST_KEPT_BYTES) {
      keptBytes -= bytes(oldest.next());
      oldest.remove();
    }
  }

  private static long bytes(TokenBlock block) {
    return block.getIds().remaining() + (long) block.getSpans().size() * SPAN_BYTES;
  }

  private NumberedPartition<TokenBlock> open(TopicPartition partition) {
    NumberedPartition<TokenBlock> known = lanes.get(partition);
    if (known != null) {
      return known;
    }
    var opened = new NumberedPartition<>(partition.toString(), TokenBlock::getBlock);
    lanes.put(partition, opened);
    consumer.assign(lanes.keySet());
    consumer.seek(partition, 0);
    return opened;
  }

  private void poll(TopicPartition wanted, Duration timeout) {
    consumer.resume(lanes.keySet());
    consumer.pause(
        lanes.keySet().stream()
            .filter(lane -> !lane.equals(wanted) && lanes.get(lane).buffered() >= ENOUGH)
            .toList());
    for (var record : consumer.poll(timeout)) {
      lanes
          .get(new TopicPartition(record.topic(), record.partition()))
          .add(record.offset(), codec.decode(record.value()));
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
