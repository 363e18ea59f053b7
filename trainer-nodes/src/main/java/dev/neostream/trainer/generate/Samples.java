package dev.neostream.trainer.generate;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.trainer.checkpoint.StoredCheckpoints;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a trained model says: proof that its checkpoint can be read back. */
public final class Samples {

  private Samples() {}

  /**
   * Returns the greedy continuation of each prompt, in order, by the newest checkpoint of a folder.
   *
   * @param prompts none empty
   * @param tokens length of each continuation
   * @throws IOException if there is no checkpoint, or it cannot be read or belongs to another model
   *     or tokenizer
   */
  public static List<String> greedy(
      Path checkpoints, ModelConfig model, Tokenizer tokenizer, List<String> prompts, int tokens)
      throws IOException {
    try (var decoder = new Decoder(model, 1)) {
      new StoredCheckpoints(new CheckpointStore(checkpoints), tokenizer.fingerprint(), Map.of(), 1)
          .restore(decoder)
          .orElseThrow(() -> new IOException("there must be a checkpoint: folder=" + checkpoints));
      var generator = new Generator(decoder);
      return prompts.stream()
          .map(prompt -> generator.generate(tokenizer.encode(prompt), tokens, 0, 0))
          .map(tokenizer::decode)
          .toList();
    }
  }
}
