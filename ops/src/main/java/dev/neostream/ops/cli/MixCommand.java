package dev.neostream.ops.cli;

import dev.neostream.ops.Json;
import dev.neostream.ops.Nearest;
import dev.neostream.ops.Shell;
import dev.neostream.ops.UserError;
import dev.neostream.ops.account.MixtureForecast;
import dev.neostream.ops.embedded.RunTopics;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.run.SpecFile;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.avro.LearningRate;
import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.Phase;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Sequencer;
import dev.neostream.tokens.topic.MixtureControl;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
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
    synopsisSubcommandLabel = "show|preview|set|apply|undo|history",
    footer = {
      "",
      "Examples:",
      "  ops/neo mix show",
      "  ops/neo mix preview --weights code=0.6,en.web=0.2,zh.web=0.2",
      "  ops/neo mix set --weights code=0.6,en.web=0.2,zh.web=0.2 --why trial",
      "  ops/neo mix undo --why \"the loss of en.web rose\"",
      "  ops/neo mix show --yaml > plan.yaml        phases, learning rates and all, to be edited; then:",
      "  ops/neo mix apply plan.yaml --why \"a longer decay\"",
      "  ops/neo mix history --json"
    })
final class MixCommand implements Runnable {

  private static final Duration DECISION_DEADLINE = Duration.ofSeconds(30);

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "one of show, preview, set, apply, undo, history must be given");
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
    if (json) {
      out.println(Json.of(view(plan)));
      return 0;
    }
    if (yaml) {
      out.print(SpecFile.writePlan(MixturePlan.from(plan)));
      out.flush();
      return 0;
    }
    out.printf("plan %d by %s: %s%n", plan.getVersion(), plan.getAuthor(), plan.getReason());
    for (Phase phase : plan.getPhases()) {
      LearningRate rule = phase.getLearningRate();
      out.printf(
          Locale.ROOT,
          "  %-12s %,d steps   %s %.2e -> %.2e   %s%n",
          phase.getName(),
          phase.getSteps(),
          rule.getKind().toString().toLowerCase(Locale.ROOT),
          rule.getPeak(),
          rule.getFloor(),
          weights(phase.getWeights()));
    }
    return 0;
  }

  @Command(
      name = "set",
      description = "Change the weights of the current phase; takes effect within `lead` steps.",
      mixinStandardHelpOptions = true)
  int set(
      @Mixin RunOption run,
      @Option(
              names = "--weights",
              paramLabel = "DOMAIN=WEIGHT",
              split = ",",
              required = true,
              description = "Shares of tokens; need not sum to 1. Domains left out get none.")
          List<String> given,
      @Option(
              names = "--wait",
              description = "Take weights of domains without tokens too: training waits for them.")
          boolean wait,
      @Option(names = "--why", paramLabel = "TEXT", required = true, description = "Reason.")
          String why,
      @Option(names = "--by", paramLabel = "WHO", description = "Author (default: the user).")
          String author) {
    var weights = new TreeMap<>(NamedNumbers.of("--weights", "DOMAIN=WEIGHT", given));
    requireSharing(weights);
    RunSpec stored = stored(run);
    requireDomains(weights, stored.mixture().domains());
    if (!wait) {
      requireTokens(weights, run.folder(), stored.mixture().whenSilent());
    }
    propose(
        () ->
            control(run, stored)
                .setWeights(
                    weights, author(author), why, System.currentTimeMillis(), DECISION_DEADLINE));
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
      @Mixin RunOption run,
      @Parameters(
              paramLabel = "FILE",
              description = "YAML; `mix show --yaml` prints the present one.")
          Path file,
      @Option(names = "--why", paramLabel = "TEXT", required = true, description = "Reason.")
          String why,
      @Option(names = "--by", paramLabel = "WHO", description = "Author (default: the user).")
          String author) {
    RunSpec stored = stored(run);
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw UserError.usage(
          "FILE must be a readable file: file=" + file + "; `ops/neo mix show --yaml` prints one");
    }
    MixturePlan plan = SpecFile.readPlan(file, stored);
    propose(
        () ->
            control(run, stored)
                .change(
                    (current, nextStep) -> plan,
                    author(author),
                    why,
                    System.currentTimeMillis(),
                    DECISION_DEADLINE));
    return 0;
  }

  @Command(
      name = "undo",
      description = "Put the plan before the one in force into force again, as a new version.",
      mixinStandardHelpOptions = true)
  int undo(
      @Mixin RunOption run,
      @Option(names = "--why", paramLabel = "TEXT", required = true, description = "Reason.")
          String why,
      @Option(names = "--by", paramLabel = "WHO", description = "Author (default: the user).")
          String author) {
    RunSpec stored = stored(run);
    propose(
        () ->
            control(run, stored)
                .undo(author(author), why, System.currentTimeMillis(), DECISION_DEADLINE));
    return 0;
  }

  private static String author(String given) {
    return given == null ? System.getProperty("user.name") : given;
  }

  private void propose(Supplier<MixtureDecision> proposal) {
    try {
      MixtureDecision decision = proposal.get();
      if (!decision.getAccepted()) {
        throw new UserError("the plan was refused: " + decision.getProblem());
      }
      spec.commandLine()
          .getOut()
          .println(
              "plan " + decision.getVersion() + " in force from step " + decision.getFromStep());
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    } catch (IllegalStateException e) {
      throw UserError.notReady(e.getMessage());
    }
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
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    RunSpec stored = stored(run);
    Map<String, Double> weights = new TreeMap<>();
    if (given != null) {
      weights.putAll(NamedNumbers.of("--weights", "DOMAIN=WEIGHT", given));
      requireSharing(weights);
      requireDomains(weights, stored.mixture().domains());
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
      plan = plan.withWeights(next, weights);
    }
    long sequence = stored.tokenize().sequenceLength();
    Map<String, Long> available = new TreeMap<>();
    for (String domain : stored.mixture().domains()) {
      available.put(domain, status.blocks().getOrDefault(domain, 0L) * sequence);
    }
    Map<String, MixtureForecast.Domain> forecast =
        MixtureForecast.of(
            plan.toUpdate(0, "", "", 0),
            next,
            stored.mixture().rows() * sequence,
            available,
            status.training().tokensByDomain());
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
    List<MixtureDecision> decisions = read(run, MixtureControl::history);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      List<Map<String, Object>> all = new ArrayList<>();
      decisions.forEach(decision -> all.add(view(decision)));
      out.println(Json.of(all));
      return 0;
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
    return 0;
  }

  /** Asks the topics of a run, whether it is running or not. */
  private static <T> T read(RunOption run, Function<MixtureControl, T> question) {
    try (RunTopics topics = RunTopics.open(run.folder())) {
      return question.apply(new MixtureControl(topics.connection()));
    }
  }

  private static void requireSharing(Map<String, Double> weights) {
    weights.forEach(
        (domain, weight) ->
            OptionRule.require(
                weight >= 0, "--weights", "DOMAIN=WEIGHT, not negative", domain + "=" + weight));
    OptionRule.require(
        weights.values().stream().anyMatch(weight -> weight > 0),
        "--weights",
        "above 0 for at least one domain",
        weights);
  }

  private static void requireDomains(Map<String, Double> weights, List<String> domains) {
    for (String domain : weights.keySet()) {
      if (!domains.contains(domain)) {
        throw UserError.usage(
            "--weights must name domains of the run: domain="
                + domain
                + ", domains="
                + domains
                + Nearest.to(domain, domains)
                    .map(near -> "; did you mean " + near + "?")
                    .orElse(""));
      }
    }
  }

  /** Refuses weights that would stop training without a word: a step waits for its tokens. */
  private static void requireTokens(
      Map<String, Double> weights, RunFolder folder, Sequencer.WhenSilent whenSilent) {
    Map<String, Long> blocks =
        folder.read(folder.status(), Status.class).map(Status::blocks).orElse(Map.of());
    List<String> empty =
        MixtureForecast.waitedFor(weights, blocks, whenSilent != Sequencer.WhenSilent.WAIT);
    if (!empty.isEmpty()) {
      throw UserError.usage(
          "--weights must be of domains that hold tokens, or training waits for some: without="
              + empty
              + ", asked="
              + weights.keySet().stream().filter(domain -> weights.get(domain) > 0).toList()
              + "; leave these out, or add --wait");
    }
  }

  private static RunSpec stored(RunOption run) {
    RunFolder folder = run.folder();
    return folder
        .spec()
        .orElseThrow(() -> UserError.notReady("the folder must hold a run: dir=" + folder.root()));
  }

  /** Returns the control of a run that is running: a plan is decided on by its sequencer. */
  private static MixtureControl control(RunOption run, RunSpec stored) {
    RunFolder.Address address =
        run.folder()
            .address()
            .orElseThrow(
                () ->
                    UserError.notReady(
                        "the run must be running: dir="
                            + run.folder().root()
                            + "; start it with `ops/neo run --dir "
                            + Shell.word(run.dir())
                            + "`"));
    return new MixtureControl(new KafkaConnection(address.kafka(), new Topics(stored.name())));
  }

  private static Map<String, Object> view(MixtureUpdate plan) {
    List<Map<String, Object>> phases = new ArrayList<>();
    for (Phase phase : plan.getPhases()) {
      var view = new LinkedHashMap<String, Object>();
      view.put("name", phase.getName());
      view.put("steps", phase.getSteps());
      view.put("weights", new TreeMap<>(phase.getWeights()));
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
