package dev.neostream.ingest.topic;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.schemas.Topics;
import dev.neostream.schemas.topic.KafkaConnection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The refusals; writing is tested against a broker by the end-to-end tests. */
class IngestWriterTest {

  private static final KafkaConnection NOWHERE =
      KafkaConnection.to("localhost:1", new Topics("test"));

  @Test
  void shouldRefuseWhenThereIsNothingToReadOrToCommit() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new IngestWriter(
                NOWHERE, List.of(), List.of(), new IngestWriter.Settings(2, 256, false)));
    assertThrows(IllegalArgumentException.class, () -> new IngestWriter.Settings(2, 0, false));
  }
}
