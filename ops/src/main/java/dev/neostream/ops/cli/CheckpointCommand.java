package dev.neostream.ops.cli;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.report.ModelCard;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.schemas.avro.CheckpointFile;
import dev.neostream.trainer.checkpoint.HuggingFaceExport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists, checks and exports the checkpoints of a run, which may be running. */
@Command(
    name = "checkpoint",
    description = "List, verify or export the checkpoints of a run, running or not.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "list|verify|export",
    footer = {
      "",
      "Examples:",
      "  ops/neo checkpoint list --dir my-run",
      "  ops/neo checkpoint verify --dir my-run --step 599",
      "  ops/neo checkpoint export --dir my-run --out my-model"
    })
final class CheckpointCommand implements Runnable {

  private static final long MEBIBYTE = 1L << 20;

  @Spec private CommandSpec spec;

  /** What programs a checkpoint is written for. */
  enum Format {
    HF
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "one of list, verify, export must be given");
  }

  @Command(
      name = "list",
      description = "Show the checkpoints by step.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin RunOption run, @Option(names = "--json", description = "Print JSON.") boolean json) {
    List<Stored> checkpoints = read(run, CheckpointStore::list);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.of(checkpoints.stream().map(CheckpointCommand::view).toList()));
      return 0;
    }
    for (Stored checkpoint : checkpoints) {
      out.printf(
          Locale.ROOT,
          "step %,d  %s  %,d tokens  %,d bytes  %s%n",
          checkpoint.manifest().getStep(),
          Instant.ofEpochMilli(checkpoint.manifest().getCreatedAt()),
          tokens(checkpoint),
          bytes(checkpoint),
          checkpoint.manifest().getPath());
    }
    return 0;
  }

  @Command(
      name = "verify",
      description =
          "Read every file and compare it with the digest that was taken when it was made.",
      mixinStandardHelpOptions = true)
  int verify(
      @Mixin RunOption run,
      @Option(names = "--step", paramLabel = "N", description = "Only this one (default: all).")
          Long step) {
    List<Stored> checkpoints =
        step == null ? read(run, CheckpointStore::list) : List.of(checkpoint(run, step));
    PrintWriter out = spec.commandLine().getOut();
    for (Stored checkpoint : checkpoints) {
      try {
        checkpoint.verify();
      } catch (IOException e) {
        throw new UserError(e.getMessage(), e);
      }
      out.printf(
          Locale.ROOT,
          "step %,d  %d files, %,d bytes: as they were written%n",
          checkpoint.manifest().getStep(),
          checkpoint.manifest().getFiles().size(),
          bytes(checkpoint));
    }
    return 0;
  }

  @Command(
      name = "export",
      description = "Write a checkpoint as a folder that Hugging Face's transformers opens.",
      mixinStandardHelpOptions = true)
  int export(
      @Mixin RunOption run,
      @Option(names = "--step", paramLabel = "N", description = "Which (default: the newest).")
          Long step,
      @Option(
              names = "--format",
              description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
              defaultValue = "hf")
          Format format,
      @Option(
              names = "--max-shard-mb",
              paramLabel = "MIB",
              description = "A larger model is several files (default: ${DEFAULT-VALUE}).",
              defaultValue = "5000")
          int maxShardMb,
      @Option(
              names = "--out",
              paramLabel = "DIR",
              required = true,
              description = "The folder; must not exist or be empty.")
          Path out) {
    OptionRule.require(maxShardMb >= 1, "--max-shard-mb", "at least 1", maxShardMb);
    OptionRule.folder("--out", out);
    Stored checkpoint = checkpoint(run, step);
    try {
      String card = ModelCard.of(run.folder(), checkpoint);
      switch (format) {
        case HF -> HuggingFaceExport.write(checkpoint, card, maxShardMb * MEBIBYTE, out);
      }
    } catch (FileAlreadyExistsException e) {
      throw UserError.usage("--out must not exist or be an empty folder: out=" + out);
    } catch (IOException e) {
      throw new UserError("step " + checkpoint.manifest().getStep() + ": " + e.getMessage(), e);
    }
    spec.commandLine()
        .getOut()
        .printf("step %d exported to %s%n", checkpoint.manifest().getStep(), out);
    return 0;
  }

  private interface Question<T> {
    T ask(CheckpointStore store) throws IOException;
  }

  /** Asks the checkpoints of a run, of which there must be some. */
  private static <T> T read(RunOption run, Question<T> question) {
    RunFolder folder = run.folder();
    var store = new CheckpointStore(folder.checkpoints());
    try {
      if (store.newest().isEmpty()) {
        throw UserError.notReady("the folder must hold a checkpoint: dir=" + folder.root());
      }
      return question.ask(store);
    } catch (IOException e) {
      throw new UserError("checkpoints must be readable: " + e.getMessage(), e);
    }
  }

  /** Returns the checkpoint of a step, the newest if the step is null. */
  private static Stored checkpoint(RunOption run, Long step) {
    Optional<Stored> found = read(run, store -> step == null ? store.newest() : store.at(step));
    return found.orElseThrow(
        () ->
            UserError.notReady(
                "there must be a checkpoint of the step: step="
                    + step
                    + ", steps="
                    + read(run, CheckpointStore::list).stream()
                        .map(checkpoint -> checkpoint.manifest().getStep())
                        .toList()));
  }

  private static long tokens(Stored checkpoint) {
    return checkpoint.manifest().getTokens().values().stream().mapToLong(Long::longValue).sum();
  }

  private static long bytes(Stored checkpoint) {
    return checkpoint.manifest().getFiles().stream().mapToLong(CheckpointFile::getBytes).sum();
  }

  private static Map<String, Object> view(Stored checkpoint) {
    var view = new LinkedHashMap<String, Object>();
    view.put("step", checkpoint.manifest().getStep());
    view.put("createdAt", checkpoint.manifest().getCreatedAt());
    view.put("planVersion", checkpoint.manifest().getPlanVersion());
    view.put("tokens", new TreeMap<>(checkpoint.manifest().getTokens()));
    view.put("bytes", bytes(checkpoint));
    view.put("path", checkpoint.manifest().getPath());
    return view;
  }
}
