package dev.neostream.ops.cli;

import dev.neostream.ops.Json;
import dev.neostream.ops.account.MixtureForecast;
import dev.neostream.tokens.mixture.MixturePlan;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a plan will have taken of each domain, as {@code mix preview} prints it. */
final class ForecastTable {

  private ForecastTable() {}

  /**
   * Prints the forecast.
   *
   * @param next first step that is not yet trained on
   */
  static void print(
      PrintWriter out,
      Map<String, MixtureForecast.Domain> forecast,
      MixturePlan plan,
      long next,
      boolean json) {
    if (json) {
      var domains = new LinkedHashMap<String, Object>();
      forecast.forEach(
          (name, domain) -> {
            var view = new LinkedHashMap<String, Object>();
            view.put("share", domain.weight());
            view.put("available", domain.available());
            view.put("trained", domain.trained());
            view.put("ahead", domain.ahead());
            view.put("epochs", domain.epochs());
            domains.put(name, view);
          });
      var view = new LinkedHashMap<String, Object>();
      view.put("phase", plan.phaseAt(next).name());
      view.put("nextStep", next);
      view.put("steps", plan.steps());
      view.put("domains", domains);
      out.println(Json.of(view));
      return;
    }
    out.printf(
        Locale.ROOT,
        "from step %,d (%s) to the end at step %,d, tokens:%n%-16s %8s %14s %14s %14s %8s%n",
        next,
        plan.phaseAt(next).name(),
        plan.steps(),
        "domain",
        "share %",
        "in blocks",
        "trained",
        "to come",
        "epochs");
    forecast.forEach(
        (name, domain) ->
            out.printf(
                Locale.ROOT,
                "%-16s %8.1f %,14d %,14d %,14d %8s%n",
                name,
                100 * domain.weight(),
                domain.available(),
                domain.trained(),
                domain.ahead(),
                domain.available() == 0
                    ? "-"
                    : String.format(Locale.ROOT, "%.2f", domain.epochs())));
  }
}
