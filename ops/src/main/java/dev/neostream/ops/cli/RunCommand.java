package dev.neostream.ops.cli;

import dev.neostream.dedup.DedupStage;
import dev.neostream.ops.Shell;
import dev.neostream.ops.UserError;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.run.SpecFile;
import dev.neostream.tokens.bpe.TokenizerFile;
import java.io.IOException;
import java.nio.file.Files;
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

/** A run that its user defines. */
@Command(
    name = "run",
    description = {
      "Run what a run.yaml defines: your documents in, your model out.",
      "The same command on the same folder goes on where it stopped, however it stopped."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ops/neo init my-run                    writes my-run/run.yaml, to be edited",
      "  ops/neo run --dir my-run",
      "  ops/neo run --config my.yaml --dir my-run --set train.ranks=1 --set model=30M",
      "  ops/neo run --dir my-run --until-step 20000   longer than planned",
      "  ops/neo run --config my.yaml --show    every setting, and writes nothing"
    })
final class RunCommand implements Callable<Integer> {

  /** File of a run folder that defines the run where --config names no other. */
  static final String FILE = "run.yaml";

  @Spec private CommandSpec command;

  @Mixin private RunOption run;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Definition of the run (default: run.yaml of the run folder).")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting over what the file says, such as train.ranks=4. Repeatable.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--until-step",
      paramLabel = "S",
      description = {
        "End before step S: a change of the plan of a run that is stopped or complete, which then",
        "goes on. The phase under way is made longer or shorter and its decay with it, later ones",
        "move. For a run that is running see `ops/neo mix apply`."
      })
  private Long untilStep;

  @Option(
      names = "--show",
      description = "Print the whole definition, defaults included, and write nothing.")
  private boolean show;

  @Mixin private MetricsOption metrics;

  @Override
  public Integer call() throws IOException {
    OptionRule.require(
        untilStep == null || untilStep >= 1, "--until-step", "at least 1", untilStep);
    RunFolder folder = run.folder();
    Path own = folder.root().resolve(FILE);
    Optional<Path> file =
        config != null
            ? Optional.of(config)
            : Files.exists(own) ? Optional.of(own) : Optional.empty();
    Optional<RunSpec> stored = folder.spec();
    if (stored.isEmpty() && file.isEmpty() && settings.isEmpty()) {
      throw UserError.usage(
          "a new run must be defined: give --config, or write "
              + run.dir().resolve(FILE)
              + " with `ops/neo init "
              + Shell.word(run.dir())
              + "`");
    }
    RunSpec spec =
        file.isEmpty() && settings.isEmpty() ? stored.orElseThrow() : defined(file, stored);
    if (show) {
      command.commandLine().getOut().print(SpecFile.write(spec));
      command.commandLine().getOut().flush();
      return 0;
    }
    RunStart.requireCleaner(spec);
    return new RunStart(run, "run", RunStart.typed(command), metrics.port())
        .run(spec, untilStep == null ? OptionalLong.empty() : OptionalLong.of(untilStep));
  }

  /** Returns the run of the file and the settings, which must be the folder's if it holds one. */
  private RunSpec defined(Optional<Path> file, Optional<RunSpec> stored) throws IOException {
    RunSpec given = SpecFile.read(file, settings, stored.isPresent());
    if (!given.dedup().rules().stages().contains(DedupStage.EXACT)) {
      throw UserError.usage(
          "dedup.rules.stages of a run must contain exact: dedup.rules.stages="
              + given.dedup().rules().stages());
    }
    if (!given.tokenize().file().isEmpty()) {
      try {
        TokenizerFile.read(Path.of(given.tokenize().file()));
      } catch (IOException e) {
        throw UserError.usage("tokenize.file: " + e.getMessage());
      }
    }
    RunSpec spec = given.withClean(given.clean(), RunStart.cleanerVersion(given.clean()));
    if (stored.isPresent()) {
      RunStart.requireSame(stored.get(), spec);
      return stored.get();
    }
    return spec;
  }
}
