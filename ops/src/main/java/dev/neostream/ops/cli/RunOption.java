package dev.neostream.ops.cli;

import dev.neostream.ops.UserError;
import dev.neostream.ops.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
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

  /**
   * @throws UserError if it is no folder, or another user's
   */
  RunFolder folder() {
    return folder(dir);
  }

  /** The same for a folder that another option names. */
  static RunFolder folder(Path dir) {
    OptionRule.folder("--dir", dir);
    if (Files.exists(dir) && !(Files.isReadable(dir) && Files.isExecutable(dir))) {
      throw new UserError(
          "the run folder must be readable: dir="
              + dir
              + ", owner="
              + owner(dir)
              + "; run this as its owner");
    }
    return new RunFolder(dir);
  }

  private static String owner(Path dir) {
    try {
      return Files.getOwner(dir).getName();
    } catch (IOException | UnsupportedOperationException e) {
      return "another user";
    }
  }
}
