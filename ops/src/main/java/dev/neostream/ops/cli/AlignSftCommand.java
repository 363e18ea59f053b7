package dev.neostream.ops.cli;

import dev.neostream.checkpoint.store.Stored;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.align.FineTuner;
import dev.neostream.ops.align.FineTuningSpec;
import dev.neostream.trainer.align.AnswerLoss;
import dev.neostream.trainer.align.FineTuningLog;
import dev.neostream.trainer.align.HeldOutLoss;
import dev.neostream.trainer.align.SupervisedFineTuning;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Trains a stored model further, on conversations. */
@Command(
    name = "sft",
    description = {
      "Supervised fine-tuning: the loss of answers alone, in phases. Reads JSON arrays and JSON",
      "Lines of Alpaca's, ShareGPT's and OpenAI's form. The same command goes on where a start",
      "before it was stopped or killed, bit for bit."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "The least definition, in YAML; files are relative to it:",
      "  phases:",
      "    - name: foundational          # 3 epochs; a phase named chat has 1",
      "      files: [instructions.jsonl]",
      "      learningRate: 0.001         # default",
      "Also of a phase: epochs, warmup. Beside phases: template (turns or published), batch,",
      "window, heldOutEvery, evaluateEvery, checkpointEvery, seed, threads."
    })
final class AlignSftCommand implements Callable<Integer> {

  @Mixin private AlignOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    options.require();
    FineTuningSpec definition = FineTuningSpec.read(options.config());
    Stored base = options.base();
    PrintWriter err = spec.commandLine().getErr();
    AtomicBoolean stop = Interrupts.listen(() -> err.println("Stopping after this step"));
    FineTuner.Outcome outcome;
    try {
      outcome =
          FineTuner.run(
              base,
              definition,
              options.out(),
              data -> data.forEach((phase, account) -> err.println(phase + ": " + account)),
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
  private static final class Progress implements FineTuningLog {

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
    public void evaluated(long steps, HeldOutLoss loss) {
      String trained = "";
      if (!since.isEmpty()) {
        Trained last = since.get(since.size() - 1);
        double mean = since.stream().mapToDouble(Trained::loss).average().orElseThrow();
        trained =
            String.format(
                Locale.ROOT,
                ", %s, epoch %d, loss %.3f, learning rate %.2e",
                last.phase(),
                last.epoch() + 1,
                mean,
                last.learningRate());
      }
      String heldOut =
          loss.byPhase().entrySet().stream()
              .map(e -> String.format(Locale.ROOT, "%s %.3f", e.getKey(), e.getValue().mean()))
              .collect(Collectors.joining(", "));
      err.printf(Locale.ROOT, "step %,d%s; held-out answers: %s%n", steps, trained, heldOut);
      err.flush();
      since.clear();
    }
  }

  private void print(FineTuner.Outcome outcome) {
    PrintWriter to = spec.commandLine().getOut();
    to.printf(
        "%-14s %9s %9s %9s %9s %8s %12s %12s%n",
        "phase", "read", "used", "held out", "rejected", "blocks", "tokens", "of answers");
    outcome
        .data()
        .forEach(
            (phase, account) -> {
              @SuppressWarnings("unchecked")
              var rejected = (Map<String, Long>) account.get("rejected");
              to.printf(
                  Locale.ROOT,
                  "%-14s %,9d %,9d %,9d %,9d %,8d %,12d %,12d%n",
                  phase,
                  account.get("read"),
                  account.get("used"),
                  account.get("heldOut"),
                  rejected.values().stream().mapToLong(Long::longValue).sum(),
                  account.get("blocks"),
                  account.get("tokens"),
                  account.get("answerTokens"));
              rejected.forEach(
                  (reason, count) ->
                      to.printf(Locale.ROOT, "%-34s %-9s %,9d%n", "", reason, count));
            });
    outcome.examples().forEach(example -> to.println("for example " + example.message()));
    SupervisedFineTuning.Result result = outcome.result();
    to.printf(
        Locale.ROOT,
        "%s after %,d of %,d steps; loss of %,d held-out conversations' answers, nats a token:%n",
        result.finished() ? "Complete" : "Stopped",
        result.steps(),
        outcome.steps(),
        outcome.heldOut());
    result
        .before()
        .byPhase()
        .forEach((phase, loss) -> print(to, phase, loss, result.after().byPhase().get(phase)));
    print(to, "all", result.before().all(), result.after().all());
    to.println(options.next());
    to.flush();
  }

  private static void print(PrintWriter to, String name, AnswerLoss before, AnswerLoss after) {
    to.printf(
        Locale.ROOT,
        "%-14s %.3f -> %.3f (%+.1f %%), %,d tokens%n",
        name,
        before.mean(),
        after.mean(),
        100 * (after.mean() / before.mean() - 1),
        after.tokens());
  }

  private static Map<String, Object> view(FineTuner.Outcome outcome) {
    SupervisedFineTuning.Result result = outcome.result();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("finished", result.finished());
    view.put("steps", result.steps());
    view.put("ofSteps", outcome.steps());
    view.put("phases", outcome.data());
    Map<String, Object> heldOut = new LinkedHashMap<>();
    heldOut.put("conversations", outcome.heldOut());
    result
        .before()
        .byPhase()
        .forEach(
            (phase, loss) -> heldOut.put(phase, view(loss, result.after().byPhase().get(phase))));
    heldOut.put("all", view(result.before().all(), result.after().all()));
    view.put("heldOut", heldOut);
    return view;
  }

  private static Map<String, Object> view(AnswerLoss before, AnswerLoss after) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("answerTokens", after.tokens());
    view.put("before", before.mean());
    view.put("after", after.mean());
    return view;
  }
}
