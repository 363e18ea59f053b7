package dev.neostream.tokens.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.BlockFlag;
import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.SequencerState;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.tokens.mixture.LearningRate;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Phase;
import dev.neostream.tokens.mixture.Sequencer;
import dev.neostream.tokens.mixture.SequencerSettings;
import dev.neostream.tokens.mixture.WhenSilent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MixtureSequencerTest {

  /** Plain Avro binary, so that no registry is needed. */
  private static final RecordSerdes BINARY =
      new RecordSerdes() {
        @Override
        public <T extends SpecificRecordBase> Serde<T> of(Class<T> type) {
          return Serdes.serdeFrom(
              (topic, value) -> {
                try {
                  var bytes = new ByteArrayOutputStream();
                  var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
                  value.customEncode(encoder);
                  return bytes.toByteArray();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              },
              (topic, bytes) -> {
                try {
                  T value = type.getConstructor().newInstance();
                  var decoder = DecoderFactory.get().binaryDecoder(bytes, null);
                  value.customDecode(
                      DecoderFactory.get()
                          .resolvingDecoder(value.getSchema(), value.getSchema(), decoder));
                  return value;
                } catch (IOException | ReflectiveOperationException e) {
                  throw new IllegalArgumentException(e);
                }
              });
        }
      };

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Topics TOPICS = new Topics("test");

  private final AtomicReference<Optional<String>> waiting = new AtomicReference<>();
  private long lastBatch = -1;
  private TopologyTestDriver driver;
  private TestInputTopic<String, TokenIndex> index;
  private TestInputTopic<String, MixtureUpdate> plans;
  private TestInputTopic<String, StepReport> steps;
  private TestOutputTopic<String, TrainBatch> batches;
  private TestOutputTopic<String, MixtureDecision> decisions;

  @BeforeEach
  void open() {
    open(new SequencerSettings(List.of("x", "y"), 1, 2, 4));
  }

  private void open(SequencerSettings settings) {
    var config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test.mixture-sequencer");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    driver =
        new TopologyTestDriver(
            MixtureSequencer.topology(
                TOPICS, settings, PATIENCE, BINARY, waiting::set, () -> lastBatch),
            config);
    index = input(TOPICS.tokenIndex(), TokenIndex.class);
    plans = input(TOPICS.mixturePlans(), MixtureUpdate.class);
    steps = input(TOPICS.trainSteps(), StepReport.class);
    batches = output(TOPICS.trainBatches(), TrainBatch.class);
    decisions = output(TOPICS.mixtureDecisions(), MixtureDecision.class);
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private <T extends SpecificRecordBase> TestInputTopic<String, T> input(
      String topic, Class<T> type) {
    return driver.createInputTopic(topic, new StringSerializer(), BINARY.of(type).serializer());
  }

  private <T extends SpecificRecordBase> TestOutputTopic<String, T> output(
      String topic, Class<T> type) {
    return driver.createOutputTopic(
        topic, new StringDeserializer(), BINARY.of(type).deserializer());
  }

  private static MixturePlan plan(long steps, Map<String, Double> weights) {
    return new MixturePlan(
        List.of(new Phase("only", steps, new TreeMap<>(weights), LearningRate.cosine(1e-3, 0, 0))));
  }

  private static StepReport report(long step) {
    return StepReport.newBuilder()
        .setStep(step)
        .setPlanVersion(1)
        .setPhase("only")
        .setLearningRate(0)
        .setLoss(1)
        .setTokens(8)
        .setDomains(List.of())
        .setGradientNorm(1)
        .setParameterHash(0)
        .setBatchHash(0)
        .setFinishedAt(0)
        .setStepSeconds(0)
        .setSyncSeconds(0)
        .build();
  }

  private void fill(String domain, int blocks) {
    for (int block = 0; block < blocks; block++) {
      index.pipeInput(new TokenIndex(domain, 0, (long) block, 4, 100L + block, false));
    }
    index.pipeInput(new TokenIndex(domain, 0, (long) blocks, 0, 0L, true));
  }

  @Test
  void shouldEmitBatchesAndDecisionsWhenEventsArrive() {
    fill("x", 3);
    fill("heldout.x", 1);
    plans.pipeInput(plan(6, Map.of("x", 1.0)).toUpdate(0, "ann", "start", 7));

    List<TrainBatch> first = batches.readValuesToList();
    steps.pipeInput(report(0));
    steps.pipeInput(report(1));
    List<TrainBatch> second = batches.readValuesToList();

    assertEquals(
        List.of(new MixtureDecision(1, true, 0L, "ann", "start", 7L, "", MixtureChange.PLAN, "")),
        decisions.readValuesToList());
    assertEquals(List.of(0L, 1L, 2L, 3L), first.stream().map(TrainBatch::getStep).toList());
    assertEquals(
        List.of(new BatchRow("x", 0, 0L, 0, 100L), new BatchRow("x", 0, 1L, 0, 101L)),
        first.get(0).getRows());
    assertEquals(
        List.of(new BatchRow("x", 0, 2L, 0, 102L), new BatchRow("x", 0, 0L, 1, 100L)),
        first.get(1).getRows());
    assertEquals(List.of(4L, 5L), second.stream().map(TrainBatch::getStep).toList());
    assertTrue(second.get(1).getLast());
  }

  @Test
  void shouldKeyOutputsByRun() {
    fill("x", 1);
    plans.pipeInput(plan(1, Map.of("x", 1.0)).toUpdate(0, "ann", "start", 7));

    assertEquals("test", batches.readKeyValue().key);
    assertEquals("test", decisions.readKeyValue().key);
  }

  @Test
  void shouldSayWhatIsMissingWhenWaiting() {
    plans.pipeInput(plan(6, Map.of("x", 1.0, "y", 1.0)).toUpdate(0, "ann", "start", 7));
    fill("x", 2);

    assertEquals(Optional.of("block 0 of y lane 0"), waiting.get());
    fill("y", 2);
    assertEquals(Optional.empty(), waiting.get());
    assertEquals(4, batches.readValuesToList().size());
  }

  @Test
  void shouldDecideOnRecordThatADomainIsSilentWhenItsBlockDoesNotCome() {
    driver.close();
    open(new SequencerSettings(List.of("x", "y"), 1, 2, 4, WhenSilent.SHARE, 1, 1, 0));
    plans.pipeInput(plan(6, Map.of("x", 1.0, "y", 1.0)).toUpdate(0, "ann", "start", 7));
    fill("x", 2);
    driver.advanceWallClockTime(PATIENCE.minusSeconds(2));
    assertTrue(batches.isEmpty());
    assertEquals(1, decisions.readValuesToList().size(), "that of the plan");

    driver.advanceWallClockTime(Duration.ofSeconds(3));

    assertEquals(4, batches.readValuesToList().size());
    MixtureDecision silent = decisions.readValue();
    assertEquals(MixtureChange.SILENT, silent.getChange());
    assertEquals("y", silent.getDomain());
    assertEquals(0, silent.getFromStep());
    assertTrue(silent.getProposedAt() > 0);
    assertFalse(MixtureControl.answers(silent, plan(6, Map.of("x", 1.0)).toUpdate(0, "a", "", 0)));
    SequencerState saved =
        driver.<String, SequencerState>getKeyValueStore(SequencerProcessor.STATE).get("state");
    assertTrue(saved.getCursors().get(1).getLeftOut());
  }

  @Test
  void shouldRefuseVisiblyWhenPlanIsStale() {
    plans.pipeInput(plan(6, Map.of("x", 1.0)).toUpdate(0, "ann", "start", 7));
    plans.pipeInput(plan(6, Map.of("y", 1.0)).toUpdate(0, "bob", "rival", 8));

    List<MixtureDecision> made = decisions.readValuesToList();

    assertTrue(made.get(0).getAccepted());
    assertFalse(made.get(1).getAccepted());
    assertTrue(made.get(1).getProblem().contains("in force=1"), made.get(1).getProblem());
  }

  @Test
  void shouldRememberEverythingInItsStores() {
    fill("x", 3);
    plans.pipeInput(plan(6, Map.of("x", 1.0)).toUpdate(0, "ann", "start", 7));
    batches.readValuesToList();

    SequencerState saved =
        driver.<String, SequencerState>getKeyValueStore(SequencerProcessor.STATE).get("state");
    var restored = new Sequencer(new SequencerSettings(List.of("x", "y"), 1, 2, 4), saved);
    restored.completed(0);
    TrainBatch next = restored.emit((domain, lane, block) -> 100 + block).get(0);
    steps.pipeInput(report(0));

    assertEquals(next, batches.readValue());
    assertEquals(
        102L, driver.<String, Long>getKeyValueStore(SequencerProcessor.HASHES).get("x/0/2"));
  }

  @Test
  void shouldFailLoudlyWhenEventIsImpossible() {
    fill("x", 1);

    assertThrows(StreamsException.class, () -> steps.pipeInput(report(3)));
    assertThrows(
        StreamsException.class, () -> index.pipeInput(new TokenIndex("x", 0, 5L, 4, 0L, false)));
  }

  @Test
  void shouldLeaveOutBlocksThatAreFlagged() {
    TestInputTopic<String, BlockFlag> flags = input(TOPICS.blockFlags(), BlockFlag.class);
    fill("x", 3);
    flags.pipeInput(new BlockFlag("x", 0, 1L, List.of("id"), 1));
    plans.pipeInput(plan(6, Map.of("x", 1.0)).toUpdate(0, "ann", "start", 7));

    assertEquals(
        Set.of(0L, 2L),
        batches.readValuesToList().stream()
            .flatMap(batch -> batch.getRows().stream())
            .map(BatchRow::getBlock)
            .collect(Collectors.toSet()));
  }

  @Test
  void shouldRefuseToGoOnWithoutABatchThatItMade() {
    lastBatch = -2; // one less than what a new state has made

    StreamsException refused =
        assertThrows(
            StreamsException.class, () -> open(new SequencerSettings(List.of("x"), 1, 2, 4)));

    String problem = refused.getCause().getMessage();
    assertTrue(problem.contains("last batch's step=-2, last step made=-1"), problem);
  }
}
