package dev.neostream.ops.cli;

import dev.neostream.ingest.Inputs;
import dev.neostream.ops.PrivateFiles;
import dev.neostream.ops.Shell;
import dev.neostream.ops.UserError;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunTemplate;
import dev.neostream.trainer.model.ModelConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a definition to begin with. */
@Command(
    name = "init",
    description = "Write DIR/run.yaml, a commented definition of a run, to be edited.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ops/neo init my-run",
      "  ops/neo init my-run --input crawl/ books.jsonl.gz --steps 5000 --model 30M"
    })
final class InitCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Parameters(paramLabel = "DIR", description = "Run folder, made if it is not there.")
  private Path dir;

  @Option(
      names = "--input",
      paramLabel = "PATH",
      arity = "1..*",
      description = "File or folder to read: WARC, ARC, HTML, JSON Lines, Parquet, text, source.")
  private List<Path> inputs = new ArrayList<>();

  @Option(
      names = "--steps",
      paramLabel = "S",
      description = "Training steps, both phases (default: ${DEFAULT-VALUE}).",
      defaultValue = "2000")
  private long steps;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "tiny, small, 30M, 250M, 460M, 980M, 2B or 7B (default: ${DEFAULT-VALUE}).",
      defaultValue = "small")
  private String model;

  @Override
  public Integer call() throws IOException {
    Path file = OptionRule.folder("DIR", dir).resolve(RunCommand.FILE);
    OptionRule.require(steps >= 2, "--steps", "at least 2", steps);
    OptionRule.require(
        ModelConfig.NAMES.contains(model), "--model", "one of " + ModelConfig.NAMES, model);
    String text;
    try {
      Inputs.resolve(inputs);
      text =
          RunTemplate.of(
              Objects.toString(new RunFolder(dir).root().getFileName(), ""),
              inputs.stream().map(path -> path.toAbsolutePath().normalize().toString()).toList(),
              steps,
              model);
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
    try {
      PrivateFiles.createFolder(dir);
      Files.write(file, text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw UserError.usage(
          "init must not replace a definition: file=" + file + "; edit it, or choose another DIR");
    }
    command
        .commandLine()
        .getOut()
        .println("Wrote " + file + ". Edit it, then: ops/neo run --dir " + Shell.word(dir));
    return 0;
  }
}
