package dev.neostream.ops.cli;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaner;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.Stage;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.ingest.Input;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.config.RunConfig;
import dev.neostream.ops.config.RunFolder;
import dev.neostream.ops.config.UserError;
import dev.neostream.ops.corpus.DemoCorpus;
import dev.neostream.ops.embedded.EmbeddedRun;
import dev.neostream.ops.monitor.Status;
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
  private static final long DEFAULT_CHECKPOINT_EVERY = 50;
  private static final long DEFAULT_SEED = 42;

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
  private Long checkpointEvery;

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
    RunConfig config = config(folder);
    List<Input> resolved = inputs(folder, config, view);
    try (FileLock lock = folder.lock()) {
      folder.requireSpace();
      if (folder.config().isEmpty()) {
        folder.writeConfig(config);
      }
      // Before anything of the engines is loaded: where they log and put scratch files.
      System.setProperty("neo.log", folder.logs().resolve("run.log").toString());
      System.setProperty("java.io.tmpdir", folder.tmp().toString());
      return run(folder, config, resolved, view);
    }
  }

  private int run(RunFolder folder, RunConfig config, List<Input> resolved, ProgressView view) {
    Optional<Status> before = folder.read(folder.status(), Status.class);
    if (before.isPresent() && before.get().state().equals("complete")) {
      view.say("The run is complete: " + folder.report());
      return 0;
    }
    AtomicBoolean stop = Interrupts.listen();
    Status ended =
        new EmbeddedRun(folder, config, resolved, metricsPort, view::say)
            .run(stop::get, view::show);
    return switch (ended.state()) {
      case "complete" -> {
        view.say("Complete. Read " + folder.report());
        yield 0;
      }
      case "stopped" -> {
        view.say("Stopped cleanly. Resume with: ops/neo demo --dir " + run.dir());
        yield Interrupts.EXIT_CODE;
      }
      default -> throw new UserError(ended.problem());
    };
  }

  /** Returns the stored configuration if the folder holds a run, else a new one. */
  private RunConfig config(RunFolder folder) {
    List<String> paths =
        inputs.stream().map(path -> path.toAbsolutePath().normalize().toString()).toList();
    Optional<RunConfig> stored = folder.config();
    if (stored.isEmpty()) {
      CleanConfig cleaning = clean.config(onlyInput ? "recommended" : "documentation");
      return RunConfig.demo(
          paths,
          !onlyInput,
          cleaning,
          cleanerVersion(cleaning),
          newDedup(),
          scope(),
          newSteps(),
          checkpointEvery == null ? DEFAULT_CHECKPOINT_EVERY : checkpointEvery,
          seed == null ? DEFAULT_SEED : seed);
    }
    RunConfig config = stored.get();
    differs("--steps", steps, config.steps());
    differs("--minutes", minutes == null ? null : stepsOf(minutes), config.steps());
    differs("--checkpoint-every", checkpointEvery, config.checkpointEvery());
    differs("--seed", seed, config.seed());
    differs("--input", paths.isEmpty() ? null : paths, config.inputs());
    differs("--only-input", onlyInput ? true : null, !config.demoCorpus());
    if (clean.given()
        && !clean
            .config(config.demoCorpus() ? "documentation" : "recommended")
            .equals(config.clean())) {
      throw UserError.usage(
          "how documents are cleaned must be what the run was made with; leave the options out, send"
              + " another profile with `ops/neo profile set`, or choose another --dir");
    }
    differs("--eras", eras, config.scope().eras());
    differs("--lateness", lateness, config.scope().lateness());
    if (dedup.given() && !newDedup().equals(config.dedup())) {
      throw UserError.usage(
          "how documents are deduplicated must be what the run was made with: run="
              + config.dedup()
              + "; leave the options out, or choose another --dir");
    }
    String cleaner = cleanerVersion(config.clean());
    if (!cleaner.equals(config.cleaner())) {
      throw UserError.usage(
          "a run must go on with the cleaner that began it: run="
              + config.cleaner()
              + ", this build="
              + cleaner
              + "; choose another --dir");
    }
    return config;
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
    if (!config.stages().contains(Stage.EXACT)) {
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

  private static List<Input> inputs(RunFolder folder, RunConfig config, ProgressView view) {
    try {
      List<Path> paths = new ArrayList<>();
      if (config.demoCorpus()) {
        paths.addAll(DemoCorpus.resolve(Path.of(System.getProperty("neo.home")), view::say));
      }
      for (String path : config.inputs()) {
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
