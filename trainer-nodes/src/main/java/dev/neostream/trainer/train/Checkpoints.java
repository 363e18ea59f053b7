package dev.neostream.trainer.train;

import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.trainer.model.Training;
import java.io.IOException;
import java.util.Optional;

/** Port to stored states of a model. Every rank restores, only rank 0 saves. */
public interface Checkpoints {

  /**
   * Puts the newest checkpoint's parameters and Adam moments into the model and returns its
   * manifest; empty if there is none, with the model untouched.
   *
   * @throws IOException if it cannot be read or belongs to another model or tokenizer
   */
  Optional<CheckpointManifest> restore(Training training) throws IOException;

  /**
   * Stores the model's parameters and Adam moments and returns the manifest once they are durable.
   *
   * @param draft step, plan version, tokens by domain, model fingerprint, parameter hash and time
   */
  CheckpointManifest save(CheckpointManifest draft, Training training) throws IOException;
}
