package dev.neostream.ops.embedded;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.ops.config.RunFolder;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.trainer.generate.Generator;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.model.TorchProgram;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.train.StoredCheckpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the trained model says: proof that the checkpoint can be read back. */
final class Sample {

  private static final List<String> PROMPTS =
      List.of("Returns the number of", "返回", "public static");
  private static final int TOKENS = 32;

  private Sample() {}

  /** Returns greedy continuations by the newest checkpoint, one paragraph a prompt. */
  static String generate(RunFolder folder) {
    try {
      Tokenizer tokenizer = TokenizerFile.read(folder.tokenizer());
      try (var program =
          new TorchProgram(ModelConfig.tiny(tokenizer.vocabSize()), AdamW.mapNeo(), 1)) {
        new StoredCheckpoints(
                new CheckpointStore(folder.checkpoints()), tokenizer.fingerprint(), Map.of(), 1)
            .restore(program);
        var generator = new Generator(program);
        return PROMPTS.stream()
            .map(
                prompt ->
                    prompt
                        + " | "
                        + tokenizer.decode(
                            generator.generate(tokenizer.encode(prompt), TOKENS, 0, 0)))
            .collect(Collectors.joining("\n\n"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the newest checkpoint must be readable", e);
    }
  }
}
