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
   * Stores a snapshot and returns its manifest, complete, once all of it is durable.
   *
   * @throws IOException if it cannot be written; nothing of it remains
   */
  CheckpointManifest save(Snapshot snapshot) throws IOException;
}
