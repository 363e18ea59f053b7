package dev.neostream.trainer.checkpoint;

import dev.neostream.checkpoint.store.Stored;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.ModelConfig;
import java.io.IOException;

/**
 * A model that a checkpoint holds with all that using it takes; nothing of its run is needed.
 *
 * @param checkpoint where its parameters are
 * @param config its shape
 * @param tokenizer what its ids mean
 */
public record StoredModel(Stored checkpoint, ModelConfig config, Tokenizer tokenizer) {

  /**
   * Reads shape and tokenizer of a checkpoint.
   *
   * @throws IllegalArgumentException if the checkpoint lacks a file
   * @throws IOException if one is missing, damaged or not what a run writes
   */
  public static StoredModel read(Stored checkpoint) throws IOException {
    Tokenizer tokenizer = HuggingFaceExport.tokenizer(checkpoint);
    try {
      ModelConfig config = HuggingFaceConfig.model(HuggingFaceExport.config(checkpoint, tokenizer));
      return new StoredModel(checkpoint, config, tokenizer);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "%s must describe a model: %s"
              .formatted(checkpoint.file(StoredCheckpoints.CONFIG), e.getMessage()),
          e);
    }
  }

  /**
   * Returns a decoder with the parameters, for the calling thread alone.
   *
   * @param threads as for {@link Decoder}
   * @throws IOException if the parameters cannot be read or are not as they were written
   */
  public Decoder decoder(int threads) throws IOException {
    checkpoint.verify(StoredCheckpoints.MODEL);
    var decoder = new Decoder(config, threads);
    try {
      StoredCheckpoints.readParameters(checkpoint, decoder);
      return decoder;
    } catch (IOException | RuntimeException e) {
      decoder.close();
      throw e;
    }
  }
}
