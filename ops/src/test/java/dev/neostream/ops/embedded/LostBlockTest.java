package dev.neostream.ops.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.TokenBlock;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicWriter;
import dev.neostream.tokens.pack.TokenIds;
import dev.neostream.tokens.topic.BlockReader;
import dev.neostream.trainer.topic.KafkaBatchSource;
import dev.neostream.trainer.train.BatchSource;
import dev.neostream.trainer.train.WillRepeatException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brokers that have lost a block which a batch names. */
class LostBlockTest {

  private static final Duration PATIENCE = Duration.ofMillis(200);

  @TempDir Path folder;
  private EmbeddedBroker broker;
  private KafkaConnection connection;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("kafka"));
    connection = broker.connection(new Topics("demo"));
    Topics topics = connection.topics();
    TopicAdmin.create(connection, topics.all(List.of("code"), 1, 1, 1));
    try (var blocks = new TopicWriter<>(connection, topics.tokens("code"), TokenBlock.class);
        var batches = new TopicWriter<>(connection, topics.trainBatches(), TrainBatch.class)) {
      for (long block : List.of(0L, 1L)) {
        blocks.write(
            new TokenBlock(
                "code",
                0,
                block,
                "tokenizer",
                2,
                ByteBuffer.wrap(TokenIds.encode(new int[] {5, 6, (int) block}, 2)),
                List.of(),
                block));
      }
      for (long step : List.of(0L, 1L, 2L)) {
        batches.write(
            new TrainBatch(
                step, 1, "only", 1e-3, List.of(new BatchRow("code", 0, step, 0, step)), false));
      }
    }
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void shouldTellABlockThatIsGoneFromOneThatIsLate() {
    try (var blocks = new BlockReader(connection, PATIENCE)) {
      assertEquals(1, blocks.read("code", 0, 1).getBlock());

      String lost =
          assertThrows(NoSuchElementException.class, () -> blocks.read("code", 0, 2)).getMessage();

      assertTrue(
          lost.contains("domain=code, lane=0, block=2, end of demo.tokens.code.v1-0=2"), lost);
      assertEquals(0, blocks.read("code", 0, 0).getBlock());
    }
  }

  @Test
  void shouldNotTryAgainToTrainOnIt() {
    try (var source = new KafkaBatchSource(connection, List.of("code"), 0, "tokenizer", PATIENCE)) {
      for (long step : List.of(0L, 1L)) {
        assertEquals((int) step, next(source, step).rows()[0][2]);
      }

      assertThrows(WillRepeatException.class, () -> next(source, 2));
    }
  }

  private static BatchSource.Batch next(KafkaBatchSource source, long step) {
    while (true) {
      var batch = source.next(step, 0, 1);
      if (batch.isPresent()) {
        return batch.get();
      }
    }
  }
}
