package dev.neostream.ops.embedded;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.trainer.generate.Generator;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.train.StoredCheckpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.stream.Collectors;

/** What the trained model says: proof that the checkpoint can be read back. */
final class Sample {

  private Sample() {}

  /** Returns greedy continuations by the newest checkpoint, one paragraph a prompt. */
  static String generate(RunFolder folder, RunSpec spec) {
    try {
      Tokenizer tokenizer = TokenizerFile.read(folder.tokenizer());
      try (var decoder =
          new Decoder(
              spec.model().config(tokenizer.vocabSize(), spec.tokenize().sequenceLength()), 1)) {
        new StoredCheckpoints(
                new CheckpointStore(folder.checkpoints()), tokenizer.fingerprint(), Map.of(), 1)
            .restore(decoder);
        var generator = new Generator(decoder);
        return spec.train().prompts().stream()
            .map(
                prompt ->
                    prompt
                        + " | "
                        + tokenizer.decode(
                            generator.generate(
                                tokenizer.encode(prompt), spec.train().promptTokens(), 0, 0)))
            .collect(Collectors.joining("\n\n"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the newest checkpoint must be readable", e);
    }
  }
}
