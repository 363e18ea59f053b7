package dev.neostream.ops.dashboard;

import java.util.List;

/** The four dashboards. Their queries use the families of {@code /metrics} and nothing else. */
final class Dashboards {

  /** Choice of the run, which Prometheus adds to every series as a label. */
  private static final String RUN = "{run=~\"$run\"}";

  private static final String DOMAIN = "{run=~\"$run\", domain=~\"$domain\"}";

  /** Rejects of records whose domain was not known have an empty one. */
  private static final String DOMAIN_OR_NONE = "{run=~\"$run\", domain=~\"$domain|\"}";

  private static final String RATE = "[$__rate_interval]";

  private Dashboards() {}

  static List<Dashboard> all() {
    return List.of(pipeline(), mixture(), trainer(), reliability());
  }

  private static String rate(String family, String selection) {
    return "rate(" + family + selection + RATE + ")";
  }

  private static Dashboard pipeline() {
    return new Dashboard(
        "pipeline",
        "pipeline",
        "Documents from the inputs to token blocks: how many, how fast, and where they went.",
        List.of(
            Panel.values(
                    "Documents so far",
                    "short",
                    "Records read, raw documents written, and what each stage passed on. Stages are"
                        + " counted at the newest complete Flink checkpoint.")
                .with("neo_ingest_records_total" + RUN, "read {{run}}")
                .with("neo_ingest_documents_total" + RUN, "raw {{run}}")
                .with("neo_pipeline_emitted_documents_total" + RUN, "{{stage}} {{run}}"),
            Panel.curves(
                    "Ingest",
                    "suffix: records/s",
                    "Records read from the inputs, and those that ingest rejected. Zero once all is"
                        + " read.")
                .with(rate("neo_ingest_records_total", RUN), "read {{run}}")
                .with(rate("neo_ingest_rejected_records_total", RUN), "rejected {{run}}"),
            Panel.values(
                    "Inputs being read",
                    "none",
                    "Zero once all that there are have been read to their end.")
                .with("neo_ingest_open_inputs" + RUN, "{{run}}"),
            Panel.curves(
                    "Payload written",
                    "Bps",
                    "Bytes of raw documents a second, content encodings removed.")
                .with(rate("neo_ingest_payload_bytes_total", RUN), "{{run}}"),
            Panel.curves(
                    "Documents into each stage",
                    "suffix: docs/s",
                    "What each stage takes in. The lowest curve is the bottleneck while documents"
                        + " wait before it.")
                .with(rate("neo_pipeline_read_documents_total", RUN), "{{stage}} {{run}}"),
            Panel.curves(
                    "Lag by topic",
                    "short",
                    "What is written and not taken yet: documents before cleaning, blocks before the"
                        + " sequencer, steps before the ranks. Blocks pile up where the corpus is"
                        + " larger than the plan; documents should not grow for long.")
                .with("neo_pipeline_lag_records" + RUN, "{{topic}} {{run}}"),
            Panel.curves(
                    "Bytes into topics",
                    "Bps",
                    "What each part writes: raw.documents is the corpus job's input, tokens.* what"
                        + " it makes of it, compressed as sent.")
                .with(rate("neo_kafka_written_bytes_total", RUN), "{{topic}} {{run}}"),
            Panel.curves(
                    "Bytes out of topics",
                    "Bps",
                    "What readers take, the monitor among them. Far more than came in is a part that"
                        + " reads again after a restart.")
                .with(rate("neo_kafka_read_bytes_total", RUN), "{{topic}} {{run}}"),
            Panel.curves(
                    "Freshness",
                    "s",
                    "Time from ingest to the newest block, and to the newest step that read a block"
                        + " for the first time.")
                .with("neo_tokenize_freshness_seconds" + RUN, "to a block {{run}}")
                .with("neo_train_freshness_seconds" + RUN, "to a gradient {{run}}"),
            Panel.curves(
                    "Held in state",
                    "short",
                    "Documents that a stage holds: open windows of deduplication, blocks that are"
                        + " not full.")
                .with("neo_pipeline_held_documents" + RUN, "{{stage}} {{run}}"),
            Panel.curves(
                    "Share rejected",
                    "percentunit",
                    "Rejected of taken in, by stage. A jump is a new input, a new profile, or a site"
                        + " that changed.")
                .with(
                    rate("neo_pipeline_rejected_documents_total", RUN)
                        + " / "
                        + rate("neo_pipeline_read_documents_total", RUN),
                    "{{stage}} {{run}}"),
            Panel.bars(
                    "Rejects by reason",
                    "short",
                    "The ten rules that rejected most since the run began, in the chosen domains and"
                        + " where the domain was not known.")
                .with(
                    "topk(10, sum by (stage, reason) (neo_pipeline_rejects_total"
                        + DOMAIN_OR_NONE
                        + "))",
                    "{{stage}} {{reason}}"),
            Panel.curves(
                    "Kept by language and domain", "suffix: docs/s", "What cleaning passed on.")
                .with(
                    "sum by (language, domain) ("
                        + rate("neo_clean_kept_documents_total", DOMAIN)
                        + ")",
                    "{{language}} {{domain}}"),
            Panel.curves(
                    "Duplicates by rule",
                    "suffix: docs/s",
                    "Documents that deduplication marked: equal URL, equal text, near-duplicate.")
                .with(
                    "sum by (run, rule) (" + rate("neo_dedup_duplicates_total", RUN) + ")",
                    "{{rule}} {{run}}"),
            Panel.curves(
                    "Share of duplicates",
                    "percentunit",
                    "Of what deduplication took in. Above a half something is read twice.")
                .with(
                    rate(
                            "neo_pipeline_duplicate_documents_total",
                            "{run=~\"$run\", stage=\"dedup\"}")
                        + " / "
                        + rate(
                            "neo_pipeline_read_documents_total",
                            "{run=~\"$run\", stage=\"dedup\"}"),
                    "{{run}}"),
            Panel.curves("Tokens sealed", "suffix: tokens/s", "Tokens that came into full blocks.")
                .with(rate("neo_tokenize_tokens_total", RUN), "{{run}}"),
            Panel.curves(
                    "Blocks by domain",
                    "short",
                    "Sealed token blocks; heldout.NAME are kept for evaluation.")
                .with("neo_tokenize_blocks_total" + DOMAIN, "{{domain}} {{run}}"),
            Panel.curves(
                    "Shadow profile",
                    "short",
                    "Documents that the shadow profile would have decided otherwise, by what it"
                        + " would have done.")
                .with(
                    "sum by (run, profile, verdict) (neo_clean_shadow_differences_total"
                        + RUN
                        + ")",
                    "{{verdict}} {{profile}} {{run}}")));
  }

  private static Dashboard mixture() {
    return new Dashboard(
        "mixture",
        "mixture",
        "What is asked of each domain, what training got, and how the model takes it.",
        List.of(
            Panel.values("Plan", "none", "Version of the mixture plan of the last step.")
                .with("neo_mixture_plan_version" + RUN, "{{run}}"),
            Panel.values(
                    "Delivered less asked",
                    "suffix: rows",
                    "Since plan or phase last changed, what was owed before included: rarely more than"
                        + " two rows from zero.")
                .with(
                    "neo_mixture_delivered_rows"
                        + DOMAIN
                        + " - on (run, instance, domain) neo_mixture_asked_rows"
                        + DOMAIN,
                    "{{domain}} {{run}}"),
            Panel.curves(
                    "Asked",
                    "percentunit",
                    "Share of tokens that the plan asks of each domain that has any.")
                .with("neo_mixture_weight_ratio" + DOMAIN, "{{domain}} {{run}}"),
            Panel.curves(
                    "Delivered",
                    "percentunit",
                    "Share of the rows since plan or phase last changed.")
                .with(
                    "neo_mixture_delivered_rows"
                        + DOMAIN
                        + " / on (run, instance) group_left sum by (run, instance)"
                        + " (neo_mixture_delivered_rows"
                        + RUN
                        + ")",
                    "{{domain}} {{run}}"),
            Panel.curves(
                    "Tokens trained on by domain",
                    "suffix: tokens/s",
                    "It follows the plan at most a few steps after it is accepted.")
                .with(rate("neo_train_tokens_total", DOMAIN), "{{domain}} {{run}}"),
            Panel.bars(
                    "Tokens trained on in all",
                    "short",
                    "Since the run began, whatever the plan was.")
                .with(
                    "sum by (run, domain) (neo_train_tokens_total" + DOMAIN + ")",
                    "{{domain}} {{run}}"),
            Panel.curves(
                    "Blocks there are",
                    "short",
                    "Sealed blocks. A domain with few is read again and again.")
                .with("neo_tokenize_blocks_total" + DOMAIN, "{{domain}} {{run}}"),
            Panel.curves(
                    "Held-out loss by domain",
                    "suffix: nats",
                    "Newest evaluation of each domain. One that rises is forgotten.")
                .with("neo_train_domain_heldout_loss_nats" + DOMAIN, "{{domain}} {{run}}")));
  }

  private static Dashboard trainer() {
    return new Dashboard(
        "trainer",
        "trainer",
        "How well and how fast the model learns.",
        List.of(
            Panel.values("Progress", "percentunit", "Steps done, of the steps of the run.")
                .with(
                    "neo_train_steps_total" + RUN + " / neo_train_planned_steps" + RUN, "{{run}}"),
            Panel.values("Time left", "s", "At the pace of the last five minutes.")
                .with(
                    "(neo_train_planned_steps"
                        + RUN
                        + " - neo_train_steps_total"
                        + RUN
                        + ") / rate(neo_train_steps_total"
                        + RUN
                        + "[5m])",
                    "{{run}}"),
            Panel.curves("Loss", "suffix: nats", "Of the last step, and held out.")
                .with("neo_train_loss_nats" + RUN, "training {{run}}")
                .with("neo_train_heldout_loss_nats" + RUN, "held out {{run}}"),
            Panel.curves(
                    "Loss by domain",
                    "suffix: nats",
                    "Of the last step; domains without rows in it are left out.")
                .with("neo_train_domain_loss_nats" + DOMAIN, "{{domain}} {{run}}"),
            Panel.curves(
                    "Evaluation tasks",
                    "none",
                    "Newest score of each task that the run's definition names, and what a model"
                        + " that knows nothing would score.")
                .with("neo_eval_score_value" + RUN, "{{task}} {{metric}} {{run}}")
                .with("neo_eval_chance_value" + RUN, "chance {{task}} {{metric}} {{run}}"),
            Panel.curves("Learning rate", "sci", "Of the last step: two phases.")
                .with("neo_train_learning_rate" + RUN, "{{run}}"),
            Panel.curves(
                    "Gradient norm",
                    "none",
                    "Global, before clipping. Spikes come before those of the loss.")
                .with("neo_train_gradient_norm" + RUN, "{{run}}"),
            Panel.curves("Tokens trained on", "suffix: tokens/s", "All ranks, pauses included.")
                .with(
                    "sum by (run, instance) (" + rate("neo_train_tokens_total", RUN) + ")",
                    "{{run}}"),
            Panel.curves("Time of a step", "s", "Mean.")
                .with(
                    rate("neo_train_step_seconds_total", RUN)
                        + " / "
                        + rate("neo_train_steps_total", RUN),
                    "{{run}}"),
            Panel.curves(
                    "Share of the all-reduce",
                    "percentunit",
                    "Part of the time in steps that ranks wait for each other's gradients.")
                .with(
                    rate("neo_train_sync_seconds_total", RUN)
                        + " / "
                        + rate("neo_train_step_seconds_total", RUN),
                    "{{run}}"),
            Panel.curves(
                    "Processors a rank uses",
                    "none",
                    "One that uses fewer than the others is waited for, or waits.")
                .with(rate("neo_rank_cpu_seconds_total", RUN), "rank {{rank}} {{run}}"),
            Panel.curves(
                    "Tokens a rank",
                    "suffix: tokens/s",
                    "Trained on, pauses included, by the number of ranks.")
                .with(
                    "sum by (run, instance) ("
                        + rate("neo_train_tokens_total", RUN)
                        + ") / count by (run, instance) (neo_rank_resident_bytes"
                        + RUN
                        + ")",
                    "{{run}}"),
            Panel.curves(
                    "Share of time in steps and checkpoints",
                    "percentunit",
                    "Training pauses while a checkpoint is stored. The rest goes to evaluation,"
                        + " restarts and waiting for tokens.")
                .with(rate("neo_train_step_seconds_total", RUN), "steps {{run}}")
                .with(rate("neo_train_checkpoint_seconds_total", RUN), "checkpoints {{run}}")));
  }

  private static Dashboard reliability() {
    return new Dashboard(
        "reliability",
        "reliability",
        "Whether anything is lost, late, waiting or about to end.",
        List.of(
            Panel.values("State", "none", "starting, running, complete, stopped or failed.")
                .with("neo_run_state" + RUN + " == 1", "{{state}} {{run}}"),
            Panel.values(
                    "Ledger",
                    "bool_yes_no",
                    "Yes while every document is accounted for: read = emitted + rejected +"
                        + " duplicates + held, and the topics hold what was committed.")
                .with("neo_pipeline_ledger_balanced" + RUN, "{{run}}"),
            Panel.curves(
                    "Stalls",
                    "bool_yes_no",
                    "Yes while no step is made: the sequencer waits for tokens, or nothing moves and"
                        + " no part says why.")
                .with("neo_train_stalled" + RUN, "{{cause}} {{run}}"),
            Panel.curves(
                    "Domains without new blocks",
                    "suffix: blocks/min",
                    "Blocks a minute of each domain that the plan asks for; zero while training"
                        + " waits is a domain that starves.")
                .with(
                    "60 * rate(neo_tokenize_blocks_total"
                        + DOMAIN
                        + "[5m]) and on (run, instance, domain) neo_mixture_weight_ratio"
                        + DOMAIN
                        + " > 0",
                    "{{domain}} {{run}}"),
            Panel.curves(
                    "Ages",
                    "s",
                    "Time since the last step, the newest checkpoint of the model, and the last look"
                        + " at the topics.")
                .with("time() - neo_train_step_timestamp_seconds" + RUN, "step {{run}}")
                .with("time() - neo_train_checkpoint_timestamp_seconds" + RUN, "checkpoint {{run}}")
                .with("time() - neo_run_status_timestamp_seconds" + RUN, "status {{run}}"),
            Panel.curves(
                    "Flink checkpoints",
                    "suffix: /min",
                    "Complete ones. Documents become visible with them; zero is a pipeline that"
                        + " stands still.")
                .with("60 * deriv(neo_pipeline_checkpoint_id" + RUN + RATE + ")", "{{run}}"),
            Panel.curves(
                    "Time of a Flink checkpoint",
                    "s",
                    "Of the newest: all of it, and the part in which the slowest subtask stood"
                        + " still. Long ones delay all that the job writes.")
                .with("neo_flink_checkpoint_seconds" + RUN, "all {{run}}")
                .with("neo_flink_checkpoint_pause_seconds" + RUN, "standing still {{run}}"),
            Panel.curves(
                    "Flink checkpoints by result",
                    "suffix: /min",
                    "Failed ones leave their documents to the next.")
                .with("60 * " + rate("neo_flink_checkpoints_total", RUN), "{{result}} {{run}}"),
            Panel.curves(
                    "State of the job",
                    "bytes",
                    "What the newest checkpoint refers to, and what was written for it. Of an"
                        + " endless run it should level off.")
                .with("neo_flink_state_bytes" + RUN, "all {{run}}")
                .with("neo_flink_checkpointed_bytes" + RUN, "written {{run}}"),
            Panel.curves(
                    "Kafka's log", "bytes", "On disk, by topic. Corpus topics are kept for ever.")
                .with("neo_kafka_log_bytes" + RUN, "{{topic}} {{run}}"),
            Panel.curves("Requests to Kafka", "reqps", "Of all clients of the run.")
                .with(rate("neo_kafka_requests_total", RUN), "{{run}}"),
            Panel.values(
                    "Partitions short of replicas",
                    "none",
                    "Of the embedded broker, which has one replica of each, zero.")
                .with("neo_kafka_under_replicated_partitions" + RUN, "{{run}}"),
            Panel.values("Restarts", "short", "Of all ranks, since the run was last started.")
                .with("neo_train_restarts_total" + RUN, "{{run}}"),
            Panel.values(
                    "Answers", "bool_yes_no", "Whether /metrics was served at the last scrape.")
                .with("up{job=\"neo-stream\", run=~\"$run\"}", "{{instance}} {{run}}"),
            Panel.curves("Free disk", "bytes", "Where the run folder is. At 256 MiB the run stops.")
                .with("neo_run_disk_free_bytes" + RUN, "{{run}}"),
            Panel.curves(
                    "Heap",
                    "bytes",
                    "Of the process with broker, Flink, sequencer and monitor; ranks have their own.")
                .with(
                    "sum by (run, instance) (jvm_memory_used_bytes{run=~\"$run\", area=\"heap\"})",
                    "used {{run}}")
                .with(
                    "sum by (run, instance) (jvm_memory_max_bytes{run=~\"$run\", area=\"heap\"})",
                    "limit {{run}}"),
            Panel.curves(
                    "Memory of ranks",
                    "bytes",
                    "Resident, of each rank's process: parameters, activations, JVM.")
                .with("neo_rank_resident_bytes" + RUN, "rank {{rank}} {{run}}"),
            Panel.curves(
                    "Garbage collection",
                    "percentunit",
                    "Share of time in which that process stands still.")
                .with(
                    "sum by (run, instance) (" + rate("jvm_gc_collection_seconds_sum", RUN) + ")",
                    "{{run}}")));
  }
}
