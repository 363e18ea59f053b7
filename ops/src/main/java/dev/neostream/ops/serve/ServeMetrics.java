package dev.neostream.ops.serve;

import dev.neostream.ops.http.Call;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.DoubleSupplier;

/**
 * What {@code /metrics} shows of a served model, and of this JVM. Named as a run's families are,
 * {@code neo_serve_NOUN_UNIT}, {@code _total} where it only grows. Values of labels are the
 * server's paths and HTTP's statuses, never anything of a request.
 */
final class ServeMetrics {

  /** The route of requests for a path that there is not. */
  private static final String NO_ROUTE = "other";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final Counter requests;
  private final Gauge open;

  ServeMetrics(ModelThread thread) {
    JvmMetrics.builder().register(registry);
    requests =
        Counter.builder()
            .name("neo_serve_requests_total")
            .help("Requests by path and by the HTTP status they were answered with.")
            .labelNames("route", "code")
            .register(registry);
    open =
        Gauge.builder()
            .name("neo_serve_open_requests")
            .help("Completions that were asked for and whose answer is not sent to its end.")
            .register(registry);
    gauge("neo_serve_waiting_requests", "Completions that wait for the model.", thread::waiting);
    gauge(
        "neo_serve_running_requests",
        "Completions that the model is making, 0 or 1.",
        () -> thread.running() ? 1 : 0);
    counter(
        "neo_serve_prompt_tokens_total",
        "Tokens of prompts that the model began to read.",
        thread::prompted);
    counter(
        "neo_serve_generated_tokens_total",
        "Tokens that the model generated, also for clients that left.",
        thread::generated);
    counter(
        "neo_serve_wait_seconds_total",
        "Time that completions waited for the model before it began with them.",
        thread::waitedSeconds);
    counter(
        "neo_serve_generate_seconds_total",
        "Time that the model took for completions, prompts included.",
        thread::generatedSeconds);
  }

  /** Counts an answer. */
  void answered(String path, int status) {
    requests
        .labelValues(ModelServer.PATHS.contains(path) ? path : NO_ROUTE, Integer.toString(status))
        .inc();
  }

  /** Counts a completion as open until it is closed. */
  Open open() {
    open.inc();
    return open::dec;
  }

  /** A completion that is being answered. */
  interface Open extends AutoCloseable {
    @Override
    void close();
  }

  /** Sends the page in the format that is asked for. */
  void send(Call call) throws IOException {
    ExpositionFormatWriter writer = formats.findWriter(call.header("Accept").orElse(""));
    var body = new ByteArrayOutputStream();
    writer.write(body, registry.scrape());
    call.send(200, writer.getContentType(), body.toByteArray());
  }

  private void counter(String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  private void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }
}
