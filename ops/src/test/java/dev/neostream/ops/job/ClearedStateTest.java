package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.rule.Profile;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.dedup.job.Text;
import dev.neostream.dedup.job.Verdict;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.avro.ProfileRole;
import dev.neostream.schemas.avro.ProfileUpdate;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.tokens.job.LaneDocument;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each operator that counts documents, taken out of the job and driven alone: what it keeps of a
 * window is gone when the window is over, however many there were.
 */
class ClearedStateTest {

  private static final int WINDOWS = 20;
  private static final int DOCUMENTS = 60;
  private static final int SHARDS = 7;

  @TempDir static Path folder;
  private static Pipeline pipeline;
  private static List<StreamNode> nodes;

  @BeforeAll
  static void defineJob() throws Exception {
    pipeline = Pipeline.startEmpty(folder);
    var env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(1);
    CorpusJob.define(
        env,
        pipeline.connection(),
        1,
        CleanConfig.of(Profile.recommended()),
        DedupConfig.recommended(),
        DedupScope.global(),
        pipeline.tokenize(),
        new DiscardingSink<OutRecord>());
    nodes = List.copyOf(env.getStreamGraph().getStreamNodes());
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  @SuppressWarnings("unchecked")
  private static <O extends StreamOperator<?>> O operator(String uid) throws Exception {
    StreamNode node =
        nodes.stream()
            .filter(one -> Objects.equals(one.getTransformationUID(), uid))
            .findFirst()
            .orElseThrow();
    StreamOperatorFactory<?> factory = node.getOperatorFactory();
    return (O) ((SimpleOperatorFactory<?>) factory).getOperator();
  }

  private static Envelope document(long ordinal) {
    var document = new Envelope();
    document.id = String.format("%032x", ordinal * 0x9E3779B97F4A7C15L);
    document.ordinal = ordinal;
    document.source = document.url = document.file = document.mediaType = document.language = "";
    document.charset = "UTF-8";
    document.domain = "code";
    document.body = "0123456789".repeat(10).getBytes(StandardCharsets.UTF_8);
    return document;
  }

  @Test
  void shouldKeepNothingOfAWindowThatIsTokenized() throws Exception {
    OneInputStreamOperator<LaneDocument, OutRecord> tokenize = operator("tokenize");
    try (var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            tokenize,
            (KeySelector<LaneDocument, String>) element -> element.domain + "/" + element.lane,
            Types.STRING)) {
      harness.open();
      for (int window = 0; window < WINDOWS; window++) {
        long start = window * (long) EventTime.WINDOW;
        for (int i = 0; i < DOCUMENTS; i++) {
          Envelope document = document(start + i);
          var element = new LaneDocument();
          element.domain = "code";
          element.lane = i % 2;
          element.document = document;
          harness.processElement(element, document.ordinal);
        }
        int openBlocks = window == 0 ? 0 : 2;
        assertEquals(openBlocks + 2, harness.numKeyedStateEntries(), "a window a lane is open");

        harness.processWatermark(EventTime.windowEnd(start));

        assertEquals(2, harness.numKeyedStateEntries(), "an open block a lane");
        assertEquals(0, harness.numEventTimeTimers());
      }
    }
  }

  @Test
  void shouldKeepNoTextThatIsHandedOnOrDropped() throws Exception {
    TwoInputStreamOperator<Text, Verdict, Envelope> dedup = operator("dedup");
    try (var harness =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            dedup,
            (KeySelector<Text, Integer>) text -> text.shard,
            (KeySelector<Verdict, Integer>) verdict -> shard(verdict.ordinal),
            Types.INT)) {
      harness.open();
      DedupScope scope = DedupScope.global();
      int dropped = 0;
      for (int window = 0; window < WINDOWS; window++) {
        long start = window * (long) EventTime.WINDOW;
        for (long ordinal = start; ordinal < start + DOCUMENTS; ordinal++) {
          var text = new Text();
          text.shard = shard(ordinal);
          text.document = document(ordinal);
          harness.processElement1(text, ordinal);
          if (ordinal % 3 == 0) {
            harness.processElement2(duplicate(ordinal), ordinal);
            dropped++;
          }
        }
        assertEquals(
            2 * SHARDS, harness.numKeyedStateEntries(), "texts and verdicts of each shard");

        harness.processBothWatermarks(new Watermark(scope.release(start)));

        assertEquals(0, harness.numKeyedStateEntries());
        assertEquals(0, harness.numEventTimeTimers());
      }
      assertEquals(WINDOWS * DOCUMENTS - dropped, harness.extractOutputStreamRecords().size());
    }
  }

  @Test
  void shouldKeepOneProfileOfEachKindHoweverManyWereSent() throws Exception {
    TwoInputStreamOperator<Envelope, byte[], Envelope> clean = operator("clean");
    try (var harness = new TwoInputStreamOperatorTestHarness<>(clean)) {
      harness.open();
      AvroCodec<ProfileUpdate> codec =
          AvroCodec.of(ProfileUpdate.class, pipeline.connection().registry());
      long sizeOfBoth = 0;
      for (int version = 1; version <= WINDOWS; version++) {
        harness.processElement2(codec.encode(profile(version)), 0);
        Envelope page = document(version);
        page.mediaType = "text/plain";
        harness.processElement1(page, version);
        long size =
            harness.snapshot(version, version).getManagedOperatorState().stream()
                .mapToLong(StateObject::getStateSize)
                .sum();
        if (version == 2) {
          sizeOfBoth = size;
        } else if (version > 2) {
          assertEquals(sizeOfBoth, size, 64, "state after " + version + " profiles");
        }
      }
    }
  }

  private static Verdict duplicate(long ordinal) {
    Envelope document = document(ordinal);
    var verdict = new Verdict();
    verdict.id = document.id;
    verdict.ordinal = ordinal;
    verdict.windowEnd = EventTime.windowEnd(ordinal);
    verdict.canonical = document(ordinal + 1).id;
    verdict.canonicalOrdinal = ordinal + 1;
    verdict.source = verdict.canonicalSource = "";
    verdict.rule = "exact";
    verdict.similarity = 1;
    return verdict;
  }

  private static ProfileUpdate profile(int version) {
    return ProfileUpdate.newBuilder()
        .setVersion(version)
        .setRole(version % 2 == 0 ? ProfileRole.DECIDE : ProfileRole.SHADOW)
        .setProfile(Profile.recommended().yaml())
        .setAuthor("a test")
        .setReason("the " + version + "th")
        .setProposedAt(0)
        .build();
  }

  private static int shard(long ordinal) {
    return (int) (ordinal % SHARDS);
  }
}
