package dev.neostream.ops.cli;

import dev.neostream.ops.Json;
import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Phase;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The plan in force and the history of plans, as {@code mix show} and {@code mix history} print
 * them.
 */
final class PlanTable {

  private PlanTable() {}

  /** Prints a plan. */
  static void print(PrintWriter out, MixtureUpdate plan, boolean json) {
    if (json) {
      out.println(Json.of(view(plan)));
      return;
    }
    out.printf("plan %d by %s: %s%n", plan.getVersion(), plan.getAuthor(), plan.getReason());
    for (Phase phase : MixturePlan.from(plan).phases()) {
      var rule = phase.learningRate();
      out.printf(
          Locale.ROOT,
          "  %-12s %,d steps   %s %.2e -> %.2e   %s%s%n",
          phase.name(),
          phase.steps(),
          rule.kind().toString().toLowerCase(Locale.ROOT),
          rule.peak(),
          rule.floor(),
          weights(phase.weights()),
          phase.ramp() == 0
              ? ""
              : String.format(Locale.ROOT, ", reached over %,d steps", phase.ramp()));
    }
  }

  /** Prints decisions, in their order. */
  static void print(PrintWriter out, List<MixtureDecision> decisions, boolean json) {
    if (json) {
      out.println(Json.of(decisions.stream().map(PlanTable::view).toList()));
      return;
    }
    for (MixtureDecision decision : decisions) {
      if (decision.getChange() != MixtureChange.PLAN) {
        out.printf(
            "%s  %s  %s  from step %d: %s%n",
            decision.getDomain(),
            Instant.ofEpochMilli(decision.getProposedAt()),
            decision.getChange().name().toLowerCase(Locale.ROOT),
            decision.getFromStep(),
            decision.getReason());
        continue;
      }
      out.printf(
          "plan %d  %s  %s  by %s: %s%n",
          decision.getVersion(),
          Instant.ofEpochMilli(decision.getProposedAt()),
          decision.getAccepted()
              ? "from step " + decision.getFromStep()
              : "refused (" + decision.getProblem() + ")",
          decision.getAuthor(),
          decision.getReason());
    }
  }

  private static Map<String, Object> view(MixtureUpdate plan) {
    List<Map<String, Object>> phases = new ArrayList<>();
    for (Phase phase : MixturePlan.from(plan).phases()) {
      var view = new LinkedHashMap<String, Object>();
      view.put("name", phase.name());
      view.put("steps", phase.steps());
      view.put("weights", phase.weights());
      view.put("ramp", phase.ramp());
      phases.add(view);
    }
    var view = new LinkedHashMap<String, Object>();
    view.put("version", plan.getVersion());
    view.put("author", plan.getAuthor());
    view.put("reason", plan.getReason());
    view.put("phases", phases);
    return view;
  }

  private static Map<String, Object> view(MixtureDecision decision) {
    var view = new LinkedHashMap<String, Object>();
    view.put("version", decision.getVersion());
    view.put("accepted", decision.getAccepted());
    view.put("fromStep", decision.getFromStep());
    view.put("author", decision.getAuthor());
    view.put("reason", decision.getReason());
    view.put("proposedAt", Instant.ofEpochMilli(decision.getProposedAt()).toString());
    view.put("problem", decision.getProblem());
    view.put("change", decision.getChange().name().toLowerCase(Locale.ROOT));
    view.put("domain", decision.getDomain());
    return view;
  }

  private static String weights(Map<String, Double> weights) {
    var shares = new ArrayList<String>();
    double sum = weights.values().stream().mapToDouble(w -> w).sum();
    new TreeMap<>(weights)
        .forEach(
            (domain, weight) ->
                shares.add(String.format(Locale.ROOT, "%s %.1f %%", domain, 100 * weight / sum)));
    return String.join(", ", shares);
  }
}
