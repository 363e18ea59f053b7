package dev.neostream.ops.cli;

import dev.neostream.checkpoint.store.Stored;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.align.PreferenceSpec;
import dev.neostream.ops.align.PreferenceTuner;
import dev.neostream.trainer.align.HeldOutPreference;
import dev.neostream.trainer.align.PreferenceLog;
import dev.neostream.trainer.align.PreferenceTuning;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Trains a stored model further, on preferences. */
@Command(
    name = "dpo",
    description = {
      "Direct preference optimisation: of two answers, prefer the one chosen. Reads JSON arrays and",
      "JSON Lines of a prompt with chosen and rejected. The reference is the model it starts from.",
      "The same command goes on where a start before it was stopped or killed, bit for bit."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "The least definition, in YAML; files are relative to it:",
      "  files: [pairs.jsonl]",
      "  beta: 0.1                       # default",
      "  learningRate: 0.0001            # default",
      "Also: lengthNormalised, sftWeight, epochs, warmup, template (turns or published), cut,",
      "batch, heldOutEvery, evaluateEvery, checkpointEvery, seed, threads."
    })
final class AlignDpoCommand implements Callable<Integer> {

  @Mixin private AlignOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    options.require();
    PreferenceSpec definition = PreferenceSpec.read(options.config());
    Stored base = options.base();
    PrintWriter err = spec.commandLine().getErr();
    AtomicBoolean stop = Interrupts.listen(() -> err.println("Stopping after this step"));
    PreferenceTuner.Outcome outcome;
    try {
      outcome =
          PreferenceTuner.run(
              base,
              definition,
              options.out(),
              account -> err.println("pairs: " + account),
              new Progress(err),
              stop::get);
    } catch (ArithmeticException e) {
      throw new UserError(e.getMessage(), e);
    }
    if (options.json()) {
      spec.commandLine().getOut().println(Json.of(view(outcome)));
    } else {
      print(outcome);
    }
    return outcome.result().finished() ? 0 : Interrupts.EXIT_CODE;
  }

  /** A line for each evaluation, with the loss of the steps since the last one. */
  private static final class Progress implements PreferenceLog {

    private final PrintWriter err;
    private final List<Trained> since = new ArrayList<>();

    Progress(PrintWriter err) {
      this.err = err;
    }

    @Override
    public void trained(Trained step) {
      since.add(step);
    }

    @Override
    public void evaluated(long steps, HeldOutPreference heldOut) {
      String trained = "";
      if (!since.isEmpty()) {
        Trained last = since.get(since.size() - 1);
        trained =
            String.format(
                Locale.ROOT,
                ", epoch %d, loss %.3f, accuracy %.3f, learning rate %.2e",
                last.epoch() + 1,
                mean(Trained::loss),
                mean(Trained::accuracy),
                last.learningRate());
      }
      err.printf(
          Locale.ROOT,
          "step %,d%s; held-out pairs: loss %.3f, accuracy %.3f, margin %+.3f%n",
          steps,
          trained,
          heldOut.loss(),
          heldOut.accuracy(),
          heldOut.margin());
      err.flush();
      since.clear();
    }

    private double mean(ToDoubleFunction<Trained> value) {
      return since.stream().mapToDouble(value).average().orElseThrow();
    }
  }

  private void print(PreferenceTuner.Outcome outcome) {
    PrintWriter to = spec.commandLine().getOut();
    Map<String, Object> account = outcome.data();
    @SuppressWarnings("unchecked")
    var rejected = (Map<String, Long>) account.get("rejected");
    to.printf(
        Locale.ROOT,
        "pairs: %,d read, %,d used, %,d held out, %,d rejected; %,d cut%n",
        account.get("read"),
        account.get("used"),
        account.get("heldOut"),
        rejected.values().stream().mapToLong(Long::longValue).sum(),
        account.get("cut"));
    rejected.forEach(
        (reason, count) -> to.printf(Locale.ROOT, "  rejected %-18s %,9d%n", reason, count));
    outcome.examples().forEach(example -> to.println("for example " + example.message()));
    PreferenceTuning.Result result = outcome.result();
    HeldOutPreference before = result.before();
    HeldOutPreference after = result.after();
    to.printf(
        Locale.ROOT,
        "%s after %,d of %,d steps; %,d held-out pairs, answers of %.0f tokens chosen, %.0f rejected:%n",
        result.finished() ? "Complete" : "Stopped",
        result.steps(),
        outcome.steps(),
        after.pairs(),
        after.chosenTokens(),
        after.rejectedTokens());
    share(to, "accuracy", before, after, HeldOutPreference::accuracy);
    to.println(
        "  pairs of positive margin, by what training changed; before it, a half by definition");
    share(to, "ranking", before, after, HeldOutPreference::ranking);
    to.println("  pairs whose chosen answer is likelier a token, by the model alone");
    change(to, "loss", before.loss(), after.loss());
    change(to, "margin", before.margin(), after.margin());
    change(to, "chosen", before.chosenLogRatio(), after.chosenLogRatio());
    change(to, "rejected", before.rejectedLogRatio(), after.rejectedLogRatio());
    to.println("  log policy / reference on those answers, nats a token");
    to.println(options.next());
    to.flush();
  }

  private static void share(
      PrintWriter to,
      String name,
      HeldOutPreference before,
      HeldOutPreference after,
      ToDoubleFunction<HeldOutPreference> share) {
    double was = share.applyAsDouble(before);
    double is = share.applyAsDouble(after);
    to.printf(
        Locale.ROOT,
        "%-9s %.1f %% -> %.1f %% (standard error %.1f)%n",
        name,
        100 * was,
        100 * is,
        100 * after.standardError(is));
  }

  private static void change(PrintWriter to, String name, double before, double after) {
    to.printf(Locale.ROOT, "%-9s %+.3f -> %+.3f%n", name, before, after);
  }

  private static Map<String, Object> view(PreferenceTuner.Outcome outcome) {
    PreferenceTuning.Result result = outcome.result();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("finished", result.finished());
    view.put("steps", result.steps());
    view.put("ofSteps", outcome.steps());
    view.put("pairs", outcome.data());
    Map<String, Object> heldOut = new LinkedHashMap<>();
    heldOut.put("pairs", result.after().pairs());
    heldOut.put("chosenTokens", result.after().chosenTokens());
    heldOut.put("rejectedTokens", result.after().rejectedTokens());
    heldOut.put("before", view(result.before()));
    heldOut.put("after", view(result.after()));
    view.put("heldOut", heldOut);
    return view;
  }

  private static Map<String, Object> view(HeldOutPreference heldOut) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("accuracy", heldOut.accuracy());
    view.put("accuracyStandardError", heldOut.standardError(heldOut.accuracy()));
    view.put("ranking", heldOut.ranking());
    view.put("rankingStandardError", heldOut.standardError(heldOut.ranking()));
    view.put("loss", heldOut.loss());
    view.put("margin", heldOut.margin());
    view.put("chosenLogRatio", heldOut.chosenLogRatio());
    view.put("rejectedLogRatio", heldOut.rejectedLogRatio());
    return view;
  }
}
