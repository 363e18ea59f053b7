package dev.neostream.ops.monitor;

import dev.neostream.ops.UserError;
import dev.neostream.ops.account.CountBook;
import dev.neostream.schemas.Stage;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * {@code /metrics} on loopback. Names are {@code neo_<stage>_<noun>_<unit>}; labels come from
 * bounded sets: domain, stage, reason.
 */
public final class Metrics implements AutoCloseable {

  /** A scraper asks every few seconds and waits ten by default. */
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);

  private final PageServer server;

  private Metrics(PageServer server) {
    this.server = server;
  }

  /**
   * Starts serving.
   *
   * @param port port on loopback, 0 for any free one
   * @param status newest state of the run
   */
  public static Metrics serve(int port, Supplier<Status> status) {
    return serve(port, status, REQUEST_LIMIT);
  }

  /**
   * Starts serving.
   *
   * @param limit longest time that a connection may take
   */
  static Metrics serve(int port, Supplier<Status> status, Duration limit) {
    var registry = new PrometheusRegistry();
    JvmMetrics.builder().register(registry);
    register(registry, status);
    var formats = ExpositionFormats.init();
    try {
      return new Metrics(
          PageServer.start(
              port,
              "/metrics",
              limit,
              accept -> {
                ExpositionFormatWriter writer = formats.findWriter(accept);
                var body = new ByteArrayOutputStream();
                writer.write(body, registry.scrape());
                return new PageServer.Page(writer.getContentType(), body.toByteArray());
              }));
    } catch (IOException e) {
      throw new UserError(
          "the metrics port must be free: port="
              + port
              + ", problem="
              + e.getMessage()
              + "; choose another with --metrics-port",
          e);
    }
  }

  public int port() {
    return server.port();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private static void register(PrometheusRegistry registry, Supplier<Status> status) {
    counter(
        registry,
        "neo_ingest_records_total",
        "Records read from the inputs.",
        c -> c.call(status.get().ingest().read()));
    counter(
        registry,
        "neo_ingest_documents_total",
        "Documents written to raw.documents.",
        c -> c.call(status.get().ingest().written()));
    counter(
        registry,
        "neo_ingest_payload_bytes_total",
        "Payload bytes written to raw.documents.",
        c -> c.call(status.get().ingest().bytes()));
    stageCounter(
        registry,
        status,
        "neo_pipeline_documents_read_total",
        "Documents a stage took in.",
        CountBook.Counts::read);
    stageCounter(
        registry,
        status,
        "neo_pipeline_documents_emitted_total",
        "Documents a stage passed on.",
        CountBook.Counts::emitted);
    stageCounter(
        registry,
        status,
        "neo_pipeline_documents_rejected_total",
        "Documents a stage rejected.",
        CountBook.Counts::rejected);
    stageCounter(
        registry,
        status,
        "neo_pipeline_documents_duplicate_total",
        "Documents a stage marked as duplicates.",
        CountBook.Counts::duplicates);
    gauge(
        registry,
        "neo_pipeline_documents_held",
        "Documents in a stage's state.",
        c ->
            status
                .get()
                .stages()
                .forEach((stage, counts) -> c.call(counts.held(), stage.wireName())),
        "stage");
    gauge(
        registry,
        "neo_pipeline_ledger_balanced",
        "1 while ledger and topics agree, 0 when documents are missing or counted twice.",
        c -> c.call(status.get().problem().isEmpty() ? 1 : 0));
    gauge(
        registry,
        "neo_pipeline_checkpoint_id",
        "Newest complete Flink checkpoint.",
        c -> c.call(status.get().checkpoint()));
    counter(
        registry,
        "neo_pipeline_rejects_total",
        "Rejected records by stage, rule, language and domain.",
        c ->
            status
                .get()
                .funnel()
                .rejected()
                .forEach(
                    group ->
                        c.call(
                            group.documents(),
                            group.stage().wireName(),
                            group.reason(),
                            group.language(),
                            group.domain())),
        "stage",
        "reason",
        "language",
        "domain");
    counter(
        registry,
        "neo_clean_documents_kept_total",
        "Documents that cleaning kept, by language and domain.",
        c ->
            status
                .get()
                .funnel()
                .kept()
                .forEach(group -> c.call(group.documents(), group.language(), group.domain())),
        "language",
        "domain");
    counter(
        registry,
        "neo_clean_shadow_differences_total",
        "Documents that the shadow profile would have decided otherwise.",
        c ->
            status
                .get()
                .shadow()
                .forEach(
                    group ->
                        c.call(
                            group.documents(),
                            group.shadow(),
                            group.keptByShadow() ? "keep" : "reject",
                            group.reason(),
                            group.language())),
        "profile",
        "verdict",
        "reason",
        "language");
    counter(
        registry,
        "neo_tokenize_blocks_total",
        "Sealed token blocks.",
        c -> status.get().blocks().forEach((domain, count) -> c.call(count, domain)),
        "domain");
    counter(
        registry,
        "neo_tokenize_tokens_total",
        "Tokens in sealed blocks.",
        c -> c.call(status.get().stages().get(Stage.TOKENIZE).tokens()));
    counter(
        registry,
        "neo_train_steps_total",
        "Training steps done.",
        c -> c.call(status.get().training().step() + 1));
    counter(
        registry,
        "neo_train_tokens_total",
        "Tokens trained on.",
        c ->
            status
                .get()
                .training()
                .tokensByDomain()
                .forEach((domain, count) -> c.call(count, domain)),
        "domain");
    gauge(
        registry,
        "neo_train_loss_nats",
        "Loss of the last step, nats a token.",
        c -> c.call(status.get().training().loss()));
    gauge(
        registry,
        "neo_train_domain_loss_nats",
        "Loss of the last step by domain, nats a token.",
        c -> status.get().training().lossByDomain().forEach((domain, loss) -> c.call(loss, domain)),
        "domain");
    gauge(
        registry,
        "neo_train_heldout_loss_nats",
        "Newest held-out loss, nats a token.",
        c -> status.get().heldOut().values().stream().reduce((a, b) -> b).ifPresent(c::call));
    gauge(
        registry,
        "neo_train_learning_rate",
        "Learning rate of the last step.",
        c -> c.call(status.get().training().learningRate()));
    gauge(
        registry,
        "neo_train_gradient_norm",
        "Global gradient norm before clipping.",
        c -> c.call(status.get().training().gradientNorm()));
    gauge(
        registry,
        "neo_train_tokens_per_second",
        "Tokens a second over the last steps, all ranks.",
        c -> c.call(status.get().training().tokensPerSecond()));
    gauge(
        registry,
        "neo_train_sync_ratio",
        "Share of the last step spent in the all-reduce.",
        c -> c.call(status.get().training().syncShare()));
    gauge(
        registry,
        "neo_train_checkpoint_step",
        "Step of the newest checkpoint.",
        c -> c.call(status.get().checkpointStep()));
    gauge(
        registry,
        "neo_mixture_plan_version",
        "Mixture plan in force.",
        c -> c.call(status.get().mixture().planVersion()));
    gauge(
        registry,
        "neo_mixture_weight_ratio",
        "Share of tokens asked of a domain.",
        c -> status.get().mixture().weights().forEach((domain, weight) -> c.call(weight, domain)),
        "domain");
    gauge(
        registry,
        "neo_mixture_rows_asked",
        "Rows asked of a domain since the account began.",
        c -> status.get().mixture().asked().forEach((domain, rows) -> c.call(rows, domain)),
        "domain");
    gauge(
        registry,
        "neo_mixture_rows_delivered",
        "Rows delivered of a domain since the account began.",
        c -> status.get().mixture().delivered().forEach((domain, rows) -> c.call(rows, domain)),
        "domain");
  }

  /** A value and its labels. */
  private interface Sample {
    void call(double value, String... labels);
  }

  private static void stageCounter(
      PrometheusRegistry registry,
      Supplier<Status> status,
      String name,
      String help,
      java.util.function.ToLongFunction<CountBook.Counts> value) {
    counter(
        registry,
        name,
        help,
        sample ->
            status
                .get()
                .stages()
                .forEach(
                    (stage, counts) -> sample.call(value.applyAsLong(counts), stage.wireName())),
        "stage");
  }

  private static void counter(
      PrometheusRegistry registry,
      String name,
      String help,
      Consumer<Sample> samples,
      String... labels) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(callback -> samples.accept(callback::call))
        .register(registry);
  }

  private static void gauge(
      PrometheusRegistry registry,
      String name,
      String help,
      Consumer<Sample> samples,
      String... labels) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .callback(callback -> samples.accept(callback::call))
        .register(registry);
  }
}
