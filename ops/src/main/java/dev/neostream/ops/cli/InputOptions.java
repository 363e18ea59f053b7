package dev.neostream.ops.cli;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.rule.Profile;
import dev.neostream.clean.topic.ProfileControl;
import dev.neostream.ingest.Inputs;
import dev.neostream.ops.UserError;
import dev.neostream.ops.embedded.RunTopics;
import dev.neostream.ops.file.Documents;
import dev.neostream.ops.file.FileDocuments;
import dev.neostream.ops.file.LineFile;
import dev.neostream.ops.file.RunDocuments;
import dev.neostream.ops.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which records a command reads: files, or what a run has read. */
final class InputOptions {

  @Option(
      names = "--in",
      paramLabel = "PATH",
      arity = "1..*",
      description = {
        "Files or folders: WARC, ARC, WET, JSON Lines, Parquet, HTML, text, source code, and",
        "archives of these."
      })
  private List<Path> inputs = new ArrayList<>();

  @Option(names = "--dir", paramLabel = "RUN", description = "Run folder, in place of --in.")
  private Path dir;

  /** Records, how what they come from was cleaned, and the topics of the run they come from. */
  record Opened(Documents documents, CleanConfig standard, Optional<RunTopics> run)
      implements AutoCloseable {

    @Override
    public void close() throws IOException {
      documents.close();
      run.ifPresent(RunTopics::close);
    }
  }

  /** Takes the last of the paths away: what follows a list of files may not have been one. */
  Optional<String> takeLast() {
    return inputs.size() < 2
        ? Optional.empty()
        : Optional.of(inputs.remove(inputs.size() - 1).toString());
  }

  /** Returns whether a run is named. */
  boolean isRun() {
    return dir != null;
  }

  /** Refuses an output that is one of the inputs. */
  void forbid(String option, Path output) {
    for (Path input : inputs) {
      if (LineFile.isSame(input, output)) {
        throw UserError.usage(option + " must not be an input: file=" + output);
      }
    }
  }

  /**
   * Opens the records.
   *
   * @throws UserError if there are none to read, or too many sources
   */
  Opened open() {
    if ((dir == null) == inputs.isEmpty()) {
      throw UserError.usage("exactly one of --in and --dir must be given");
    }
    if (dir == null) {
      try {
        return new Opened(
            new FileDocuments(Inputs.resolve(inputs)),
            CleanConfig.of(Profile.recommended()),
            Optional.empty());
      } catch (IllegalArgumentException e) {
        throw UserError.usage(e.getMessage());
      }
    }
    RunFolder folder = RunOption.folder(dir);
    RunTopics topics = RunTopics.open(folder);
    CleanConfig begun = folder.spec().orElseThrow().clean();
    String profile = new ProfileControl(topics.connection(), begun).inForce().profile();
    return new Opened(
        new RunDocuments(topics.connection()),
        begun.withProfile(profile).withShadow(""),
        Optional.of(topics));
  }
}
