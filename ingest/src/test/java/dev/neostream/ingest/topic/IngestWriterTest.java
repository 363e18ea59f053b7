package dev.neostream.ingest.topic;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.ingest.Input;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.topic.KafkaConnection;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The refusals; writing is tested against a broker by the end-to-end tests. */
class IngestWriterTest {

  private static final KafkaConnection NOWHERE =
      KafkaConnection.to("localhost:1", new Topics("test"));

  @Test
  void shouldRefuseWhenThereIsNothingToReadOrToCommit() {
    var input = new Input("a", Path.of("a.txt"));

    assertThrows(
        IllegalArgumentException.class, () -> new IngestWriter(NOWHERE, List.of(), 2, 256));
    assertThrows(
        IllegalArgumentException.class, () -> new IngestWriter(NOWHERE, List.of(input), 2, 0));
  }
}
