package dev.neostream.schemas.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Stage;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.topic.KafkaConnection;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.apache.flink.runtime.state.OperatorStateBackend;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle.Mode;
import org.apache.flink.runtime.state.OperatorStateHandle.StateMetaInfo;
import org.apache.flink.runtime.state.OperatorStreamStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.junit.jupiter.api.Test;

class CountLedgerTest {

  private static final KafkaConnection CONNECTION =
      KafkaConnection.to("localhost:1", new Topics("run"));

  private static final ListStateDescriptor<Tuple3<String, String, Long>> COUNTS =
      new ListStateDescriptor<>(
          "document-counts", Types.TUPLE(Types.STRING, Types.STRING, Types.LONG));

  private static OperatorStateBackend backend(OperatorStateHandle... handles) throws Exception {
    return new DefaultOperatorStateBackendBuilder(
            CountLedgerTest.class.getClassLoader(),
            new ExecutionConfig(),
            false,
            List.of(handles),
            new CloseableRegistry())
        .build();
  }

  private static OperatorStateHandle checkpoint(OperatorStateBackend backend) throws Exception {
    var snapshot =
        backend.snapshot(
            1,
            0,
            new MemCheckpointStreamFactory(1 << 20),
            CheckpointOptions.forCheckpointWithDefaultLocation());
    snapshot.run();
    return snapshot.get().getJobManagerOwnedSnapshot();
  }

  /** State of stage clean, written by the version before counts had names. */
  private static OperatorStateHandle stateByPosition() throws Exception {
    byte[] bytes;
    try (InputStream in =
        CountLedgerTest.class.getResourceAsStream("document-count-by-position.hex")) {
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      bytes = HexFormat.of().parseHex(hex.replace("\n", ""));
    }
    return new OperatorStreamStateHandle(
        Map.of(
            "document-count",
            new StateMetaInfo(new long[] {644}, Mode.SPLIT_DISTRIBUTE),
            "documents-passed",
            new StateMetaInfo(new long[] {704, 722}, Mode.SPLIT_DISTRIBUTE)),
        new ByteStreamStateHandle("by-position", bytes));
  }

  private static void assertCounts(DocumentCount count) {
    assertEquals(
        Map.of(
            "read", 11L,
            "emitted", 6L,
            "rejected", 3L,
            "duplicates", 0L,
            "held", 2L,
            "tokens", 512L,
            "blocks", 4L),
        count.byName());
    assertEquals(Map.of("en en.web", 5L, "zh zh.web", 1L), count.passed);
  }

  @Test
  void shouldReadStateThatWasWrittenByPosition() throws Exception {
    var old = new CountLedger(Stage.CLEAN, CONNECTION);
    OperatorStateBackend first = backend(stateByPosition());

    assertCounts(old.restore(first));

    old.snapshot();
    OperatorStateHandle rewritten = checkpoint(first);
    assertCounts(new CountLedger(Stage.CLEAN, CONNECTION).restore(backend(rewritten)));
    assertEquals(
        List.of(),
        backend(rewritten)
            .getListState(
                new ListStateDescriptor<>(
                    "document-count", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO))
            .get());
  }

  @Test
  void shouldWriteStageAndNumberByName() throws Exception {
    var ledger = new CountLedger(Stage.DEDUP, CONNECTION);
    OperatorStateBackend backend = backend();
    DocumentCount count = ledger.restore(backend);
    count.read = 7;
    count.emitted = 1;
    count.rejected = 2;
    count.duplicates = 3;
    count.held = 1;
    count.tokens = 40;
    count.blocks = 5;

    ledger.snapshot();

    assertEquals(
        List.of(
            Tuple3.of("dedup", "read", 7L),
            Tuple3.of("dedup", "emitted", 1L),
            Tuple3.of("dedup", "rejected", 2L),
            Tuple3.of("dedup", "duplicates", 3L),
            Tuple3.of("dedup", "held", 1L),
            Tuple3.of("dedup", "tokens", 40L),
            Tuple3.of("dedup", "blocks", 5L)),
        backend(checkpoint(backend)).getListState(COUNTS).get());
  }

  @Test
  void shouldSumTheNumbersOfSubtasksThatAreNoMore() throws Exception {
    OperatorStateBackend backend = backend();
    for (int subtask = 0; subtask < 2; subtask++) {
      add(backend, "tokenize", "read", 5 + subtask);
      add(backend, "tokenize", "blocks", 2);
    }

    DocumentCount count = new CountLedger(Stage.TOKENIZE, CONNECTION).restore(backend);

    assertEquals(11, count.read);
    assertEquals(4, count.blocks);
    assertEquals(0, count.emitted);
  }

  @Test
  void shouldRefuseStateThatItDoesNotUnderstand() throws Exception {
    for (var refused :
        Map.of(
                List.of("polish", "read"), "stage=polish, place=state of clean",
                List.of("clean", "polished"), "name=polished",
                List.of("dedup", "read"), "stage=clean, state=dedup")
            .entrySet()) {
      OperatorStateBackend backend = backend();
      add(backend, refused.getKey().get(0), refused.getKey().get(1), 1);
      var ledger = new CountLedger(Stage.CLEAN, CONNECTION);

      var error = assertThrows(RuntimeException.class, () -> ledger.restore(backend));

      assertTrue(error.getMessage().contains(refused.getValue()), error.getMessage());
    }
  }

  private static void add(OperatorStateBackend backend, String stage, String name, long number)
      throws Exception {
    backend.getListState(COUNTS).add(Tuple3.of(stage, name, number));
  }
}
