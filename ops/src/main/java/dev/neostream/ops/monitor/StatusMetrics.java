package dev.neostream.ops.monitor;

import dev.neostream.ops.account.CountBook;
import dev.neostream.schemas.Stage;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** What {@code /metrics} shows of a {@link Status}. */
final class StatusMetrics extends Families<Status> {

  private static final List<String> STATES =
      List.of("starting", "running", "complete", "stopped", "failed");

  private static final List<String> CAUSES = List.of(Status.TOKENS, Status.UNKNOWN);

  private StatusMetrics(PrometheusRegistry registry, Supplier<Status> status) {
    super(registry, status);
  }

  /**
   * Adds all families.
   *
   * @param status newest state of the run, asked at each scrape
   */
  static void register(PrometheusRegistry registry, Supplier<Status> status) {
    var metrics = new StatusMetrics(registry, status);
    metrics.run();
    metrics.ingest();
    metrics.pipeline();
    metrics.stages();
    metrics.freshness();
    metrics.training();
    metrics.losses();
    metrics.mixture();
  }

  private void run() {
    gauge(
        "neo_run_state",
        "1 for the state that the run is in, 0 for the others.",
        (s, sample) -> STATES.forEach(state -> sample.call(state.equals(s.state()) ? 1 : 0, state)),
        "state");
    gauge(
        "neo_run_status_timestamp_seconds",
        "When the run last looked at its topics, since the epoch.",
        s -> s.updatedAt() / 1e3);
    gauge(
        "neo_run_disk_free_bytes",
        "Space left on the disk of the run folder.",
        (s, sample) -> known(s.freeBytes() >= 0, s.freeBytes(), sample));
  }

  private void ingest() {
    counter("neo_ingest_records_total", "Records read from the inputs.", s -> s.ingest().read());
    counter(
        "neo_ingest_documents_total",
        "Documents written to raw.documents.",
        s -> s.ingest().written());
    counter(
        "neo_ingest_rejected_records_total",
        "Records that ingest rejected.",
        s -> s.ingest().rejected());
    counter(
        "neo_ingest_payload_bytes_total",
        "Payload bytes written to raw.documents.",
        s -> s.ingest().bytes());
    gauge(
        "neo_ingest_open_inputs",
        "Inputs that are being read; 0 once all that there are have been read to their end.",
        s -> s.ingest().open());
  }

  private void pipeline() {
    stageCounter(
        "neo_pipeline_read_documents_total",
        "Documents a stage took in, at the newest complete checkpoint.",
        CountBook.Counts::read);
    stageCounter(
        "neo_pipeline_emitted_documents_total",
        "Documents a stage passed on, at the newest complete checkpoint.",
        CountBook.Counts::emitted);
    stageCounter(
        "neo_pipeline_rejected_documents_total",
        "Documents a stage rejected, at the newest complete checkpoint.",
        CountBook.Counts::rejected);
    stageCounter(
        "neo_pipeline_duplicate_documents_total",
        "Documents a stage marked as duplicates, at the newest complete checkpoint.",
        CountBook.Counts::duplicates);
    gauge(
        "neo_pipeline_held_documents",
        "Documents in a stage's state, at the newest complete checkpoint.",
        (s, sample) ->
            s.stages().forEach((stage, counts) -> sample.call(counts.held(), stage.wireName())),
        "stage");
    gauge(
        "neo_pipeline_ledger_balanced",
        "1 while ledger and topics agree, 0 when documents are missing or counted twice.",
        s -> s.problem().isEmpty() ? 1 : 0);
    gauge(
        "neo_pipeline_lag_records",
        "Records of a topic that its reader has not taken yet: documents of raw.documents at the"
            + " newest complete checkpoint, blocks of token.index, steps of train.batches.",
        byName(s -> s.flow().lag()),
        "topic");
    gauge("neo_pipeline_checkpoint_id", "Newest complete Flink checkpoint.", s -> s.checkpoint());
    counter(
        "neo_pipeline_rejects_total",
        "Records of rejected.documents by stage, rule, language and domain.",
        (s, sample) ->
            s.funnel()
                .rejected()
                .forEach(
                    group ->
                        sample.call(
                            group.documents(),
                            group.stage().wireName(),
                            group.reason(),
                            group.language(),
                            group.domain())),
        "stage",
        "reason",
        "language",
        "domain");
  }

  private void stages() {
    counter(
        "neo_clean_kept_documents_total",
        "Documents that cleaning kept, by language and domain.",
        (s, sample) ->
            s.funnel()
                .kept()
                .forEach(group -> sample.call(group.documents(), group.language(), group.domain())),
        "language",
        "domain");
    counter(
        "neo_clean_shadow_differences_total",
        "Documents that the shadow profile would have decided otherwise.",
        (s, sample) ->
            s.shadow()
                .forEach(
                    group ->
                        sample.call(
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
        "neo_dedup_duplicates_total",
        "Records of duplicates.documents by the rule that matched.",
        byName(Status::duplicates),
        "rule");
    counter(
        "neo_tokenize_blocks_total",
        "Sealed token blocks; held-out ones have domain heldout.NAME.",
        byName(Status::blocks),
        "domain");
    counter(
        "neo_tokenize_tokens_total",
        "Tokens in sealed blocks, at the newest complete checkpoint.",
        s -> s.stages().get(Stage.TOKENIZE).tokens());
  }

  private void freshness() {
    gauge(
        "neo_tokenize_freshness_seconds",
        "Time from ingest writing the newest document that the newest block can hold to that block"
            + " being sealed.",
        (s, sample) ->
            known(!Double.isNaN(s.flow().blockSeconds()), s.flow().blockSeconds(), sample));
    gauge(
        "neo_train_freshness_seconds",
        "Time from ingest writing documents to the end of the newest step that read their blocks"
            + " for the first time, mean over its blocks.",
        (s, sample) ->
            known(!Double.isNaN(s.flow().gradientSeconds()), s.flow().gradientSeconds(), sample));
  }

  private void training() {
    counter("neo_train_steps_total", "Training steps done.", s -> s.training().step() + 1);
    gauge("neo_train_planned_steps", "Steps of the whole run.", s -> s.training().steps());
    counter(
        "neo_train_tokens_total",
        "Tokens trained on.",
        byName(s -> s.training().tokensByDomain()),
        "domain");
    counter(
        "neo_train_step_seconds_total",
        "Time spent in training steps.",
        s -> s.training().stepSeconds());
    counter(
        "neo_train_sync_seconds_total",
        "Part of the time in training steps that was spent waiting for the all-reduce.",
        s -> s.training().syncSeconds());
    counter(
        "neo_train_checkpoint_seconds_total",
        "Time between steps spent on checkpoints of the model: training pauses.",
        s -> s.training().checkpointSeconds());
    trained(
        "neo_train_step_timestamp_seconds",
        "When the last step ended, since the epoch.",
        training -> training.finishedAt() / 1e3);
    trained(
        "neo_train_learning_rate",
        "Learning rate of the last step.",
        Status.Training::learningRate);
    trained(
        "neo_train_gradient_norm",
        "Global gradient norm of the last step, before clipping.",
        Status.Training::gradientNorm);
    gauge(
        "neo_train_checkpoint_step",
        "Step of the newest checkpoint of the model.",
        (s, sample) -> known(s.checkpointStep() >= 0, s.checkpointStep(), sample));
    gauge(
        "neo_train_checkpoint_timestamp_seconds",
        "When the newest checkpoint of the model was made, since the epoch.",
        (s, sample) -> known(s.checkpointStep() >= 0, s.checkpointAt() / 1e3, sample));
    counter(
        "neo_train_restarts_total",
        "Times that a lost rank was replaced or all were started again, since the run was last"
            + " started.",
        s -> s.restarts());
    gauge(
        "neo_train_stalled",
        "1 while no step is made for this cause: tokens that are not there yet, or unknown, when"
            + " nothing moves and no part says why.",
        (s, sample) -> CAUSES.forEach(cause -> sample.call(cause.equals(s.stall()) ? 1 : 0, cause)),
        "cause");
  }

  private void losses() {
    trained("neo_train_loss_nats", "Loss of the last step.", Status.Training::loss);
    gauge(
        "neo_train_domain_loss_nats",
        "Loss of the last step by domain, of those that had rows in it.",
        byName(s -> s.training().lossByDomain()),
        "domain");
    gauge(
        "neo_train_heldout_loss_nats",
        "Newest held-out loss, over all domains.",
        (s, sample) ->
            s.heldOut().values().stream().reduce((a, b) -> b).ifPresent(v -> sample.call(v)));
    gauge(
        "neo_train_domain_heldout_loss_nats",
        "Newest held-out loss by domain.",
        byName(Status::heldOutByDomain),
        "domain");
    gauge(
        "neo_eval_score_value",
        "Newest score of an evaluation task over all of its questions, in the metric's own unit.",
        (s, sample) -> overall(s).forEach(e -> sample.call(e.value(), e.task(), e.metric())),
        "task",
        "metric");
    gauge(
        "neo_eval_chance_value",
        "What a model that knows nothing would score.",
        (s, sample) -> overall(s).forEach(e -> sample.call(e.chance(), e.task(), e.metric())),
        "task",
        "metric");
  }

  /** Groups of questions are anybody's words, so they are no labels. */
  private static Stream<Status.Evaluated> overall(Status status) {
    return status.evaluations().stream().filter(score -> score.group().equals("all"));
  }

  private void mixture() {
    gauge(
        "neo_mixture_plan_version",
        "Mixture plan of the last step, 0 before the first.",
        s -> s.mixture().planVersion());
    gauge(
        "neo_mixture_weight_ratio",
        "Share of tokens asked of a domain.",
        byName(s -> s.mixture().weights()),
        "domain");
    gauge(
        "neo_mixture_asked_rows",
        "Rows asked of a domain since plan or phase last changed.",
        byName(s -> s.mixture().asked()),
        "domain");
    gauge(
        "neo_mixture_delivered_rows",
        "Rows delivered of a domain since plan or phase last changed.",
        byName(s -> s.mixture().delivered()),
        "domain");
  }

  private void stageCounter(String name, String help, ToLongFunction<CountBook.Counts> value) {
    counter(
        name,
        help,
        (s, sample) ->
            s.stages()
                .forEach(
                    (stage, counts) -> sample.call(value.applyAsLong(counts), stage.wireName())),
        "stage");
  }

  /** A gauge that is there from the first step on. */
  private void trained(String name, String help, ToDoubleFunction<Status.Training> value) {
    gauge(
        name,
        help,
        (s, sample) -> known(s.training().step() >= 0, value.applyAsDouble(s.training()), sample));
  }
}
