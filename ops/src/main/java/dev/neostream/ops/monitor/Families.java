package dev.neostream.ops.monitor;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Families of metrics that are drawn, at each scrape, from one value.
 *
 * <pre>
 *   neo_STAGE_NOUN_UNIT          what can fall: a gauge
 *   neo_STAGE_NOUN_UNIT_total    what only grows: a counter
 *   STAGE  run, ingest, pipeline (clean to tokenize, label stage), clean, dedup, tokenize, mixture,
 *          train; kafka, flink, rank (what they run on)
 *   UNIT   base units: seconds, bytes, nats (a token), ratio (0 to 1), timestamp_seconds (since the
 *          epoch), or what is counted: documents, tokens, rows, steps; none where an adjective is 1
 *          or 0 (balanced, stalled) and where there is no other word (learning_rate)
 * </pre>
 *
 * <p>Values of labels are names of stages, topics, states, causes, rules, languages and domains of
 * the run or of its profiles, never anything of a single document. What is not known yet, such as
 * the loss before the first step, is left out. Ages and rates are for the reader to make, who knows
 * over which time: {@code time() - neo_train_step_timestamp_seconds}.
 */
abstract class Families<T> {

  private final PrometheusRegistry registry;
  private final Supplier<T> value;

  /**
   * @param value asked at each scrape, once for each family
   */
  Families(PrometheusRegistry registry, Supplier<T> value) {
    this.registry = registry;
    this.value = value;
  }

  /** A value and its labels. */
  interface Sample {
    void call(double value, String... labels);
  }

  static void known(boolean known, double value, Sample sample) {
    if (known) {
      sample.call(value);
    }
  }

  static <T> BiConsumer<T, Sample> byName(Function<T, Map<String, ? extends Number>> values) {
    return (of, sample) ->
        values.apply(of).forEach((name, value) -> sample.call(value.doubleValue(), name));
  }

  final void counter(String name, String help, ToDoubleFunction<T> of) {
    counter(name, help, (v, sample) -> sample.call(of.applyAsDouble(v)));
  }

  final void counter(String name, String help, BiConsumer<T, Sample> samples, String... labels) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(callback -> samples.accept(value.get(), callback::call))
        .register(registry);
  }

  final void gauge(String name, String help, ToDoubleFunction<T> of) {
    gauge(name, help, (v, sample) -> sample.call(of.applyAsDouble(v)));
  }

  final void gauge(String name, String help, BiConsumer<T, Sample> samples, String... labels) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(callback -> samples.accept(value.get(), callback::call))
        .register(registry);
  }
}
