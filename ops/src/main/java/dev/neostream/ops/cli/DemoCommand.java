package dev.neostream.ops.cli;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaner;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.UserError;
import dev.neostream.ops.corpus.DemoCorpus;
import dev.neostream.ops.embedded.EmbeddedEngines;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.report.Report;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.run.Supervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The main job: the whole path on the embedded runtime. */
@Command(
    name = "demo",
    description = {
      "Run the whole path on this machine: documents in, a small bilingual model out.",
      "The same command on the same folder goes on where it stopped, however it stopped."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ops/neo demo",
      "  ops/neo demo --dir my-run --steps 2000",
      "  ops/neo demo --dir my-run --only-input --input crawl.warc.gz --input docs.jsonl.gz"
    })
final class DemoCommand implements Callable<Integer> {

  private static final long DEFAULT_STEPS = 600;

  /** Measured on two cores, see README.md. */
  private static final long STEPS_PER_SECOND = 2;

  private static final long SECONDS_BEFORE_TRAINING = 60;

  @Mixin private RunOption run;

  @Option(
      names = "--steps",
      paramLabel = "S",
      description = "Training steps, both phases (default: 600, or those of the run).")
  private Long steps;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description = {
        "As many steps as two cores train in about M minutes; settled when the run is made,",
        "because phases and learning rates are functions of the number of steps."
      })
  private Integer minutes;

  @Option(
      names = "--input",
      paramLabel = "PATH",
      arity = "1..*",
      description = "File or folder to read too: WARC, ARC, HTML, JSON Lines, text, source code.")
  private List<Path> inputs = new ArrayList<>();

  @Option(
      names = "--only-input",
      description = "Read the --input paths instead of the demo corpus.")
  private boolean onlyInput;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "K",
      description = "Steps between checkpoints (default: 50, or those of the run).")
  private Integer checkpointEvery;

  @Option(names = "--seed", description = "Seed of the initial weights (default: 42).")
  private Long seed;

  @Mixin private CleanOptions clean;

  @Mixin private DedupOptions dedup;

  @Option(
      names = "--eras",
      paramLabel = "N",
      description = {
        "Input lists (crawls) that deduplication remembers, the present one included; 0: all",
        "(default: 0)."
      })
  private Integer eras;

  @Option(
      names = "--lateness",
      paramLabel = "N",
      description = {
        "Documents decided together, whatever their order; a multiple of 512 (default: 512)."
      })
  private Integer lateness;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description = "Port of /metrics on loopback; 0 takes a free one (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private int metricsPort;

  @Override
  public Integer call() throws IOException {
    RunFolder folder = run.folder();
    var view = new ProgressView(System.out, Boolean.getBoolean("neo.terminal"));
    // Everything that a user may have got wrong is looked at before anything is written.
    RunSpec spec = spec(folder);
    List<Input> resolved = inputs(folder, spec, view);
    try (FileLock lock = folder.lock()) {
      folder.requireSpace(spec.engines().startFreeMb());
      if (folder.spec().isEmpty()) {
        folder.writeSpec(spec);
      }
      // Before anything of the engines is loaded: where they log and put scratch files.
      System.setProperty("neo.log", folder.logs().resolve("run.log").toString());
      System.setProperty("java.io.tmpdir", folder.tmp().toString());
      return run(folder, spec, resolved, view);
    }
  }

  private int run(RunFolder folder, RunSpec spec, List<Input> resolved, ProgressView view) {
    Optional<Status> before = folder.read(folder.status(), Status.class);
    if (before.isPresent() && before.get().state().equals("complete")) {
      view.say("The run is complete: " + folder.report());
      return 0;
    }
    AtomicBoolean stop = Interrupts.listen();
    Supervisor.Ended ended =
        new Supervisor(
                folder, spec, resolved, new EmbeddedEngines(folder, spec), metricsPort, view::say)
            .run(stop::get, view::show);
    Report.write(folder, spec, ended);
    return switch (ended.status().state()) {
      case "complete" -> {
        view.say("Complete. Read " + folder.report());
        yield 0;
      }
      case "stopped" -> {
        view.say("Stopped cleanly. Resume with: ops/neo demo --dir " + run.dir());
        yield Interrupts.EXIT_CODE;
      }
      default -> throw new UserError(ended.status().problem());
    };
  }

  /** Returns what the folder's run is if it holds one, else a new run. */
  private RunSpec spec(RunFolder folder) {
    List<String> paths =
        inputs.stream().map(path -> path.toAbsolutePath().normalize().toString()).toList();
    Optional<RunSpec> stored = folder.spec();
    if (stored.isEmpty()) {
      try {
        return made(paths);
      } catch (IllegalArgumentException e) {
        throw UserError.usage(e.getMessage());
      }
    }
    RunSpec spec = stored.get();
    differs("--steps", steps, spec.mixture().steps());
    differs("--minutes", minutes == null ? null : stepsOf(minutes), spec.mixture().steps());
    differs("--checkpoint-every", checkpointEvery, spec.train().checkpointEvery());
    differs("--seed", seed, spec.train().seed());
    differs("--input", paths.isEmpty() ? null : paths, spec.corpus().inputs());
    differs("--only-input", onlyInput ? true : null, !spec.corpus().demo());
    if (clean.given()
        && !clean
            .config(spec.corpus().demo() ? "documentation" : "recommended")
            .equals(spec.clean())) {
      throw UserError.usage(
          "how documents are cleaned must be what the run was made with; leave the options out, send"
              + " another profile with `ops/neo profile set`, or choose another --dir");
    }
    DedupScope scope = spec.dedup().scope();
    differs("--eras", eras, scope.eras());
    differs("--lateness", lateness, scope.lateness());
    if (dedup.given() && !newDedup().equals(spec.dedup().rules())) {
      throw UserError.usage(
          "how documents are deduplicated must be what the run was made with: run="
              + spec.dedup().rules()
              + "; leave the options out, or choose another --dir");
    }
    String cleaner = cleanerVersion(spec.clean());
    if (!cleaner.equals(spec.cleaner())) {
      throw UserError.usage(
          "a run must go on with the cleaner that began it: run="
              + spec.cleaner()
              + ", this build="
              + cleaner
              + "; choose another --dir");
    }
    return spec;
  }

  private RunSpec made(List<String> paths) {
    RunSpec demo = RunSpec.demo(newSteps());
    RunSpec.Corpus corpus = demo.corpus();
    RunSpec.Train train = demo.train();
    CleanConfig cleaning = clean.config(onlyInput ? "recommended" : "documentation");
    return demo.withCorpus(
            new RunSpec.Corpus(paths, !onlyInput, corpus.partitions(), corpus.transactionRecords()))
        .withClean(cleaning, cleanerVersion(cleaning))
        .withDedup(new RunSpec.Dedup(newDedup(), scope()))
        .withTrain(
            new RunSpec.Train(
                train.ranks(),
                seed == null ? train.seed() : seed,
                train.evalEvery(),
                train.heldOutBlocks(),
                checkpointEvery == null ? train.checkpointEvery() : checkpointEvery,
                train.keptCheckpoints(),
                train.prompts(),
                train.promptTokens()));
  }

  /** Also finds out whether every model and list can be read, before anything is written. */
  private static String cleanerVersion(CleanConfig config) {
    try {
      return new Cleaner(config).version();
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw UserError.usage(e.getMessage());
    }
  }

  private DedupConfig newDedup() {
    DedupConfig config = dedup.config();
    if (!config.stages().contains(DedupStage.EXACT)) {
      throw UserError.usage("a run's --stages must contain exact: stages=" + config.stages());
    }
    return config;
  }

  private DedupScope scope() {
    DedupScope standard = DedupScope.global();
    try {
      return new DedupScope(
          lateness == null ? standard.lateness() : lateness,
          standard.hold(),
          eras == null ? standard.eras() : eras,
          standard.generation());
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
  }

  private long newSteps() {
    if (steps != null && minutes != null) {
      throw UserError.usage("only one of --steps and --minutes may be given");
    }
    if (minutes != null && minutes < 1) {
      throw UserError.usage("--minutes must be at least 1: minutes=" + minutes);
    }
    if (minutes != null) {
      return stepsOf(minutes);
    }
    if (steps != null && steps < 2) {
      throw UserError.usage("--steps must be at least 2: steps=" + steps);
    }
    return steps == null ? DEFAULT_STEPS : steps;
  }

  private static long stepsOf(int minutes) {
    return Math.max(2, (60L * minutes - SECONDS_BEFORE_TRAINING) * STEPS_PER_SECOND);
  }

  private void differs(String option, Object given, Object stored) {
    if (given != null && !given.equals(stored)) {
      throw UserError.usage(
          option
              + " must be what the run was made with: given="
              + given
              + ", run="
              + stored
              + "; leave it out, or choose another --dir");
    }
  }

  private static List<Input> inputs(RunFolder folder, RunSpec spec, ProgressView view) {
    try {
      List<Path> paths = new ArrayList<>();
      if (spec.corpus().demo()) {
        paths.addAll(DemoCorpus.resolve(Path.of(System.getProperty("neo.home")), view::say));
      }
      for (String path : spec.corpus().inputs()) {
        if (folder.root().startsWith(path)) {
          throw UserError.usage(
              "the run folder must not lie in an input: folder="
                  + folder.root()
                  + ", input="
                  + path
                  + "; choose another --dir");
        }
        paths.add(Path.of(path));
      }
      return Inputs.resolve(paths);
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    } catch (UncheckedIOException e) {
      throw new UserError(e.getMessage(), e);
    }
  }
}
