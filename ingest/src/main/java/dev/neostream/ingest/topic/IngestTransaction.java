package dev.neostream.ingest.topic;

import dev.neostream.ingest.IngestPlan;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.IngestInput;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The one transaction that ingest has open: readers see all of what is sent between {@link #begin}
 * and {@link #commit}, or nothing.
 */
final class IngestTransaction implements AutoCloseable {

  private static final String ID = "ingest";

  /** What a producer takes unless it is told. */
  private static final int DEFAULT_TIMEOUT_MS = 60_000;

  private final KafkaConnection connection;
  private final AvroCodec<RawDocument> rawCodec;
  private final AvroCodec<RejectedDocument> rejectedCodec;
  private final AvroCodec<IngestPosition> positionCodec;
  private final AvroCodec<IngestInput> inputCodec;
  private final KafkaProducer<byte[], byte[]> producer;
  private long begunAt;

  IngestTransaction(KafkaConnection connection) {
    this.connection = connection;
    rawCodec = AvroCodec.of(RawDocument.class, connection.registry());
    rejectedCodec = AvroCodec.of(RejectedDocument.class, connection.registry());
    positionCodec = AvroCodec.of(IngestPosition.class, connection.registry());
    inputCodec = AvroCodec.of(IngestInput.class, connection.registry());
    producer =
        new KafkaProducer<>(
            connection.transactional(ID), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Aborts what an earlier writer of the run has open, and fences it. */
  void takeOver() {
    begunAt = System.nanoTime();
    producer.initTransactions();
  }

  void begin() {
    begunAt = System.nanoTime();
    producer.beginTransaction();
  }

  void send(IngestPlan.Outgoing record) {
    if (record instanceof IngestPlan.Raw raw) {
      send(
          connection.topics().rawDocuments(),
          raw.partition(),
          raw.value().getId(),
          rawCodec.encode(raw.value()));
    } else if (record instanceof IngestPlan.Rejected rejected) {
      send(
          connection.topics().rejectedDocuments(),
          Topics.REJECTED_BY_INGEST,
          rejected.value().getId(),
          rejectedCodec.encode(rejected.value()));
    }
  }

  void send(IngestInput input) {
    send(connection.topics().ingestInputs(), 0, input.getSource(), inputCodec.encode(input));
  }

  void send(IngestPosition position) {
    send(
        connection.topics().ingestPositions(),
        0,
        connection.topics().run(),
        positionCodec.encode(position));
  }

  /** Failures of a send surface at the commit. */
  private void send(String topic, int partition, String key, byte[] value) {
    producer.send(
        new ProducerRecord<>(topic, partition, key.getBytes(StandardCharsets.UTF_8), value));
  }

  void commit() {
    producer.commitTransaction();
  }

  /** Ends it without a trace. */
  void abort() {
    producer.abortTransaction();
  }

  /** Without this, readers would wait for the open transaction until it times out. */
  void abort(Exception cause) {
    if (cause instanceof KafkaException failure && isFenced(failure)) {
      return;
    }
    try {
      producer.abortTransaction();
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * Returns whether the transaction failed because it was open for longer than brokers allow.
   * Brokers refuse a producer in many words, and alike whether another has its id or its time was
   * over.
   */
  boolean isTooLate(KafkaException e) {
    return e instanceof TimeoutException
        || System.nanoTime() - begunAt >= timeoutMillis(connection) * 1_000_000;
  }

  /** Returns whether another producer has taken over. */
  static boolean isFenced(KafkaException e) {
    return e instanceof ProducerFencedException || e instanceof InvalidProducerEpochException;
  }

  /** Returns how long brokers let a transaction of ingest be open, in milliseconds. */
  static long timeoutMillis(KafkaConnection connection) {
    Object millis =
        connection
            .transactional(ID)
            .getOrDefault(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, DEFAULT_TIMEOUT_MS);
    return Long.parseLong(millis.toString());
  }

  @Override
  public void close() {
    // Nothing is left to send: what is not committed is not wanted.
    producer.close(Duration.ZERO);
  }
}
