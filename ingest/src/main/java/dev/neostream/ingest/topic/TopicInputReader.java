package dev.neostream.ingest.topic;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a user's topic from a place on. It looks where the partitions end, takes one record of each
 * in turn until it is there, and looks again: what it returns up to an end that it has seen depends
 * on the topic and the place alone, not on which answer came first.
 *
 * <p>A place holds the next offset of each partition, whose turn it is and how many records were
 * read. Offsets are the user's brokers', so a record that they no longer have is an error and never
 * a jump; brokers that do not answer are waited for. Not thread-safe.
 */
final class TopicInputReader implements RecordReader {

  private static final Logger LOG = LoggerFactory.getLogger(TopicInputReader.class);

  /** How long an answer is waited for; the run's other inputs wait too. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration POLL = Duration.ofMillis(100);
  private static final long LOOK_NANOS = 200_000_000;

  /** How long brokers that did not answer are left alone, so that other inputs are read. */
  private static final long REST_NANOS = 10_000_000_000L;

  private final TopicInput input;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<Long> offsets;
  private final List<ArrayDeque<ConsumerRecord<byte[], byte[]>>> fetched = new ArrayList<>();
  private final boolean begun;
  private List<Long> ends = List.of();
  private int turn;
  private long number;
  private long quietUntil = System.nanoTime();

  /**
   * @param from where an earlier reader of the topic stopped
   * @throws IOException if the topic cannot be read there
   */
  TopicInputReader(TopicInput input, Place from) throws IOException {
    this.input = input;
    this.offsets = new ArrayList<>(from.offsets());
    this.begun = !offsets.isEmpty();
    this.turn = (int) from.offset();
    this.number = from.number();
    try {
      this.consumer =
          new KafkaConsumer<>(
              input.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw unreadable(e);
    }
    try {
      look();
    } catch (KafkaException e) {
      consumer.close();
      throw unreadable(e);
    } catch (IOException e) {
      consumer.close();
      throw e;
    }
  }

  private IOException unreadable(KafkaException e) {
    return unreadable((e.getCause() == null ? e : e.getCause()).getMessage(), e);
  }

  private IOException unreadable(String problem, Exception cause) {
    return new IOException(
        "a topic must be there and readable: input="
            + input.source()
            + ", topic="
            + input.location()
            + ", problem="
            + problem,
        cause);
  }

  @Override
  public Optional<Item> next() throws IOException {
    if (System.nanoTime() - quietUntil < 0) {
      return Optional.empty();
    }
    try {
      if (isAtEnds()) {
        look();
      }
      for (int asked = 0; asked < offsets.size(); asked++) {
        int partition = turn;
        turn = (turn + 1) % offsets.size(); // also if that one does not answer
        Optional<ConsumerRecord<byte[], byte[]>> record = take(partition);
        if (record.isPresent()) {
          number++;
          return Optional.of(input.item(record.get()));
        }
      }
      rest(LOOK_NANOS);
      return Optional.empty();
    } catch (InvalidOffsetException e) {
      look(); // says which
      throw unreadable(e);
    } catch (KafkaException e) {
      if (!(e instanceof RetriableException)) {
        throw unreadable(e);
      }
      LOG.warn("brokers of {} do not answer and are asked again: {}", input, e.getMessage());
      rest(REST_NANOS);
      return Optional.empty();
    }
  }

  private void rest(long nanos) {
    quietUntil = System.nanoTime() + nanos;
  }

  private boolean isAtEnds() {
    return IntStream.range(0, ends.size()).allMatch(p -> offsets.get(p) >= ends.get(p));
  }

  private TopicPartition partition(int partition) {
    return new TopicPartition(input.topic(), partition);
  }

  /** Finds out which partitions there are by now, and where each begins and ends. */
  private void look() throws IOException {
    int count = partitions();
    List<TopicPartition> all = IntStream.range(0, count).mapToObj(this::partition).toList();
    Map<TopicPartition, Long> first = consumer.beginningOffsets(all, PATIENCE);
    Map<TopicPartition, Long> behind = consumer.endOffsets(all, PATIENCE);
    if (count < offsets.size()) {
      throw another("partitions read=" + offsets.size() + ", there are=" + count);
    }
    if (fetched.size() < count) {
      follow(all, first);
    }
    for (TopicPartition each : all) {
      long next = offsets.get(each.partition());
      if (next < first.get(each)) {
        throw new IOException(
            "a topic must hold what the run has not read yet: input="
                + input.source()
                + ", topic="
                + input.location()
                + ", partition="
                + each.partition()
                + ", position="
                + next
                + ", earliest="
                + first.get(each)
                + "; what lies between was deleted: raise the topic's retention, and begin another"
                + " run, which reads from the earliest");
      }
      if (next > behind.get(each)) {
        throw another(
            "partition=" + each.partition() + ", position=" + next + ", end=" + behind.get(each));
      }
    }
    ends = all.stream().map(behind::get).toList();
  }

  /** Brokers tell of a topic a moment after it was made. */
  private int partitions() throws IOException {
    long begun = System.nanoTime();
    int count = 0;
    while (count == 0) {
      count = consumer.partitionsFor(input.topic(), PATIENCE).size();
      if (count == 0 && System.nanoTime() - begun > PATIENCE.toNanos()) {
        throw unreadable("no such topic", null);
      }
    }
    return count;
  }

  /** A partition that comes while the topic is read is read from its first record ever. */
  private void follow(List<TopicPartition> all, Map<TopicPartition, Long> first) {
    for (TopicPartition each : all.subList(offsets.size(), all.size())) {
      offsets.add(begun || !fetched.isEmpty() ? 0L : first.get(each));
    }
    while (fetched.size() < all.size()) {
      fetched.add(new ArrayDeque<>());
    }
    consumer.assign(all);
    // What was fetched and not taken yet is fetched again.
    fetched.forEach(ArrayDeque::clear);
    all.forEach(each -> consumer.seek(each, offsets.get(each.partition())));
  }

  private IOException another(String evidence) {
    return new IOException(
        "a topic must not be made anew while a run reads it: input="
            + input.source()
            + ", topic="
            + input.location()
            + ", "
            + evidence
            + "; begin another run, or give the new topic another name");
  }

  /** Takes the next record of a partition; nothing if it is at its end. */
  private Optional<ConsumerRecord<byte[], byte[]>> take(int partition) {
    ArrayDeque<ConsumerRecord<byte[], byte[]>> records = fetched.get(partition);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (records.isEmpty() && offsets.get(partition) < ends.get(partition)) {
      fetch();
      if (records.isEmpty()) {
        // Aborted records and the marks of transactions take offsets too.
        offsets.set(partition, consumer.position(partition(partition), PATIENCE));
        if (System.nanoTime() - deadline > 0) {
          throw new TimeoutException(
              "partition=" + partition + ", offset=" + offsets.get(partition));
        }
      }
    }
    long end = ends.get(partition);
    if (records.isEmpty() || records.peek().offset() >= end) {
      offsets.set(partition, Math.max(end, offsets.get(partition)));
      return Optional.empty();
    }
    ConsumerRecord<byte[], byte[]> record = records.remove();
    offsets.set(partition, record.offset() + 1);
    return Optional.of(record);
  }

  /** Fetches of partitions of which nothing is left alone, so that no more is held than that. */
  private void fetch() {
    for (int partition = 0; partition < fetched.size(); partition++) {
      if (fetched.get(partition).isEmpty()) {
        consumer.resume(List.of(partition(partition)));
      } else {
        consumer.pause(List.of(partition(partition)));
      }
    }
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      fetched.get(record.partition()).add(record);
    }
  }

  @Override
  public Place place() {
    return Place.inPartitions(turn, number, offsets);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
