package dev.neostream.tokens.mixture;

import dev.neostream.schemas.avro.TokenIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Steps a second of the sequencer core: {@code java -cp <test class path>
 * dev.neostream.tokens.mixture.SequencerBenchmark}.
 */
public final class SequencerBenchmark {

  private static final int ROUNDS = 5;

  public static void main(String[] args) {
    measure(20, 8, 512, 5_000, 1, false);
    measure(20, 8, 512, 5_000, 1_024, false);
    measure(20, 8, 512, 5_000, 1_024, true);
    measure(3, 4, 8, 200_000, 1_024, false);
  }

  private static void measure(
      int domains, int lanes, int rows, long steps, int shuffle, boolean ramp) {
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      best = Math.max(best, stepsPerSecond(domains, lanes, rows, steps, shuffle, ramp));
    }
    System.out.printf(
        "%d domains, %d lanes, %d rows a step, %d blocks shuffled%s: best of %d: %.0f steps/s%n",
        domains, lanes, rows, shuffle, ramp ? ", on a ramp" : "", ROUNDS, best);
  }

  private static double stepsPerSecond(
      int domains, int lanes, int rows, long steps, int shuffle, boolean ramp) {
    var weights = new TreeMap<String, Double>();
    for (int i = 0; i < domains; i++) {
      weights.put("domain" + (char) ('a' + i), 1.0 + i);
    }
    var settings =
        new SequencerSettings(
            new ArrayList<>(weights.keySet()), lanes, rows, 4, WhenSilent.WAIT, 1, shuffle, 42);
    var sequencer = new Sequencer(settings);
    for (String domain : settings.domains()) {
      for (int lane = 0; lane < lanes; lane++) {
        for (long block = 0; block < 2_000; block++) {
          sequencer.index(new TokenIndex(domain, lane, block, 1024, block, false));
        }
        sequencer.index(new TokenIndex(domain, lane, 2_000L, 0, 0L, true));
      }
    }
    var rate = LearningRate.cosine(1, 0, 0);
    var even = new TreeMap<String, Double>();
    weights.keySet().forEach(domain -> even.put(domain, 1.0));
    even.put(even.firstKey(), 1e-8);
    List<Phase> phases =
        ramp
            ? List.of(
                new Phase("first", 1, even, rate),
                new Phase("second", steps - 1, weights, steps - 1, rate))
            : List.of(new Phase("only", steps, weights, rate));
    sequencer.propose(new MixturePlan(phases).toUpdate(0, "benchmark", "speed", 0));

    long start = System.nanoTime();
    long emitted = 0;
    for (long step = 0; emitted < steps; step++) {
      emitted += sequencer.emit((domain, lane, block) -> block).size();
      sequencer.completed(step);
    }
    return emitted / ((System.nanoTime() - start) / 1e9);
  }

  private SequencerBenchmark() {}
}
