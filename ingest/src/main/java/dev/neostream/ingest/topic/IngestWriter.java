package dev.neostream.ingest.topic;

import dev.neostream.ingest.IngestPlan;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.RoundRobin;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes the records of inputs to raw.documents and rejected.documents exactly once: every
 * transaction holds its documents, its rejects and the position behind them, so a writer that was
 * killed anywhere goes on behind its last committed transaction.
 */
public final class IngestWriter {

  private static final String TRANSACTIONAL_ID = "ingest";

  private final KafkaConnection connection;
  private final List<Input> inputs;
  private final int rawPartitions;
  private final int transactionRecords;
  private final AvroCodec<RawDocument> rawCodec;
  private final AvroCodec<RejectedDocument> rejectedCodec;
  private final AvroCodec<IngestPosition> positionCodec;

  /**
   * @param inputs inputs of the run; later runs may add to the end of the list
   * @param rawPartitions partitions of raw.documents
   * @param transactionRecords records read for a transaction; readers downstream see them together
   */
  public IngestWriter(
      KafkaConnection connection, List<Input> inputs, int rawPartitions, int transactionRecords) {
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("inputs must not be empty: give at least one");
    }
    if (transactionRecords < 1) {
      throw new IllegalArgumentException(
          "transactionRecords must be >= 1: n=" + transactionRecords);
    }
    this.connection = connection;
    this.inputs = List.copyOf(inputs);
    this.rawPartitions = rawPartitions;
    this.transactionRecords = transactionRecords;
    this.rawCodec = AvroCodec.of(RawDocument.class, connection.registry());
    this.rejectedCodec = AvroCodec.of(RejectedDocument.class, connection.registry());
    this.positionCodec = AvroCodec.of(IngestPosition.class, connection.registry());
  }

  /**
   * Reads and writes until the inputs are finished or {@code stop} says so, which ends the
   * transaction early; returns the committed position. A writer that was started before for the
   * same run is fenced.
   *
   * @throws IOException if an input cannot be read; the open transaction is aborted
   * @throws IllegalStateException if another writer has taken over
   */
  public IngestPosition run(BooleanSupplier stop) throws IOException {
    return write(
        (producer, position) -> {
          var plan = new IngestPlan(position, rawPartitions);
          try (var records =
              new RoundRobin(
                  inputs, position.getTurn(), position.getTaken(), IngestPlan.places(position))) {
            if (!position.getFinished()) {
              // Before a transaction begins: going to where reading stopped may take long.
              records.open();
            }
            while (!plan.position().getFinished() && !stop.getAsBoolean()) {
              transaction(producer, records, plan, stop);
            }
          }
          return plan.position();
        });
  }

  /**
   * Repeats in every partition how far event time has come. To be called now and then while nothing
   * is written: a reader that is restored between the last markers of two partitions would wait for
   * ever for the one it has already passed.
   */
  public void beat() throws IOException {
    write(
        (producer, position) -> {
          producer.beginTransaction();
          new IngestPlan(position, rawPartitions).beat().forEach(record -> send(producer, record));
          producer.commitTransaction();
          return position;
        });
  }

  private interface Work {
    IngestPosition with(KafkaProducer<byte[], byte[]> producer, IngestPosition position)
        throws IOException;
  }

  private IngestPosition write(Work work) throws IOException {
    try (var producer =
        new KafkaProducer<>(
            connection.transactional(TRANSACTIONAL_ID),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
      List<String> sources = inputs.stream().map(Input::source).toList();
      return work.with(producer, IngestPlan.resume(lastCommitted(), sources));
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      throw new IllegalStateException(
          "a run must have one ingest writer, another has taken over: run="
              + connection.topics().run(),
          e);
    }
  }

  private void transaction(
      KafkaProducer<byte[], byte[]> producer,
      RoundRobin records,
      IngestPlan plan,
      BooleanSupplier stop)
      throws IOException {
    producer.beginTransaction();
    try {
      boolean exhausted = false;
      for (int i = 0; i < transactionRecords && !exhausted && !stop.getAsBoolean(); i++) {
        Optional<RoundRobin.Turn> record = records.next();
        record.map(plan::take).ifPresent(outgoing -> send(producer, outgoing));
        exhausted = record.isEmpty();
      }
      plan.seal(exhausted).forEach(record -> send(producer, record));
      IngestPosition position = plan.position();
      send(
          producer,
          connection.topics().ingestPositions(),
          0,
          connection.topics().run(),
          positionCodec.encode(position));
      producer.commitTransaction();
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      abort(producer, e);
      throw e;
    }
  }

  private Optional<IngestPosition> lastCommitted() {
    try (var reader =
        new TopicReader<>(
            connection, connection.topics().ingestPositions(), IngestPosition.class)) {
      return reader.readToEnd().stream().reduce((earlier, later) -> later);
    }
  }

  private void send(KafkaProducer<byte[], byte[]> producer, IngestPlan.Outgoing record) {
    if (record instanceof IngestPlan.Raw raw) {
      send(
          producer,
          connection.topics().rawDocuments(),
          raw.partition(),
          raw.value().getId(),
          rawCodec.encode(raw.value()));
    } else if (record instanceof IngestPlan.Rejected rejected) {
      send(
          producer,
          connection.topics().rejectedDocuments(),
          Topics.REJECTED_BY_INGEST,
          rejected.value().getId(),
          rejectedCodec.encode(rejected.value()));
    }
  }

  /** Failures of a send surface at the commit. */
  private static void send(
      KafkaProducer<byte[], byte[]> producer,
      String topic,
      int partition,
      String key,
      byte[] value) {
    producer.send(
        new ProducerRecord<>(topic, partition, key.getBytes(StandardCharsets.UTF_8), value));
  }

  /** Without this, readers would wait for the open transaction until it times out. */
  private static void abort(KafkaProducer<byte[], byte[]> producer, Exception cause) {
    try {
      producer.abortTransaction();
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }
}
