package dev.neostream.tokens.topic;

import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.StepReport;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.SchemaRegistry;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.schemas.topic.TopicWriter;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.PlanRevision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Shows and changes the mixture of a run from outside; the sequencer alone decides. */
public final class MixtureControl {

  private final KafkaConnection connection;
  private final SchemaRegistry registry;

  public MixtureControl(KafkaConnection connection) {
    this.connection = connection;
    this.registry = connection.registry();
  }

  /** Returns every decision so far, in order: about plans, and about domains. */
  public List<MixtureDecision> history() {
    try (var reader = decisions()) {
      return reader.readToEnd();
    }
  }

  /** Returns the last accepted proposal, or empty before the first. */
  public Optional<MixtureUpdate> inForce() {
    return accepted(decision -> true);
  }

  /** Returns the accepted proposal of a version, or empty if there is none. */
  public Optional<MixtureUpdate> version(int version) {
    return accepted(decision -> decision.getVersion() == version);
  }

  private Optional<MixtureUpdate> accepted(Predicate<MixtureDecision> asked) {
    Optional<MixtureDecision> accepted =
        history().stream()
            .filter(decision -> decision.getAccepted() && asked.test(decision))
            .reduce((first, last) -> last);
    if (accepted.isEmpty()) {
      return Optional.empty();
    }
    try (var reader =
        new TopicReader<>(connection, connection.topics().mixturePlans(), MixtureUpdate.class)) {
      return reader.readToEnd().stream()
          .filter(proposal -> answers(accepted.get(), proposal))
          .findFirst();
    }
  }

  /** Returns the last batch emitted, or empty before the first. */
  public Optional<TrainBatch> lastBatch() {
    return last(connection.topics().trainBatches(), TrainBatch.class);
  }

  /** Returns the report of the last step trained, or empty before the first. */
  public Optional<StepReport> lastStep() {
    return last(connection.topics().trainSteps(), StepReport.class);
  }

  private <T extends SpecificRecordBase> Optional<T> last(String topic, Class<T> type) {
    var partition = new TopicPartition(topic, 0);
    try (var consumer =
        new KafkaConsumer<>(
            connection.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      // The last offsets may be transaction markers, which are not returned: look further back.
      ConsumerRecord<byte[], byte[]> last = null;
      for (long back = 8; last == null && back < 2 * end + 8; back *= 2) {
        consumer.seek(partition, Math.max(0, end - back));
        while (consumer.position(partition) < end) {
          for (var record : consumer.poll(Duration.ofMillis(200))) {
            last = record;
          }
        }
      }
      return Optional.ofNullable(last)
          .map(record -> AvroCodec.of(type, registry).decode(record.value()));
    }
  }

  /**
   * Proposes a plan and returns what the sequencer decided.
   *
   * @throws IllegalStateException if no decision comes within the timeout
   */
  public MixtureDecision propose(MixtureUpdate proposal, Duration timeout) {
    try (var reader = decisions()) {
      reader.readToEnd();
      send(proposal);
      long deadline = System.nanoTime() + timeout.toNanos();
      for (long left = timeout.toNanos(); left > 0; left = deadline - System.nanoTime()) {
        for (MixtureDecision decision : reader.poll(Duration.ofNanos(left))) {
          if (answers(decision, proposal)) {
            return decision;
          }
        }
      }
    }
    throw undecided(proposal, timeout);
  }

  /** What becomes of a plan. */
  @FunctionalInterface
  public interface Change {
    /**
     * Returns the plan to propose.
     *
     * @param inForce plan in force
     * @param nextStep first step that no batch was made for
     */
    MixturePlan of(MixtureUpdate inForce, long nextStep);
  }

  /**
   * Proposes a change of the plan in force and returns what the sequencer decided.
   *
   * @param proposedAt when, milliseconds since the epoch
   * @throws IllegalStateException if no plan is in force, the run is over or no decision comes
   * @throws IllegalArgumentException if the change makes no plan
   */
  public MixtureDecision change(
      Change change, String author, String reason, long proposedAt, Duration timeout) {
    MixtureUpdate current = requireInForce();
    Optional<TrainBatch> last = lastBatch();
    if (last.isPresent() && last.get().getLast()) {
      throw new IllegalStateException(
          "the run must not be over: its last step " + last.get().getStep() + " has been emitted");
    }
    long nextStep = last.map(batch -> batch.getStep() + 1).orElse(0L);
    MixturePlan changed = change.of(current, nextStep);
    return propose(changed.toUpdate(current.getVersion(), author, reason, proposedAt), timeout);
  }

  /**
   * Proposes that the run end at another step, while no rank trains: see {@link
   * PlanRevision#until}. Takes effect at the first step that can have no batch yet whatever the
   * sequencer has made by now, so what comes of it depends on how far the run was trained alone.
   *
   * @param steps length of the run
   * @param lead steps that batches are prepared ahead of training
   * @return what was decided, or empty if the run ends there as it is
   * @throws IllegalArgumentException if so many steps are trained, or have batches
   * @throws IllegalStateException if no plan is in force or no decision comes
   */
  public Optional<MixtureDecision> endAt(
      long steps, int lead, String author, String reason, long proposedAt, Duration timeout) {
    MixtureUpdate current = requireInForce();
    MixturePlan plan = MixturePlan.from(current);
    if (steps == plan.steps()) {
      return Optional.empty();
    }
    long trained = lastStep().map(report -> report.getStep() + 1).orElse(0L);
    long from = Math.min(plan.steps(), trained + lead);
    if (steps <= from) {
      throw new IllegalArgumentException(
          "a run must end beyond what is trained and the batches that are made ahead of it: steps="
              + steps
              + ", trained="
              + trained
              + ", with batches ahead="
              + from);
    }
    MixtureUpdate proposal =
        PlanRevision.until(plan, from, steps)
            .toUpdate(current.getVersion(), author, reason, proposedAt);
    proposal.setAfterEnd(true);
    return Optional.of(propose(proposal, timeout));
  }

  /**
   * Returns whether a plan was accepted that follows a step: then the run goes on after it, though
   * its batch may say that it was the last.
   */
  public boolean goesOnAfter(long step) {
    return history().stream()
        .anyMatch(
            decision ->
                decision.getChange() == MixtureChange.PLAN
                    && decision.getAccepted()
                    && decision.getFromStep() > step);
  }

  /**
   * Waits until every proposal has its decision: one that was made just before a run ended has it
   * only when the run goes on.
   *
   * @throws IllegalStateException if that takes longer than the timeout
   */
  public void awaitDecisions(Duration timeout) {
    List<MixtureUpdate> open = new ArrayList<>();
    try (var plans =
        new TopicReader<>(connection, connection.topics().mixturePlans(), MixtureUpdate.class)) {
      open.addAll(plans.readToEnd());
    }
    try (var reader = decisions()) {
      long deadline = System.nanoTime() + timeout.toNanos();
      for (long left = timeout.toNanos(); !open.isEmpty(); left = deadline - System.nanoTime()) {
        if (left <= 0) {
          throw undecided(open.get(0), timeout);
        }
        for (MixtureDecision decision : reader.poll(Duration.ofNanos(left))) {
          open.removeIf(proposal -> answers(decision, proposal));
        }
      }
    }
  }

  private MixtureUpdate requireInForce() {
    return inForce()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "a plan must be in force: run=" + connection.topics().run()));
  }

  private static IllegalStateException undecided(MixtureUpdate proposal, Duration timeout) {
    return new IllegalStateException(
        "the sequencer must decide within "
            + timeout
            + ": version="
            + proposal.getVersion()
            + "; the proposal stands and is decided when the run goes on");
  }

  /** Proposes other weights for the phase of the next step, see {@link #change}. */
  public MixtureDecision setWeights(
      Map<String, Double> weights,
      String author,
      String reason,
      long proposedAt,
      Duration timeout) {
    return change(
        (plan, nextStep) -> MixturePlan.from(plan).withWeights(nextStep, weights),
        author,
        reason,
        proposedAt,
        timeout);
  }

  /**
   * Proposes what was in force before the plan in force, from the phase of the next step on, see
   * {@link #change}; phases that are over stay as they were.
   *
   * @throws IllegalArgumentException if there is no plan before, or it would change nothing
   */
  public MixtureDecision undo(String author, String reason, long proposedAt, Duration timeout) {
    return change(
        (current, nextStep) -> {
          MixturePlan plan = MixturePlan.from(current);
          MixturePlan before =
              version(current.getVersion() - 1)
                  .map(MixturePlan::from)
                  .orElseThrow(
                      () ->
                          new IllegalArgumentException(
                              "there must be a plan before the one in force: version="
                                  + current.getVersion()));
          MixturePlan back = plan.continuedAs(before, nextStep);
          if (back.equals(plan)) {
            throw new IllegalArgumentException(
                "what the plan in force changed is over: version="
                    + current.getVersion()
                    + ", next step="
                    + nextStep);
          }
          return back;
        },
        author,
        reason,
        proposedAt,
        timeout);
  }

  private TopicReader<MixtureDecision> decisions() {
    return new TopicReader<>(
        connection, connection.topics().mixtureDecisions(), MixtureDecision.class);
  }

  private void send(MixtureUpdate proposal) {
    try (var writer =
        new TopicWriter<>(connection, connection.topics().mixturePlans(), MixtureUpdate.class)) {
      writer.write(proposal);
    }
  }

  /**
   * Returns whether a decision is about a proposal: a version may be proposed twice by rivals;
   * author, reason and time tell them apart.
   */
  public static boolean answers(MixtureDecision decision, MixtureUpdate proposal) {
    return decision.getChange() == MixtureChange.PLAN
        && decision.getVersion() == proposal.getVersion()
        && decision.getProposedAt() == proposal.getProposedAt()
        && decision.getAuthor().equals(proposal.getAuthor())
        && decision.getReason().equals(proposal.getReason());
  }
}
