package dev.neostream.ops.page;

import dev.neostream.ops.account.StepTimeline;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.monitor.Timeline;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The answer of {@code /api/history}: everything that pictures are drawn of, of a size that does
 * not grow with the run.
 *
 * @param run what does not change
 * @param phases of the plan in force
 * @param rates planned learning rate by step
 * @param points training steps, several in one where there are many
 * @param heldOut held-out loss by step
 * @param changes proposed plans
 * @param silences what was decided about domains without a next block
 * @param checkpoints the last
 * @param said what the run said to its user
 * @param samples what the model said
 */
record HistoryView(
    Run run,
    List<Stretch> phases,
    List<Rate> rates,
    List<StepTimeline.Point> points,
    Map<Long, Double> heldOut,
    List<Status.Change> changes,
    List<Silence> silences,
    List<Timeline.Checkpoint> checkpoints,
    List<LiveRun.Line> said,
    List<LiveRun.Sample> samples) {

  /** Points of the planned learning rate; it has few bends. */
  private static final int RATES = 240;

  record Run(String name, int rows, int sequenceLength, List<String> domains) {}

  /** A phase: steps {@code from} to {@code to}, the latter not in it. */
  record Stretch(String name, long from, long to) {}

  record Rate(long step, double rate) {}

  record Silence(long fromStep, String domain, String change, String reason) {

    static Silence of(MixtureDecision decision) {
      return new Silence(
          decision.getFromStep(),
          decision.getDomain(),
          decision.getChange().name().toLowerCase(Locale.ROOT),
          decision.getReason());
    }
  }

  static HistoryView of(RunFacts facts, LiveRun.Moment moment) {
    Timeline timeline = moment.timeline();
    MixturePlan plan = Plans.inForce(timeline).map(MixturePlan::from).orElse(facts.firstPlan());
    return new HistoryView(
        new Run(facts.name(), facts.rows(), facts.sequenceLength(), facts.domains()),
        phases(plan),
        rates(plan),
        timeline.points(),
        moment.status().heldOut(),
        timeline.changes(),
        timeline.silences().stream().map(Silence::of).toList(),
        timeline.checkpoints(),
        moment.said(),
        moment.samples());
  }

  private static List<Stretch> phases(MixturePlan plan) {
    List<Stretch> stretches = new ArrayList<>();
    long from = 0;
    for (Phase phase : plan.phases()) {
      stretches.add(new Stretch(phase.name(), from, from + phase.steps()));
      from += phase.steps();
    }
    return stretches;
  }

  private static List<Rate> rates(MixturePlan plan) {
    List<Rate> rates = new ArrayList<>();
    long last = plan.steps() - 1;
    long stride = Math.max(1, plan.steps() / RATES);
    for (long step = 0; step < last; step += stride) {
      rates.add(new Rate(step, plan.learningRate(step)));
    }
    rates.add(new Rate(last, plan.learningRate(last)));
    return rates;
  }
}
