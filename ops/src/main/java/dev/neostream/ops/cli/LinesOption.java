package dev.neostream.ops.cli;

import dev.neostream.ops.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where lines come from. */
final class LinesOption {

  @Option(
      names = "--in",
      paramLabel = "FILE",
      description = "Lines of UTF-8 (default: standard input).")
  private Path file;

  BufferedReader open() throws IOException {
    if (file != null && !Files.isRegularFile(file)) {
      throw UserError.usage("--in must be a file: in=" + file);
    }
    var strict =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    return new BufferedReader(
        new InputStreamReader(file == null ? System.in : Files.newInputStream(file), strict));
  }
}
