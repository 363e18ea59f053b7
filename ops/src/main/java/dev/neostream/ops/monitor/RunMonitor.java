package dev.neostream.ops.monitor;

import dev.neostream.ops.account.CountBook;
import dev.neostream.ops.account.Freshness;
import dev.neostream.ops.account.Funnel;
import dev.neostream.ops.account.MixtureAccount;
import dev.neostream.ops.account.NewestRejects;
import dev.neostream.ops.account.RejectExamples;
import dev.neostream.ops.account.StepTimeline;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.DuplicateMark;
import dev.neostream.schemas.avro.EvalResult;
import dev.neostream.schemas.avro.HeldOutSet;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.Phase;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.avro.ShadowDifference;
import dev.neostream.schemas.avro.StageCounts;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.tokens.topic.HeldOutCounts;
import dev.neostream.tokens.topic.MixtureControl;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Follows a run through its topics. Everything shown anywhere (progress, status, metrics, report)
 * comes from here, so nothing is shown that is not committed. Not thread-safe.
 */
public final class RunMonitor implements AutoCloseable {

  private static final int RATE_STEPS = 20;

  private final List<TopicReader<?>> readers = new ArrayList<>();
  private final TopicReader<IngestPosition> positions;
  private final TopicReader<StageCounts> counts;
  private final TopicReader<RejectedDocument> rejects;
  private final TopicReader<ShadowDifference> differences;
  private final TopicReader<DuplicateMark> duplicateMarks;
  private final TopicReader<TokenIndex> index;
  private final TopicReader<MixtureUpdate> plans;
  private final TopicReader<MixtureDecision> decisions;
  private final TopicReader<TrainBatch> batches;
  private final TopicReader<StepReport> reports;
  private final TopicReader<CheckpointManifest> manifests;
  private final TopicReader<EvalResult> evals;
  private final TopicReader<HeldOutSet> sets;
  private final StepFiles files;

  private final CountBook book;
  private final Funnel funnel = new Funnel();
  private final RejectExamples examples = new RejectExamples();
  private final NewestRejects newestRejects = new NewestRejects();
  private final Freshness freshness = new Freshness();
  private final StepTimeline timeline = new StepTimeline();
  private final List<Timeline.Checkpoint> checkpoints = new ArrayList<>();
  private final Map<String, Status.ShadowCount> shadow = new TreeMap<>();
  private final Map<String, Long> blocks = new TreeMap<>();
  private final List<MixtureUpdate> proposals = new ArrayList<>();
  private final ArrayDeque<StepReport> unexplained = new ArrayDeque<>();
  private final Map<Integer, MixtureUpdate> planByVersion = new HashMap<>();
  private final List<Status.Change> changes = new ArrayList<>();
  private final List<MixtureDecision> silences = new ArrayList<>();
  private final Map<Long, TrainBatch> batchByStep = new HashMap<>();
  private final List<StepReport> steps = new ArrayList<>();
  private final Map<String, Long> tokensByDomain = new TreeMap<>();
  private final TreeMap<Long, Long> savedAt = new TreeMap<>();
  private final Map<Long, Double> heldOut = new TreeMap<>();
  private final Map<String, Double> heldOutByDomain = new TreeMap<>();
  private final HeldOutCounts heldOutCounts;
  private Optional<HeldOutSet> heldOutSet = Optional.empty();
  private final Scores evaluations = new Scores();
  private final Map<String, Long> duplicatesByRule = new TreeMap<>();
  private final Map<Stage, Double> rates = new LinkedHashMap<>();
  private final MixtureAccount account = new MixtureAccount();
  private double stepSeconds;
  private double syncSeconds;
  private double checkpointSeconds;
  private long duplicates;
  private long sealed;
  private long rejectedByStages;
  private IngestPosition position;
  private CheckpointManifest checkpoint;
  private CountBook.Page ratedPage;
  private long ratedAt = System.nanoTime();
  private Status status;

  /**
   * @param dedupStages stages that count documents between clean and tokenize, in order
   * @param steps length of the run
   * @param heldOutCounts which blocks evaluation waits for, told nothing yet
   * @param files get each training step; closed with the monitor
   */
  public RunMonitor(
      KafkaConnection connection,
      List<Stage> dedupStages,
      long steps,
      HeldOutCounts heldOutCounts,
      StepFiles files) {
    this.heldOutCounts = heldOutCounts;
    book = new CountBook(dedupStages);
    ratedPage = book.latest();
    Topics topics = connection.topics();
    positions = open(connection, topics.ingestPositions(), IngestPosition.class);
    counts = open(connection, topics.pipelineCounts(), StageCounts.class);
    rejects = open(connection, topics.rejectedDocuments(), RejectedDocument.class);
    differences = open(connection, topics.shadowDocuments(), ShadowDifference.class);
    duplicateMarks = open(connection, topics.duplicatesDocuments(), DuplicateMark.class);
    index = open(connection, topics.tokenIndex(), TokenIndex.class);
    plans = open(connection, topics.mixturePlans(), MixtureUpdate.class);
    decisions = open(connection, topics.mixtureDecisions(), MixtureDecision.class);
    batches = open(connection, topics.trainBatches(), TrainBatch.class);
    reports = open(connection, topics.trainSteps(), StepReport.class);
    manifests = open(connection, topics.checkpoints(), CheckpointManifest.class);
    evals = open(connection, topics.evalResults(), EvalResult.class);
    sets = open(connection, topics.evalSets(), HeldOutSet.class);
    status = Status.starting(steps);
    this.files = files;
  }

  private <T extends org.apache.avro.specific.SpecificRecordBase> TopicReader<T> open(
      KafkaConnection connection, String topic, Class<T> type) {
    var reader = new TopicReader<>(connection, topic, type);
    readers.add(reader);
    return reader;
  }

  /** Reads every topic to its end and returns the state of the run. */
  public Status refresh() {
    read();
    return status(book.settled().differences(rejectedByStages, duplicates, sealed, false));
  }

  /**
   * The same after the Flink job has stopped: now ledger and topics must agree exactly. Waits until
   * the last commit is visible in every partition, or {@code patience} has passed.
   */
  public Status refreshStopped(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    List<String> differences;
    do {
      read();
      differences = book.latest().differences(rejectedByStages, duplicates, sealed, true);
    } while (!differences.isEmpty() && System.nanoTime() < deadline);
    return status(differences);
  }

  /** Reads effects before their causes, so that no effect is seen whose cause is not. */
  private void read() {
    unexplained.addAll(reports.readToEnd());
    List<TrainBatch> planned = batches.readToEnd();
    planned.forEach(batch -> batchByStep.put(batch.getStep(), batch));
    readMixture();
    readCounts();
    readOutputs();
    planned.forEach(freshness::planned);
    for (CheckpointManifest manifest : manifests.readToEnd()) {
      checkpoint = manifest;
      checkpoints.add(
          new Timeline.Checkpoint(manifest.getStep(), manifest.getPath(), manifest.getCreatedAt()));
      savedAt.put(manifest.getStep(), manifest.getCreatedAt());
    }
    readSteps();
    sets.readToEnd().forEach(set -> heldOutSet = Optional.of(set));
    for (EvalResult result : evals.readToEnd()) {
      if (!result.getTask().equals(Status.HELD_OUT)) {
        evaluations.add(result);
      } else if (result.getDomain().equals("all")) {
        heldOut.put(result.getStep(), result.getValue());
      } else {
        heldOutByDomain.put(result.getDomain(), result.getValue());
      }
      files.add(result);
    }
    files.flush();
    rate(book.latest());
  }

  private void readCounts() {
    var pages = new TreeMap<Long, CountBook.Page>();
    counts.readTimedToEnd(
        (part, at) -> {
          CountBook.Page before = book.latest();
          book.add(part);
          if (book.latest() != before) {
            pages.put(at, book.latest());
          }
        });
    positions.readTimedToEnd(
        (value, at) -> {
          position = value;
          freshness.wrote(value.getWritten(), at);
        });
    pages.forEach((at, page) -> freshness.counted(page, at));
  }

  private void readOutputs() {
    for (RejectedDocument reject : rejects.readToEnd()) {
      Stage stage = Stage.of(reject);
      funnel.reject(stage, reject.getReason(), reject.getLanguage(), reject.getDomain());
      examples.add(reject);
      newestRejects.add(reject);
      if (stage != Stage.INGEST) {
        rejectedByStages++;
      }
    }
    differences.readToEnd().forEach(this::count);
    for (DuplicateMark mark : duplicateMarks.readToEnd()) {
      duplicatesByRule.merge(mark.getRule(), 1L, Long::sum);
      duplicates++;
    }
    index.readTimedToEnd(
        (entry, at) -> {
          heldOutCounts.add(entry);
          if (!entry.getClosed()) {
            blocks.merge(entry.getDomain(), 1L, Long::sum);
            sealed++;
            freshness.sealed(entry, at);
          }
        });
  }

  private void count(ShadowDifference difference) {
    boolean keptByShadow = difference.getShadowReason().isEmpty();
    String reason = keptByShadow ? difference.getReason() : difference.getShadowReason();
    shadow.merge(
        String.join(
            " ",
            difference.getShadow(),
            Boolean.toString(keptByShadow),
            reason,
            difference.getLanguage()),
        new Status.ShadowCount(
            difference.getShadow(), reason, keptByShadow, difference.getLanguage(), 1),
        (old, one) ->
            new Status.ShadowCount(
                old.shadow(),
                old.reason(),
                old.keptByShadow(),
                old.language(),
                old.documents() + 1));
  }

  private void readMixture() {
    proposals.addAll(plans.readToEnd());
    for (MixtureDecision decision : decisions.readToEnd()) {
      if (decision.getChange() != MixtureChange.PLAN) {
        silences.add(decision);
        continue;
      }
      // Several proposals may carry one version; at most one of them was accepted.
      proposals.stream()
          .filter(plan -> decision.getAccepted() && MixtureControl.answers(decision, plan))
          .findFirst()
          .ifPresent(plan -> planByVersion.put(plan.getVersion(), plan));
      changes.add(
          new Status.Change(
              decision.getVersion(),
              decision.getAccepted(),
              decision.getFromStep(),
              decision.getAuthor(),
              decision.getReason(),
              decision.getProposedAt(),
              decision.getProblem()));
    }
  }

  /** A step's batch and plan come by other topics and may become visible a moment after it. */
  private boolean explained(StepReport report) {
    TrainBatch batch = batchByStep.get(report.getStep());
    return batch != null && planByVersion.containsKey(batch.getPlanVersion());
  }

  private void readSteps() {
    while (!unexplained.isEmpty() && explained(unexplained.peek())) {
      StepReport report = unexplained.remove();
      steps.add(report);
      TrainBatch batch = batchByStep.remove(report.getStep());
      stepSeconds += report.getStepSeconds();
      syncSeconds += report.getSyncSeconds();
      freshness.trained(report.getStep(), report.getFinishedAt());
      addCheckpoint(report);
      account.add(batch, planByVersion.get(batch.getPlanVersion()), blocks.keySet());
      timeline.add(report, account.weights());
      for (DomainLoss domain : report.getDomains()) {
        tokensByDomain.merge(domain.getDomain(), domain.getTokens(), Long::sum);
      }
      files.add(report);
    }
  }

  /** What passed between the making of the checkpoint before a step and that step's beginning. */
  private void addCheckpoint(StepReport report) {
    savedAt.headMap(report.getStep() - 1).clear();
    Long before = savedAt.remove(report.getStep() - 1);
    if (before != null) {
      double began = report.getFinishedAt() / 1e3 - report.getStepSeconds();
      checkpointSeconds += Math.max(0, began - before / 1e3);
    }
  }

  private void rate(CountBook.Page page) {
    if (page.checkpoint() == ratedPage.checkpoint()) {
      return;
    }
    long now = System.nanoTime();
    double seconds = (now - ratedAt) / 1e9;
    for (Stage stage : page.stages().keySet()) {
      rates.put(stage, (page.stage(stage).read() - ratedPage.stage(stage).read()) / seconds);
    }
    ratedPage = page;
    ratedAt = now;
  }

  private Status status(List<String> differences) {
    CountBook.Page page = book.latest();
    var problems = new ArrayList<>(page.problems());
    problems.addAll(differences);
    if (position != null) {
      book.settled().readAgain(position.getWritten()).ifPresent(problems::add);
    }
    Status.Ingest ingest =
        position == null
            ? status.ingest()
            : new Status.Ingest(
                position.getRead(),
                position.getWritten(),
                position.getRejected(),
                position.getBytes(),
                position.getSources().size(),
                position.getFinished());
    status =
        new Status(
            problems.isEmpty() ? "running" : "failed",
            String.join("; ", problems),
            // What no topic tells, the supervisor adds.
            "",
            "",
            Status.Ranks.UNKNOWN,
            0,
            -1,
            System.currentTimeMillis(),
            ingest,
            page.stages(),
            Map.copyOf(rates),
            page.checkpoint(),
            funnel.tables(page.stage(Stage.CLEAN).passed()),
            List.copyOf(shadow.values()),
            new TreeMap<>(duplicatesByRule),
            new TreeMap<>(blocks),
            new Status.Flow(
                lag(ingest, page), freshness.blockSeconds(), freshness.gradientSeconds()),
            training(),
            new Status.Mixture(
                account.planVersion(),
                account.weights(),
                account.fromStep(),
                account.asked(),
                account.delivered()),
            new TreeMap<>(heldOut),
            new TreeMap<>(heldOutByDomain),
            heldOutSet(),
            evaluations.newest(),
            checkpoint == null ? -1 : checkpoint.getStep(),
            checkpoint == null ? "" : checkpoint.getPath(),
            checkpoint == null ? 0 : checkpoint.getCreatedAt());
    return status;
  }

  private Map<String, Long> lag(Status.Ingest ingest, CountBook.Page page) {
    return new TreeMap<>(
        Map.of(
            "raw.documents",
            // After a restart the first position may still be on its way.
            Math.max(0, ingest.written() - page.stage(Stage.CLEAN).read()),
            "token.index",
            freshness.unreadBlocks(),
            "train.batches",
            (long) batchByStep.size()));
  }

  private Status.HeldOutSet heldOutSet() {
    return heldOutSet
        .map(
            set ->
                new Status.HeldOutSet(
                    set.getVersion(),
                    set.getFromStep(),
                    set.getBlocks().size(),
                    set.getTokens(),
                    set.getWithdrawn(),
                    ""))
        .orElseGet(() -> new Status.HeldOutSet(0, -1, 0, 0, 0, heldOutCounts.missing()));
  }

  /** Returns the length of the newest plan, in steps. */
  private long planned() {
    return planByVersion.values().stream()
        .max(Comparator.comparingInt(MixtureUpdate::getVersion))
        .map(plan -> plan.getPhases().stream().mapToLong(Phase::getSteps).sum())
        .orElse(status.training().steps());
  }

  private Status.Training training() {
    if (steps.isEmpty()) {
      return status.training();
    }
    StepReport last = steps.get(steps.size() - 1);
    StepReport before = steps.get(Math.max(0, steps.size() - 1 - RATE_STEPS));
    double seconds = (last.getFinishedAt() - before.getFinishedAt()) / 1e3;
    long tokens = last.getTokens() * (last.getStep() - before.getStep());
    var losses = new TreeMap<String, Double>();
    last.getDomains().forEach(domain -> losses.put(domain.getDomain(), domain.getLoss()));
    return new Status.Training(
        last.getStep(),
        planned(),
        last.getPhase(),
        last.getLearningRate(),
        last.getLoss(),
        last.getGradientNorm(),
        seconds > 0 ? tokens / seconds : 0,
        last.getStepSeconds() > 0 ? last.getSyncSeconds() / last.getStepSeconds() : 0,
        stepSeconds,
        syncSeconds,
        checkpointSeconds,
        last.getFinishedAt(),
        losses,
        new TreeMap<>(tokensByDomain),
        Long.toHexString(last.getParameterHash()));
  }

  /** Returns what has led to the state of the last refresh. */
  public History history() {
    return new History(steps, changes, planByVersion, silences, examples.list());
  }

  /** Returns the same, of a size that does not grow. */
  public Timeline timeline() {
    return new Timeline(
        timeline.points(), changes, planByVersion, silences, newestRejects.list(), checkpoints);
  }

  @Override
  public void close() {
    readers.forEach(TopicReader::close);
    files.close();
  }
}
