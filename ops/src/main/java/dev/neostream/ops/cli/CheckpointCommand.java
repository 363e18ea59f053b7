package dev.neostream.ops.cli;

import dev.neostream.checkpoint.format.GgufType;
import dev.neostream.checkpoint.store.AtomicFolder;
import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.report.ModelCard;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.avro.CheckpointFile;
import dev.neostream.trainer.checkpoint.GgufExport;
import dev.neostream.trainer.checkpoint.HuggingFaceExport;
import dev.neostream.trainer.checkpoint.HuggingFaceImport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
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

/** Lists, checks and exports the checkpoints of a run, which may be running, and makes one. */
@Command(
    name = "checkpoint",
    description =
        "List, verify or export the checkpoints of a run, running or not; import a model as one.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "list|verify|export|import",
    footer = {
      "",
      "Examples:",
      "  ops/neo checkpoint list --dir my-run",
      "  ops/neo checkpoint verify --dir my-run --step 599",
      "  ops/neo checkpoint export --dir my-run --out my-model",
      "  ops/neo checkpoint export --dir my-run --format gguf --type q8_0 --out my-gguf",
      "  ops/neo checkpoint import --from my-model --out my-import"
    })
final class CheckpointCommand implements Runnable {

  private static final long MEBIBYTE = 1L << 20;
  private static final int MAX_SHARD_MB = 5000;

  @Spec private CommandSpec spec;

  /** What programs a checkpoint is written for. */
  enum Format {
    HF,
    GGUF
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "one of list, verify, export, import must be given");
  }

  @Command(
      name = "list",
      description = "Show the checkpoints by step.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin RunOption run, @Option(names = "--json", description = "Print JSON.") boolean json) {
    List<Stored> checkpoints = read(run.folder(), CheckpointStore::list);
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
        step == null
            ? read(run.folder(), CheckpointStore::list)
            : List.of(checkpoint(run.folder(), step));
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
      description =
          "Write a checkpoint as a folder that Hugging Face's transformers opens, or one with a GGUF"
              + " file, for llama.cpp.",
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
              names = "--type",
              description = "Of matrices in GGUF: ${COMPLETION-CANDIDATES} (default: f32).")
          GgufType type,
      @Option(
              names = "--max-shard-mb",
              paramLabel = "MIB",
              description = "A larger model is several files, in hf (default: 5000).")
          Integer maxShardMb,
      @Option(
              names = "--out",
              paramLabel = "DIR",
              required = true,
              description = "The folder; must not exist or be empty.")
          Path out) {
    if (type != null && format != Format.GGUF) {
      throw UserError.usage("--type is for --format gguf");
    }
    if (maxShardMb != null && format != Format.HF) {
      throw UserError.usage("--max-shard-mb is for --format hf");
    }
    int shardMb = maxShardMb == null ? MAX_SHARD_MB : maxShardMb;
    OptionRule.require(shardMb >= 1, "--max-shard-mb", "at least 1", shardMb);
    OptionRule.folder("--out", out);
    Stored checkpoint = checkpoint(run.folder(), step);
    try {
      switch (format) {
        case HF -> {
          String card = ModelCard.of(run.folder(), checkpoint);
          HuggingFaceExport.write(checkpoint, card, shardMb * MEBIBYTE, out);
        }
        case GGUF -> {
          String name = name(run.folder(), checkpoint);
          GgufExport.write(checkpoint, name, type == null ? GgufType.F32 : type, out);
        }
      }
    } catch (FileAlreadyExistsException e) {
      throw UserError.usage("--out must not exist or be an empty folder: out=" + out);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError("step " + checkpoint.manifest().getStep() + ": " + e.getMessage(), e);
    }
    spec.commandLine()
        .getOut()
        .printf("step %d exported to %s%n", checkpoint.manifest().getStep(), out);
    return 0;
  }

  @Command(
      name = "import",
      description = {
        "Make a checkpoint of a Hugging Face folder of a Llama: config.json, safetensors, tokenizer.",
        "It can be served, fine-tuned and exported; no run goes on from it."
      },
      mixinStandardHelpOptions = true)
  int importModel(
      @Option(names = "--from", paramLabel = "DIR", required = true, description = "The folder.")
          Path from,
      @Option(
              names = "--out",
              paramLabel = "DIR",
              required = true,
              description = "Folder for the checkpoint; must not exist or be empty.")
          Path out) {
    OptionRule.folder("--out", out);
    if (!Files.isDirectory(from)) {
      throw UserError.usage("--from must be a folder: from=" + from);
    }
    Path name = from.toAbsolutePath().normalize().getFileName();
    try {
      AtomicFolder.write(
          out,
          folder -> {
            var store = new CheckpointStore(folder.resolve("checkpoints"));
            HuggingFaceImport.write(from, store, Instant.now());
            Files.writeString(
                folder.resolve(ModelCard.IMPORT), Json.of(Map.of("from", String.valueOf(name))));
          });
    } catch (FileAlreadyExistsException e) {
      throw UserError.usage("--out must not exist or be an empty folder: out=" + out);
    } catch (IOException e) {
      throw new UserError(e.getMessage(), e);
    }
    spec.commandLine()
        .getOut()
        .printf("imported to %s%n", out.resolve("checkpoints").resolve("step-00000000"));
    return 0;
  }

  /** What people will call the model: its run, which folders without a run have not, and step. */
  private static String name(RunFolder folder, Stored checkpoint) {
    String run =
        folder
            .spec()
            .map(RunSpec::name)
            .orElseGet(() -> String.valueOf(folder.root().getFileName()));
    return run + ", step " + checkpoint.manifest().getStep();
  }

  private interface Question<T> {
    T ask(CheckpointStore store) throws IOException;
  }

  /** Asks the checkpoints of a run, of which there must be some. */
  private static <T> T read(RunFolder folder, Question<T> question) {
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
  static Stored checkpoint(RunFolder folder, Long step) {
    Optional<Stored> found = read(folder, store -> step == null ? store.newest() : store.at(step));
    return found.orElseThrow(
        () ->
            UserError.notReady(
                "there must be a checkpoint of the step: step="
                    + step
                    + ", steps="
                    + read(folder, CheckpointStore::list).stream()
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
