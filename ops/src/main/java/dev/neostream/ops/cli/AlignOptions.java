package dev.neostream.ops.cli;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.ops.Shell;
import dev.neostream.ops.UserError;
import dev.neostream.ops.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What a stored model is trained further with: the model, on what, and where to. */
final class AlignOptions {

  @Option(names = "--dir", paramLabel = "RUN", description = "A run: its newest checkpoint.")
  private Path dir;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Or a checkpoint, step-NNNNNNNN.")
  private Path checkpoint;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "What to train on, and how.")
  private Path config;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder for its checkpoints, which other verbs take as a run's.")
  private Path out;

  @Option(names = "--json", description = "Print the summary as JSON.")
  private boolean json;

  Path config() {
    return config;
  }

  Path out() {
    return out;
  }

  boolean json() {
    return json;
  }

  /** Refuses folders that cannot be meant. */
  void require() {
    if ((dir == null) == (checkpoint == null)) {
      throw UserError.usage("one of --dir and --checkpoint must be given");
    }
    OptionRule.folder("--out", out);
  }

  /** Returns the model to start from. */
  Stored base() {
    try {
      if (checkpoint != null) {
        return CheckpointStore.open(checkpoint);
      }
      RunFolder run = RunOption.folder(dir);
      return new CheckpointStore(run.checkpoints())
          .newest()
          .orElseThrow(
              () -> UserError.notReady("the folder must hold a checkpoint: dir=" + run.root()));
    } catch (IOException e) {
      throw UserError.usage((checkpoint == null ? "--dir: " : "--checkpoint: ") + e.getMessage());
    }
  }

  /** Returns what to do with the model that came out. */
  String next() {
    return "Every record that was not used: "
        + out.resolve("refused.jsonl")
        + "; serve it: ops/neo serve --dir "
        + Shell.word(out);
  }
}
