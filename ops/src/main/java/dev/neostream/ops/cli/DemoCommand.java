package dev.neostream.ops.cli;

import dev.neostream.clean.CleanConfig;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.ops.UserError;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.EventTime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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

  /** Measured on two cores, see README.md. */
  private static final long STEPS_PER_SECOND = 2;

  private static final long SECONDS_BEFORE_TRAINING = 60;

  @Spec private CommandSpec command;

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

  @Mixin private MetricsOption metrics;

  @Override
  public Integer call() throws IOException {
    return new RunStart(run, "demo", RunStart.typed(command), metrics.port())
        .run(spec(run.folder()), OptionalLong.empty());
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
    differs("--steps", steps, spec.mixture().phaseSteps());
    differs("--minutes", minutes == null ? null : stepsOf(minutes), spec.mixture().phaseSteps());
    differs("--checkpoint-every", checkpointEvery, spec.train().checkpointEvery());
    differs("--seed", seed, spec.train().seed());
    differs("--input", paths.isEmpty() ? null : paths, spec.corpus().inputs());
    differs("--only-input", onlyInput ? true : null, !spec.corpus().demo());
    if (clean.given()) {
      CleanConfig given = clean.config(spec.corpus().demo() ? "documentation" : "recommended");
      RunStart.requireSame(spec, spec.withClean(given, spec.cleaner()));
    }
    DedupScope scope = spec.dedup().scope();
    differs("--eras", eras, scope.eras());
    differs("--lateness", lateness, scope.lateness());
    if (dedup.given()) {
      RunStart.requireSame(spec, spec.withDedup(new RunSpec.Dedup(newDedup(), scope)));
    }
    RunStart.requireCleaner(spec);
    return spec;
  }

  private RunSpec made(List<String> paths) {
    if (onlyInput && paths.isEmpty()) {
      throw UserError.usage(
          "--only-input leaves the demo corpus out: name what to read with --input");
    }
    OptionRule.require(
        checkpointEvery == null || checkpointEvery >= 1,
        "--checkpoint-every",
        "at least 1",
        checkpointEvery);
    RunSpec demo = RunSpec.demo(newSteps());
    RunSpec.Corpus corpus = demo.corpus();
    RunSpec.Train train = demo.train();
    CleanConfig cleaning = clean.config(onlyInput ? "recommended" : "documentation");
    return demo.withCorpus(
            new RunSpec.Corpus(
                paths,
                corpus.watch(),
                corpus.topics(),
                corpus.endless(),
                !onlyInput,
                corpus.partitions(),
                corpus.transactionRecords(),
                corpus.stableSeconds(),
                corpus.sealSeconds()))
        .withClean(cleaning, RunStart.cleanerVersion(cleaning))
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

  private DedupConfig newDedup() {
    DedupConfig config = dedup.config();
    if (!config.stages().contains(DedupStage.EXACT)) {
      throw UserError.usage("a run's --stages must contain exact: stages=" + config.stages());
    }
    return config;
  }

  private DedupScope scope() {
    DedupScope standard = DedupScope.global();
    OptionRule.require(eras == null || eras >= 0, "--eras", "at least 0", eras);
    OptionRule.require(
        lateness == null || lateness > 0 && lateness % EventTime.WINDOW == 0,
        "--lateness",
        "a multiple of " + EventTime.WINDOW,
        lateness);
    return new DedupScope(
        lateness == null ? standard.lateness() : lateness,
        standard.hold(),
        eras == null ? standard.eras() : eras,
        standard.generation());
  }

  private long newSteps() {
    if (steps != null && minutes != null) {
      throw UserError.usage("only one of --steps and --minutes may be given");
    }
    OptionRule.require(minutes == null || minutes >= 1, "--minutes", "at least 1", minutes);
    OptionRule.require(steps == null || steps >= 2, "--steps", "at least 2", steps);
    if (minutes != null) {
      return stepsOf(minutes);
    }
    return steps == null ? RunSpec.DEFAULT_STEPS : steps;
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
}
