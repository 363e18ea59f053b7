package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicAdmin;
import dev.neostream.schemas.topic.TopicWriter;
import dev.neostream.tokens.mixture.LearningRate;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Phase;
import dev.neostream.tokens.mixture.SequencerSettings;
import dev.neostream.tokens.topic.BatchReader;
import dev.neostream.tokens.topic.MixtureControl;
import dev.neostream.tokens.topic.MixtureSequencer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is delivered against what was asked, over a history of changes on a real broker. */
@Tag("nightly")
class MixtureHistoryTest {

  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int STEPS = 500;
  private static final int CHANGE_EVERY = 50;
  private static final List<String> DOMAINS =
      IntStream.range(0, 20).mapToObj(i -> "d" + (char) ('a' + i)).toList();

  @TempDir Path folder;

  private final Random random = new Random(22);

  /** Weights within tenfold, the last domain's down to 1e-8. */
  private TreeMap<String, Double> weights() {
    var weights = new TreeMap<String, Double>();
    DOMAINS.forEach(domain -> weights.put(domain, Math.pow(10, -random.nextDouble())));
    weights.put(weights.lastKey(), Math.pow(10, -8 * random.nextDouble()));
    return weights;
  }

  private MixtureSequencer sequencer(KafkaConnection connection, int start) {
    var settings = new SequencerSettings(DOMAINS, 1, 7, 4);
    var sequencer =
        new MixtureSequencer(connection, settings, DEADLINE, folder.resolve("streams" + start));
    sequencer.start();
    return sequencer;
  }

  @Test
  void shouldStayWithinOneBlockAtEveryStepWhenPlansChangeAndTheSequencerRestarts()
      throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"))) {
      KafkaConnection connection = broker.connection(new Topics("history"));
      TopicAdmin.create(connection, connection.topics().all(DOMAINS, 1, 1, 1));
      try (var index =
          new TopicWriter<>(connection, connection.topics().tokenIndex(), TokenIndex.class)) {
        for (String domain : DOMAINS) {
          index.write(new TokenIndex(domain, 0, 0L, 16, 1L, false));
          index.write(new TokenIndex(domain, 0, 1L, 0, 0L, true));
        }
      }
      var control = new MixtureControl(connection);
      var first =
          new MixturePlan(
              List.of(
                  new Phase("one", 230, weights(), LearningRate.cosine(1, 0, 0)),
                  new Phase("two", STEPS - 230, weights(), LearningRate.cosine(1, 0, 0))));
      Map<Integer, MixturePlan> plans = new HashMap<>(Map.of(1, first));
      Map<String, Double> asked = new TreeMap<>();
      Map<String, Long> delivered = new TreeMap<>();
      MixtureSequencer sequencer = sequencer(connection, 0);
      try (var batches = new BatchReader(connection, 0);
          var steps =
              new TopicWriter<>(connection, connection.topics().trainSteps(), StepReport.class)) {
        assertTrue(control.propose(first.toUpdate(0, "ann", "start", 0), DEADLINE).getAccepted());
        for (int step = 0; step < STEPS; step++) {
          TrainBatch batch = batches.poll(DEADLINE).orElseThrow();
          assertEquals(step, batch.getStep());
          Map<String, Double> weights = plans.get(batch.getPlanVersion()).phaseAt(step).weights();
          double sum = weights.values().stream().mapToDouble(weight -> weight).sum();
          weights.forEach(
              (domain, weight) ->
                  asked.merge(domain, weight / sum * batch.getRows().size(), Double::sum));
          batch.getRows().forEach(row -> delivered.merge(row.getDomain(), 1L, Long::sum));
          for (String domain : DOMAINS) {
            double owed = asked.get(domain) - delivered.getOrDefault(domain, 0L);
            assertTrue(Math.abs(owed) <= 1, "step=" + step + ", " + domain + " is owed " + owed);
          }
          steps.write(report(step));
          if (step % 200 == 199) {
            sequencer.close();
            sequencer = sequencer(connection, step);
          }
          if (step % CHANGE_EVERY == CHANGE_EVERY - 1 && step < STEPS - CHANGE_EVERY) {
            TreeMap<String, Double> changed = weights();
            MixtureDecision decision =
                control.setWeights(changed, "ann", "change at " + step, step, DEADLINE);
            assertTrue(decision.getAccepted(), decision.getProblem());
            plans.put(
                decision.getVersion(),
                plans.get(decision.getVersion() - 1).withWeights(decision.getFromStep(), changed));
          }
        }
      } finally {
        sequencer.close();
      }
      assertEquals(STEPS / CHANGE_EVERY, plans.size());
    }
  }

  private static StepReport report(long step) {
    return StepReport.newBuilder()
        .setStep(step)
        .setPlanVersion(1)
        .setPhase("")
        .setLearningRate(0)
        .setLoss(1)
        .setTokens(16)
        .setDomains(List.of())
        .setGradientNorm(1)
        .setParameterHash(0)
        .setBatchHash(0)
        .setFinishedAt(0)
        .setStepSeconds(0)
        .setSyncSeconds(0)
        .build();
  }
}
