package dev.neostream.ops.cli;

import dev.neostream.ops.UserError;
import dev.neostream.tokens.bpe.TextCodec;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.format.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The tokenizer that is used. */
final class TokenizerOption {

  @Option(
      names = "--tokenizer",
      paramLabel = "PATH",
      required = true,
      description = "File or folder of the tokenizer.")
  private Path path;

  TextCodec read() {
    try {
      return TokenizerFiles.readAny(path);
    } catch (IOException e) {
      throw UserError.usage(e.getMessage());
    }
  }

  /** As {@link #read}, for what only a tokenizer of a run can do. */
  Tokenizer readForRun() {
    try {
      return TokenizerFiles.read(path);
    } catch (IOException e) {
      throw UserError.usage(e.getMessage());
    }
  }
}
