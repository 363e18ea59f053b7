package dev.neostream.ops.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.tokens.mixture.LearningRate;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Phase;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MixtureAccountTest {

  private static final Set<String> ALL = Set.of("code", "en", "zh");

  private final MixtureAccount account = new MixtureAccount();

  private static MixtureUpdate plan(int version, Map<String, Double> first) {
    return new MixturePlan(
            List.of(
                new Phase("fundamental", 10, new TreeMap<>(first), LearningRate.cosine(1, 0, 0)),
                new Phase(
                    "decay",
                    10,
                    new TreeMap<>(Map.of("code", 1.0)),
                    LearningRate.exponential(1, 0, 5))))
        .toUpdate(version - 1, "me", "trial", 0);
  }

  private static TrainBatch batch(long step, int plan, String phase, String... domains) {
    return new TrainBatch(
        step,
        plan,
        phase,
        1.0,
        Arrays.stream(domains).map(domain -> new BatchRow(domain, 0, 0L, 0, 0L)).toList(),
        false);
  }

  @Test
  void shouldBeEmptyBeforeTheFirstStep() {
    assertEquals(0, account.planVersion());
    assertEquals(Map.of(), account.weights());
    assertEquals(Map.of(), account.asked());
    assertEquals(Map.of(), account.delivered());
  }

  @Test
  void shouldSumWhatIsAskedAndDelivered() {
    MixtureUpdate plan = plan(1, Map.of("code", 3.0, "en", 4.0, "zh", 1.0));
    account.add(batch(0, 1, "fundamental", "code", "en", "en", "zh"), plan, ALL);
    account.add(batch(1, 1, "fundamental", "code", "code", "en", "en"), plan, ALL);

    assertEquals(Map.of("code", 0.375, "en", 0.5, "zh", 0.125), account.weights());
    assertEquals(Map.of("code", 3.0, "en", 4.0, "zh", 1.0), account.asked());
    assertEquals(Map.of("code", 3L, "en", 4L, "zh", 1L), account.delivered());
    assertEquals(0, account.fromStep());
  }

  @Test
  void shouldShareWhatADomainWithoutBlocksWasToGet() {
    MixtureUpdate plan = plan(1, Map.of("code", 2.0, "en", 6.0, "zh", 2.0));
    account.add(batch(0, 1, "fundamental", "code", "en", "en", "en"), plan, Set.of("code", "en"));

    assertEquals(Map.of("code", 0.25, "en", 0.75), account.weights());
    assertEquals(Map.of("code", 1.0, "en", 3.0), account.asked());
  }

  @Test
  void shouldBeginAgainWithEachPlanAndEachPhase() {
    account.add(batch(0, 1, "fundamental", "en", "en"), plan(1, Map.of("en", 1.0)), ALL);
    account.add(batch(1, 2, "fundamental", "zh", "en"), plan(2, Map.of("en", 1.0, "zh", 1.0)), ALL);

    assertEquals(2, account.planVersion());
    assertEquals(1, account.fromStep());
    assertEquals(Map.of("en", 1.0, "zh", 1.0), account.asked());
    assertEquals(Map.of("en", 1L, "zh", 1L), account.delivered());

    account.add(batch(10, 2, "decay", "code"), plan(2, Map.of("en", 1.0, "zh", 1.0)), ALL);

    assertEquals(10, account.fromStep());
    assertEquals(Map.of("code", 1.0), account.asked());
    assertEquals(Map.of("code", 1L), account.delivered());
  }

  @Test
  void shouldRefuseAPhaseThatThePlanHasNot() {
    MixtureUpdate plan = plan(1, Map.of("en", 1.0));

    assertThrows(
        IllegalStateException.class, () -> account.add(batch(0, 1, "warmup", "en"), plan, ALL));
  }

  @Test
  void shouldAskWhatEachStepOfARampAsks() {
    MixtureUpdate plan =
        new MixturePlan(
                List.of(phase("a", 2, 0, Map.of("code", 1.0)), phase("b", 6, 4, Map.of("en", 1.0))))
            .toUpdate(0, "me", "trial", 0);
    account.add(batch(2, 1, "b", "code", "code"), plan, ALL);
    assertEquals(Map.of("code", 1.0, "en", 0.0), account.weights());
    account.add(batch(3, 1, "b", "code", "en"), plan, ALL);
    assertEquals(Map.of("code", 0.75, "en", 0.25), account.weights());
    account.add(batch(4, 1, "b", "code", "en"), plan, ALL);

    assertEquals(2, account.fromStep());
    assertEquals(Map.of("code", 4.5, "en", 1.5), account.asked());
    assertEquals(Map.of("code", 4L, "en", 2L), account.delivered());
  }

  private static Phase phase(String name, long steps, long ramp, Map<String, Double> weights) {
    return new Phase(name, steps, new TreeMap<>(weights), ramp, LearningRate.cosine(1, 0, 0));
  }
}
