package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.monitor.Status;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.topic.TopicReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that no longer holds what the job has read, as after a power cut. */
class LostInputTest {

  private static final long LOOK_EVERY_NS = 50_000_000;

  @TempDir Path folder;

  private static void empty(Pipeline pipeline) throws Exception {
    String topic = pipeline.connection().topics().rawDocuments();
    try (Admin admin = Admin.create(pipeline.connection().admin())) {
      admin.deleteTopics(List.of(topic)).all().get();
      while (true) {
        try {
          admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
          return;
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof TopicExistsException)) {
            throw e;
          }
        }
      }
    }
  }

  private static Optional<Throwable> rootCause(EmbeddedFlink flink) {
    return flink
        .failure()
        .map(
            failure -> {
              Throwable root = failure;
              while (root.getCause() != null) {
                root = root.getCause();
              }
              return root;
            });
  }

  @Test
  void shouldFailRatherThanReadFromAnotherPlace() throws Exception {
    try (Pipeline pipeline = Pipeline.start(folder)) {
      try (EmbeddedFlink flink = submit(pipeline)) {
        Status status = pipeline.runToEnd(flink);
        assertEquals("", status.problem());
        assertTrue(status.ingest().written() > 0);
      }
      empty(pipeline);
      try (var raw =
          new TopicReader<>(
              pipeline.connection(),
              pipeline.connection().topics().rawDocuments(),
              RawDocument.class)) {
        assertEquals(List.of(), raw.readToEnd());
      }

      try (EmbeddedFlink flink = submit(pipeline)) {
        while (flink.failure().isEmpty()) {
          LockSupport.parkNanos(LOOK_EVERY_NS);
        }
        Throwable cause = rootCause(flink).orElseThrow();
        assertTrue(cause instanceof OffsetOutOfRangeException, cause.toString());
        assertTrue(
            cause.getMessage().contains(pipeline.connection().topics().rawDocuments()),
            cause.getMessage());
      }
    }
  }

  private static EmbeddedFlink submit(Pipeline pipeline) {
    return pipeline.submit(
        2, Duration.ofSeconds(1), CorpusJob.sink(pipeline.connection(), Duration.ofHours(1)));
  }
}
