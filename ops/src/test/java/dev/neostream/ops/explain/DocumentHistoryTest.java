package dev.neostream.ops.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.Span;
import dev.neostream.schemas.avro.TokenBlock;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentHistoryTest {

  @TempDir Path folder;

  @Test
  void shouldShowWhatADocumentSaysOfItselfWithItsTokens() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder)) {
      KafkaConnection connection = broker.connection(new Topics("demo"));
      Topics topics = connection.topics();
      TopicAdmin.create(connection, topics.all(List.of("code"), 1, 1, 1));
      try (var index = new TopicWriter<>(connection, topics.tokenIndex(), TokenIndex.class);
          var blocks = new TopicWriter<>(connection, topics.tokens("code"), TokenBlock.class)) {
        index.write(new TokenIndex("code", 0, 3L, 4, 0L, false));
        blocks.write(
            new TokenBlock(
                "code",
                0,
                3L,
                "fingerprint",
                2,
                ByteBuffer.allocate(10),
                List.of(
                    new Span("a", 0L, 0, 3, true, Map.of("licence", "mit", "id", "own-7")),
                    new Span("b", 0L, 3, 2, false, Map.of())),
                0L));
      }

      assertEquals(
          Map.of(
              "a", List.of("3 tokens in block 3 of code, lane 0 (id: own-7, licence: mit)"),
              "b", List.of("2 tokens in block 3 of code, lane 0")),
          DocumentHistory.of(connection, List.of("a", "b", "c")));
    }
  }
}
