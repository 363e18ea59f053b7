package dev.neostream.ops.page;

import com.fasterxml.jackson.databind.JsonNode;
import dev.neostream.ops.account.MixtureForecast;
import dev.neostream.ops.http.ApiError;
import dev.neostream.ops.http.RequestBody;
import dev.neostream.ops.monitor.Status;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.topic.MixtureControl;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Shows, previews, changes and takes back the mixture. A change names the version that its author
 * looked at: if another came between, it is refused, here or by the sequencer, which alone decides.
 */
final class MixtureDesk {

  private static final Duration DECISION_DEADLINE = Duration.ofSeconds(20);
  private static final int LONGEST_REASON = 200;
  private static final double GREATEST_WEIGHT = 1e6;

  private final RunFacts facts;
  private final LiveRun run;
  private final String author;
  private final ReentrantLock proposing = new ReentrantLock();

  /**
   * @param author who the plan history says it was
   */
  MixtureDesk(RunFacts facts, LiveRun run, String author) {
    this.facts = facts;
    this.run = run;
    this.author = author;
  }

  /** What came of a change. */
  record Changed(int version, long fromStep) {}

  /** Returns the plan in force. */
  MixtureView view() {
    LiveRun.Moment moment = run.moment();
    Optional<MixtureUpdate> plan = Plans.inForce(moment.timeline());
    return MixtureView.of(
        facts,
        moment.status(),
        plan.map(MixtureUpdate::getVersion).orElse(0),
        plan.map(MixturePlan::from).orElse(facts.firstPlan()));
  }

  /**
   * Returns the view of the plan with other weights; changes nothing.
   *
   * @param body {@code {"weights": {domain: weight}}}
   */
  MixtureView preview(RequestBody body) {
    Map<String, Double> weights = weights(body);
    body.requireNoOthers();
    LiveRun.Moment moment = run.moment();
    MixtureUpdate current = inForce(moment);
    MixturePlan plan = MixturePlan.from(current);
    return MixtureView.of(
        facts,
        moment.status(),
        current.getVersion(),
        plan.withWeights(MixtureView.nextStep(moment.status(), plan), weights));
  }

  /**
   * Changes the weights of the phase of the next step.
   *
   * @param body {@code {"version": in force, "weights": {domain: weight}, "reason": text}}
   */
  Changed apply(RequestBody body) {
    Map<String, Double> weights = weights(body);
    int version = version(body);
    String reason = reason(body);
    body.requireNoOthers();
    requireTokens(weights);
    return propose(version, reason, (plan, nextStep) -> plan.withWeights(nextStep, weights));
  }

  /**
   * Puts the plan before the one in force into force again, as a new version.
   *
   * @param body {@code {"version": in force, "reason": text}}
   */
  Changed undo(RequestBody body) {
    int version = version(body);
    String reason = reason(body);
    body.requireNoOthers();
    MixturePlan before =
        Plans.version(run.moment().timeline(), version - 1)
            .map(MixturePlan::from)
            .orElseThrow(() -> conflict("there is no plan before version " + version));
    return propose(
        version,
        reason,
        (plan, nextStep) -> {
          MixturePlan back;
          try {
            back = plan.continuedAs(before, nextStep);
          } catch (IllegalArgumentException e) {
            throw conflict(e.getMessage());
          }
          if (back.equals(plan)) {
            throw conflict("what version " + version + " changed is over");
          }
          return back;
        });
  }

  private interface Change {
    MixturePlan of(MixturePlan plan, long nextStep);
  }

  private Changed propose(int version, String reason, Change change) {
    KafkaConnection connection =
        run.connection()
            .orElseThrow(() -> ApiError.unavailable("the run must be running to be changed"));
    // One at a time: who is second would be refused by the sequencer anyway.
    if (!proposing.tryLock()) {
      throw conflict("another change is being decided on; look at the plan and try again");
    }
    try {
      var control = new MixtureControl(connection);
      MixtureUpdate current =
          control.inForce().orElseThrow(() -> ApiError.unavailable("no plan is in force yet"));
      if (current.getVersion() != version) {
        throw conflict(
            "the plan was changed meanwhile: in force="
                + current.getVersion()
                + ", looked at="
                + version);
      }
      Optional<TrainBatch> last = control.lastBatch();
      if (last.isPresent() && last.get().getLast()) {
        throw conflict("the run is over: its last step has been emitted");
      }
      long nextStep = last.map(batch -> batch.getStep() + 1).orElse(0L);
      MixturePlan changed = change.of(MixturePlan.from(current), nextStep);
      MixtureDecision decision =
          control.propose(
              changed.toUpdate(version, author, reason, System.currentTimeMillis()),
              DECISION_DEADLINE);
      if (!decision.getAccepted()) {
        throw conflict("the plan was refused: " + decision.getProblem());
      }
      return new Changed(decision.getVersion(), decision.getFromStep());
    } catch (IllegalStateException e) {
      throw ApiError.unavailable(e.getMessage());
    } finally {
      proposing.unlock();
    }
  }

  private static ApiError conflict(String message) {
    return ApiError.invalid(409, "version", "conflict", message);
  }

  private static MixtureUpdate inForce(LiveRun.Moment moment) {
    return Plans.inForce(moment.timeline())
        .orElseThrow(() -> ApiError.unavailable("no plan is in force yet"));
  }

  private Map<String, Double> weights(RequestBody body) {
    JsonNode given = body.field("weights");
    if (!given.isObject()) {
      throw body.range("weights", "an object of domains and numbers");
    }
    Map<String, Double> weights = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : given.properties()) {
      JsonNode weight = field.getValue();
      if (!facts.domains().contains(field.getKey())
          || !weight.isNumber()
          || !(weight.doubleValue() >= 0 && weight.doubleValue() <= GREATEST_WEIGHT)) {
        throw body.range("weights", "numbers from 0 to 1000000 of domains of " + facts.domains());
      }
      weights.put(field.getKey(), weight.doubleValue());
    }
    if (weights.values().stream().noneMatch(weight -> weight > 0)) {
      throw body.range("weights", "above 0 for at least one domain");
    }
    return weights;
  }

  /** Refuses weights that would stop training without a word: a step waits for its tokens. */
  private void requireTokens(Map<String, Double> weights) {
    Status status = run.status();
    List<String> empty = MixtureForecast.waitedFor(weights, status.blocks(), facts.sharesSilence());
    if (!empty.isEmpty()) {
      throw ApiError.invalid(
          "weights",
          "weights must be of domains that hold tokens, or training waits for some: without="
              + empty);
    }
  }

  private static int version(RequestBody body) {
    int version = body.integer("version", -1, -1, Integer.MAX_VALUE - 1);
    if (version < 1) {
      throw body.range("version", "the version of the plan that the change is of");
    }
    return version;
  }

  private static String reason(RequestBody body) {
    String reason = body.text("reason").strip();
    if (reason.isEmpty() || reason.length() > LONGEST_REASON) {
      throw body.range("reason", "a text of 1 to " + LONGEST_REASON + " characters");
    }
    return reason;
  }
}
