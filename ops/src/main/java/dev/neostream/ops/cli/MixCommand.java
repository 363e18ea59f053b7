package dev.neostream.ops.cli;

import dev.neostream.ops.UserError;
import dev.neostream.ops.account.MixtureForecast;
import dev.neostream.ops.embedded.RunTopics;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.MixtureFile;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.run.SpecFile;
import dev.neostream.ops.run.StepCount;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Phase;
import dev.neostream.tokens.mixture.PlanRevision;
import dev.neostream.tokens.mixture.WeightChange;
import dev.neostream.tokens.topic.MixtureControl;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows and changes the data mixture of a run. */
@Command(
    name = "mix",
    description = "Show the data mixture of a run, or change it while the run is running.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "show|preview|set|schedule|decay|apply|undo|history|ledger",
    footer = {
      "",
      "Examples:",
      "  ops/neo mix show",
      "  ops/neo mix preview --weights code=0.6,en.web=0.2,zh.web=0.2",
      "  ops/neo mix set --weights code=0.6,en.web=0.2,zh.web=0.2 --why trial",
      "  ops/neo mix set --file proposed.json --ramp 200 --why \"fitted on small runs\"",
      "  ops/neo mix schedule curriculum.yaml --why curriculum",
      "  ops/neo mix decay --last 20%% --why \"time to land\"",
      "  ops/neo mix undo --why \"the loss of en.web rose\"",
      "  ops/neo mix show --yaml > plan.yaml        phases, learning rates and all, to be edited; then:",
      "  ops/neo mix apply plan.yaml --why \"a longer decay\"",
      "  ops/neo mix history --json",
      "  ops/neo mix ledger"
    })
final class MixCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "one of show, preview, set, schedule, decay, apply, undo, history, ledger must be given");
  }

  @Command(name = "show", description = "Show the plan in force.", mixinStandardHelpOptions = true)
  int show(
      @Mixin RunOption run,
      @Option(names = "--json", description = "Print JSON.") boolean json,
      @Option(names = "--yaml", description = "Print the file that `mix apply` takes.")
          boolean yaml) {
    if (json && yaml) {
      throw UserError.usage("only one of --json and --yaml may be given");
    }
    MixtureUpdate plan =
        read(run, MixtureControl::inForce)
            .orElseThrow(
                () -> UserError.notReady("no plan is in force yet: dir=" + run.folder().root()));
    PrintWriter out = spec.commandLine().getOut();
    if (yaml) {
      out.print(SpecFile.writePlan(MixturePlan.from(plan)));
      out.flush();
    } else {
      PlanTable.print(out, plan, json);
    }
    return 0;
  }

  @Command(
      name = "set",
      description = {
        "Change the weights of the current phase; takes effect within `lead` steps. With --ramp shares",
        "go to them step by step, from twice `lead` steps on."
      },
      mixinStandardHelpOptions = true)
  int set(
      @Mixin ProposalOptions proposal,
      @Option(
              names = "--weights",
              paramLabel = "DOMAIN=WEIGHT",
              split = ",",
              description = "Shares of tokens; need not sum to 1. Domains left out get none.")
          List<String> given,
      @Option(
              names = "--file",
              paramLabel = "FILE",
              description = "The same as JSON or YAML, domain: weight, as a proposer writes it.")
          Path file,
      @Option(
              names = "--ramp",
              paramLabel = "STEPS",
              defaultValue = "0",
              description = "Steps over which shares go to these weights linearly.")
          long ramp,
      @Option(
              names = "--wait",
              description = "Take weights of domains without tokens too: training waits for them.")
          boolean wait) {
    RunSpec stored = proposal.stored();
    Map<String, Double> weights = asked(stored, given, file, ramp);
    if (!wait) {
      DomainWeights.requireTokens(
          place(file), weights, proposal.folder(), stored.mixture().whenSilent());
    }
    PrintWriter out = spec.commandLine().getOut();
    if (ramp == 0) {
      proposal.propose(
          out, (current, nextStep) -> MixturePlan.from(current).withWeights(nextStep, weights));
    } else {
      proposal.proposeSoon(
          out,
          (current, from) ->
              PlanRevision.withWeights(
                  MixturePlan.from(current), new WeightChange(from, new TreeMap<>(weights), ramp)));
    }
    return 0;
  }

  /**
   * Returns the weights that are given as one of two options, and refuses a ramp that cannot be.
   */
  private static Map<String, Double> asked(
      RunSpec stored, List<String> given, Path file, long ramp) {
    if ((given == null) == (file == null)) {
      throw UserError.usage("one of --weights and --file must be given");
    }
    OptionRule.require(
        ramp >= 0 && ramp <= Phase.LONGEST_RAMP, "--ramp", "from 0 to " + Phase.LONGEST_RAMP, ramp);
    Map<String, Double> weights =
        file == null ? DomainWeights.given(given) : MixtureFile.weights(file);
    DomainWeights.requireDomains(place(file), weights, stored.mixture().domains());
    return weights;
  }

  private static String place(Path file) {
    return file == null ? DomainWeights.OPTION : file.toString();
  }

  @Command(
      name = "schedule",
      description = {
        "Change the weights at steps to come, by a file: a list of `at: STEP, weights: {DOMAIN: WEIGHT}`",
        "and, for a linear way there, `ramp: STEPS`. From its first step to the end of the run the file",
        "alone decides on weights; phases keep their lengths and learning rates."
      },
      mixinStandardHelpOptions = true)
  int schedule(
      @Mixin ProposalOptions proposal,
      @Parameters(paramLabel = "FILE", description = "YAML or JSON.") Path file,
      @Option(names = "--wait", description = "As of `mix set`.") boolean wait) {
    RunSpec stored = proposal.stored();
    List<WeightChange> changes = MixtureFile.schedule(file);
    for (WeightChange change : changes) {
      String place = file + ": at " + change.at();
      DomainWeights.requireDomains(place, change.weights(), stored.mixture().domains());
      if (!wait) {
        DomainWeights.requireTokens(
            place, change.weights(), proposal.folder(), stored.mixture().whenSilent());
      }
    }
    proposal.propose(
        spec.commandLine().getOut(),
        (current, nextStep) -> PlanRevision.scheduled(MixturePlan.from(current), changes));
    return 0;
  }

  @Command(
      name = "decay",
      description = {
        "Let the learning rate fall linearly over the last steps of the run, or with --now from here on",
        "(twice `lead` steps on) and end the run with it. Weights stay as planned."
      },
      mixinStandardHelpOptions = true)
  int decay(
      @Mixin ProposalOptions proposal,
      @Option(
              names = "--last",
              paramLabel = "STEPS|PERCENT",
              description = "Length in steps, 500, or of the run's steps, 20%%.")
          String last,
      @Option(
              names = "--tokens",
              paramLabel = "TOKENS",
              description = "Length in tokens, such as 2.5B, to the nearest step.")
          String tokens,
      @Option(names = "--now", description = "Begin now and end the run after this length.")
          boolean now,
      @Option(
              names = "--floor",
              paramLabel = "RATE",
              defaultValue = "0",
              description = "Learning rate at the end (default: ${DEFAULT-VALUE}).")
          double floor) {
    RunSpec stored = proposal.stored();
    if ((last == null) == (tokens == null)) {
      throw UserError.usage("one of --last and --tokens must be given");
    }
    PrintWriter out = spec.commandLine().getOut();
    Function<MixturePlan, Long> length =
        plan ->
            last == null
                ? StepCount.steps(StepCount.tokens(tokens), stored.tokensAStep())
                : StepCount.stepsOrPercent(last, plan.steps());
    if (now) {
      proposal.proposeSoon(
          out,
          (current, from) -> {
            MixturePlan plan = MixturePlan.from(current);
            return PlanRevision.decaying(plan, from, length.apply(plan), floor);
          });
    } else {
      proposal.propose(
          out,
          (current, nextStep) -> {
            MixturePlan plan = MixturePlan.from(current);
            long steps = length.apply(plan);
            if (steps > plan.steps() - nextStep) {
              throw new IllegalArgumentException(
                  "a decay must not begin in the past: steps="
                      + steps
                      + ", steps to come="
                      + (plan.steps() - nextStep)
                      + "; ask for less, or add --now");
            }
            return PlanRevision.decaying(plan, plan.steps() - steps, steps, floor);
          });
    }
    return 0;
  }

  @Command(
      name = "apply",
      description = {
        "Replace the plan by that of a file: `mixture: {phases: ...}` as in run.yaml. Phases that are",
        "over must stay as they were; a longer or shorter plan makes the run longer or shorter."
      },
      mixinStandardHelpOptions = true)
  int apply(
      @Mixin ProposalOptions proposal,
      @Parameters(
              paramLabel = "FILE",
              description = "YAML; `mix show --yaml` prints the present one.")
          Path file) {
    RunSpec stored = proposal.stored();
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw UserError.usage(
          "FILE must be a readable file: file=" + file + "; `ops/neo mix show --yaml` prints one");
    }
    MixturePlan plan = SpecFile.readPlan(file, stored);
    proposal.propose(spec.commandLine().getOut(), (current, nextStep) -> plan);
    return 0;
  }

  @Command(
      name = "undo",
      description = "Put the plan before the one in force into force again, as a new version.",
      mixinStandardHelpOptions = true)
  int undo(@Mixin ProposalOptions proposal) {
    proposal.undo(spec.commandLine().getOut());
    return 0;
  }

  @Command(
      name = "preview",
      description = {
        "Tell what the plan, or the plan with other weights from now on, will have taken of each domain",
        "when it ends: tokens, and how often each is read through. Changes nothing."
      },
      mixinStandardHelpOptions = true)
  int preview(
      @Mixin RunOption run,
      @Option(
              names = "--weights",
              paramLabel = "DOMAIN=WEIGHT",
              split = ",",
              description = "Weights of the current phase (default: those in force).")
          List<String> given,
      @Option(names = "--file", paramLabel = "FILE", description = "As of `mix set`.") Path file,
      @Option(
              names = "--ramp",
              paramLabel = "STEPS",
              defaultValue = "0",
              description = "As of `mix set`.")
          long ramp,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    RunSpec stored = ProposalOptions.stored(run);
    Map<String, Double> weights = new TreeMap<>();
    if (given != null || file != null) {
      weights.putAll(asked(stored, given, file, ramp));
    } else if (ramp != 0) {
      throw UserError.usage("--ramp must come with --weights or --file");
    }
    Status status =
        run.folder()
            .read(run.folder().status(), Status.class)
            .orElseThrow(
                () ->
                    UserError.notReady(
                        "the run must have been started: dir=" + run.folder().root()));
    MixturePlan plan =
        read(run, MixtureControl::inForce).map(MixturePlan::from).orElse(stored.mixture().plan());
    long next = status.training().step() + 1;
    if (next >= plan.steps()) {
      throw UserError.notReady("the run must not be over: steps=" + plan.steps());
    }
    if (!weights.isEmpty()) {
      // As `mix set` proposes it: at once, or from twice `lead` steps on.
      plan =
          ramp == 0
              ? plan.withWeights(next, weights)
              : PlanRevision.withWeights(
                  plan,
                  new WeightChange(
                      next + 2L * stored.mixture().lead(), new TreeMap<>(weights), ramp));
    }
    long sequence = stored.tokenize().sequenceLength();
    Map<String, Long> available = new TreeMap<>();
    for (String domain : stored.mixture().domains()) {
      available.put(domain, status.blocks().getOrDefault(domain, 0L) * sequence);
    }
    Map<String, MixtureForecast.Domain> forecast =
        MixtureForecast.of(
            plan, next, stored.tokensAStep(), available, status.training().tokensByDomain());
    ForecastTable.print(spec.commandLine().getOut(), forecast, plan, next, json);
    return 0;
  }

  @Command(
      name = "history",
      description = {
        "Show every plan: who, when, why, and from which step; and which domains fell silent,",
        "came back or are read again."
      },
      mixinStandardHelpOptions = true)
  int history(
      @Mixin RunOption run, @Option(names = "--json", description = "Print JSON.") boolean json) {
    PlanTable.print(spec.commandLine().getOut(), read(run, MixtureControl::history), json);
    return 0;
  }

  @Command(
      name = "ledger",
      description = {
        "Tell what every plan asked of each domain, phase by phase, and what was trained on: rows,",
        "tokens, epochs, loss. From the run's topics alone."
      },
      mixinStandardHelpOptions = true)
  int ledger(
      @Mixin RunOption run, @Option(names = "--json", description = "Print JSON.") boolean json) {
    try (RunTopics topics = RunTopics.open(run.folder())) {
      LedgerTable.print(
          spec.commandLine().getOut(), LedgerTable.read(topics.connection()).entries(), json);
    }
    return 0;
  }

  /** Asks the topics of a run, whether it is running or not. */
  private static <T> T read(RunOption run, Function<MixtureControl, T> question) {
    try (RunTopics topics = RunTopics.open(run.folder())) {
      return question.apply(new MixtureControl(topics.connection()));
    }
  }
}
