package dev.neostream.ops.cli;

import dev.neostream.ops.run.RunFolder;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that every verb has: which run. */
final class RunOption {

  @Option(
      names = "--dir",
      paramLabel = "RUN",
      description = "Run folder (default: ${DEFAULT-VALUE}).",
      defaultValue = "run")
  private Path dir;

  /** Returns the folder as the user named it, for commands to be repeated. */
  Path dir() {
    return dir;
  }

  RunFolder folder() {
    return new RunFolder(dir);
  }
}
