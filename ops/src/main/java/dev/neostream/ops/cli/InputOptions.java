package dev.neostream.ops.cli;

import dev.neostream.ingest.Inputs;
import dev.neostream.ops.config.RunFolder;
import dev.neostream.ops.config.UserError;
import dev.neostream.ops.embedded.RunTopics;
import dev.neostream.ops.file.Documents;
import dev.neostream.ops.file.FileDocuments;
import dev.neostream.ops.job.RunDocuments;
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

  /** Returns the run to read from, empty when files are given. */
  Optional<RunFolder> run() {
    return Optional.ofNullable(dir).map(RunFolder::new);
  }

  /**
   * Opens the records.
   *
   * @throws UserError if there are none to read, or too many sources
   */
  Documents open() {
    if ((dir == null) == inputs.isEmpty()) {
      throw UserError.usage("one of --in and --dir must be given");
    }
    if (dir == null) {
      try {
        return new FileDocuments(Inputs.resolve(inputs));
      } catch (IllegalArgumentException e) {
        throw UserError.usage(e.getMessage());
      }
    }
    RunTopics topics = RunTopics.open(new RunFolder(dir));
    var documents = new RunDocuments(topics.connection());
    return new Documents() {
      @Override
      public Optional<Entry> next() throws IOException {
        return documents.next();
      }

      @Override
      public void close() {
        documents.close();
        topics.close();
      }
    };
  }
}
