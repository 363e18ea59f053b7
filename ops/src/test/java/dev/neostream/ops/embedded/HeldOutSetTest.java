package dev.neostream.ops.embedded;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.BlockFlag;
import dev.neostream.schemas.avro.HeldOutBlock;
import dev.neostream.schemas.avro.HeldOutSet;
import dev.neostream.schemas.avro.TokenBlock;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.schemas.topic.TopicWriter;
import dev.neostream.tokens.pack.TokenIds;
import dev.neostream.trainer.topic.KafkaBatchSource;
import dev.neostream.trainer.train.BatchSource.HeldOut;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What held-out losses are measured on, on real brokers: frozen, and only ever made smaller. */
class HeldOutSetTest {

  @TempDir Path folder;
  private EmbeddedBroker broker;
  private KafkaConnection connection;
  private Topics topics;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("kafka"));
    connection = broker.connection(new Topics("demo"));
    topics = connection.topics();
    TopicAdmin.create(connection, topics.all(List.of("heldout.x", "heldout.y"), 1, 1, 1));
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private <T extends SpecificRecordBase> void write(String topic, Class<T> type, T record) {
    try (var writer = new TopicWriter<>(connection, topic, type)) {
      writer.write(record);
    }
  }

  /** Writes a block that predicts as many tokens as its number and two. */
  private void block(String domain, long block) {
    byte[] ids = TokenIds.encode(new int[(int) block + 3], 2);
    long hash = 100 * domain.length() + block;
    write(
        topics.tokens(domain),
        TokenBlock.class,
        new TokenBlock(domain, 0, block, "tok", 2, ByteBuffer.wrap(ids), List.of(), hash));
    write(
        topics.tokenIndex(),
        TokenIndex.class,
        new TokenIndex(domain, 0, block, (int) block + 2, hash, false));
  }

  private void close(String domain, long blocks) {
    write(topics.tokenIndex(), TokenIndex.class, new TokenIndex(domain, 0, blocks, 0, 0L, true));
  }

  private void flag(String domain, long block) {
    write(
        topics.blockFlags(),
        BlockFlag.class,
        new BlockFlag(domain, 0, block, List.of("document"), 1));
  }

  private KafkaBatchSource source() {
    return new KafkaBatchSource(connection, List.of("x", "y"), 2, "tok", Duration.ofSeconds(1));
  }

  /** Returns what is decided once token.index has been read as far as that takes. */
  private static int decided(KafkaBatchSource source, long step) {
    while (true) {
      Optional<Integer> set = source.heldOutSet(step);
      if (set.isPresent()) {
        return set.get();
      }
    }
  }

  private List<HeldOutSet> records() {
    try (var reader = new TopicReader<>(connection, topics.evalSets(), HeldOutSet.class)) {
      return reader.readToEnd();
    }
  }

  private static List<String> brief(List<HeldOut> rows) {
    return rows.stream().map(row -> row.domain() + " " + (row.tokens().length - 1)).toList();
  }

  @Test
  void shouldFreezeTheSetAndMeasureEveryEvaluationOnIt() {
    try (var first = source();
        var other = source()) {
      block("heldout.x", 0);
      block("heldout.x", 1);
      assertEquals(Optional.empty(), first.heldOutSet(19), "y has none");
      close("heldout.y", 0);

      assertEquals(1, decided(first, 49));
      block("heldout.x", 2);
      block("heldout.y", 0);
      assertEquals(1, decided(first, 99));

      HeldOutSet set = records().get(0);
      assertEquals(1, records().size());
      assertEquals(49, set.getFromStep());
      assertEquals(5, set.getTokens());
      assertEquals(
          List.of(
              new HeldOutBlock("heldout.x", 0, 0L, 2, 900L),
              new HeldOutBlock("heldout.x", 0, 1L, 3, 901L)),
          set.getBlocks());
      assertEquals(List.of("x 2", "x 3"), brief(other.heldOut(1)));
      for (int row = 0; row < 2; row++) {
        assertArrayEquals(first.heldOut(1).get(row).tokens(), other.heldOut(1).get(row).tokens());
      }
      String unknown =
          assertThrows(NoSuchElementException.class, () -> other.heldOut(7)).getMessage();
      assertTrue(unknown.contains("topic=demo.eval.sets.v1, version=7"), unknown);
    }
  }

  @Test
  void shouldLeaveOutWhatIsTakenDownFromTheNextEvaluationOn() {
    try (var first = source();
        var other = source()) {
      flag("heldout.y", 1);
      for (long block : List.of(0L, 1L)) {
        block("heldout.x", block);
        block("heldout.y", block);
      }
      assertEquals(1, decided(first, 19));
      assertEquals(List.of("x 2", "x 3", "y 2"), brief(other.heldOut(1)));

      flag("heldout.x", 0);
      flag("heldout.x", 5);
      assertEquals(2, decided(first, 49));
      assertEquals(2, decided(first, 99), "nothing more was flagged");

      assertEquals(List.of("x 3", "y 2"), brief(other.heldOut(2)));
      assertEquals(List.of(1, 2), records().stream().map(HeldOutSet::getWithdrawn).toList());
      assertEquals(List.of(7L, 5L), records().stream().map(HeldOutSet::getTokens).toList());
    }
    try (var again = source()) {
      assertEquals(0, decided(again, 9), "not evaluated then, not evaluated now");
      assertEquals(1, decided(again, 39));
      assertEquals(2, decided(again, 49));
      assertEquals(2, decided(again, 149));
      assertEquals(2, records().size());
    }
  }
}
