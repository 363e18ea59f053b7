package dev.neostream.trainer.topic;

import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.avro.StepReplay;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.trainer.train.StepLedger;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topics train.steps, train.replays and eval.results. Not thread-safe. */
public final class KafkaStepLedger implements StepLedger, AutoCloseable {

  private final KafkaConnection connection;
  private final Map<Long, StepReport> recorded = new HashMap<>();
  private final AvroCodec<StepReport> reportCodec;
  private final AvroCodec<StepReplay> replayCodec;
  private final AvroCodec<EvalResult> resultCodec;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  /** Connects and reads what is recorded already; nobody else may append meanwhile. */
  public KafkaStepLedger(KafkaConnection connection) {
    this.connection = connection;
    reportCodec = AvroCodec.of(StepReport.class, connection.registry());
    replayCodec = AvroCodec.of(StepReplay.class, connection.registry());
    resultCodec = AvroCodec.of(EvalResult.class, connection.registry());
    try (var reader =
        new TopicReader<>(connection, connection.topics().trainSteps(), StepReport.class)) {
      reader.readToEnd().forEach(report -> recorded.put(report.getStep(), report));
    }
    producer =
        new KafkaProducer<>(
            connection.producer(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Optional<StepReport> recorded(long step) {
    return Optional.ofNullable(recorded.remove(step));
  }

  @Override
  public void append(StepReport report) {
    send(connection.topics().trainSteps(), reportCodec.encode(report));
  }

  @Override
  public void append(StepReplay replay) {
    send(connection.topics().trainReplays(), replayCodec.encode(replay));
  }

  @Override
  public void append(EvalResult result) {
    send(connection.topics().evalResults(), resultCodec.encode(result));
  }

  private void send(String topic, byte[] value) {
    requireSent();
    byte[] key = connection.topics().run().getBytes(StandardCharsets.UTF_8);
    producer.send(
        new ProducerRecord<>(topic, 0, key, value),
        (sent, e) -> {
          if (e != null) {
            failure.compareAndSet(null, e);
          }
        });
  }

  @Override
  public void flush() {
    producer.flush();
    requireSent();
  }

  private void requireSent() {
    if (failure.get() != null) {
      throw new IllegalStateException(
          "step reports must reach their topic: topic=" + connection.topics().trainSteps(),
          failure.get());
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
