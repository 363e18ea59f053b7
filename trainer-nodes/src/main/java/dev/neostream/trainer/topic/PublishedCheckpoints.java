package dev.neostream.trainer.topic;

import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.schemas.topic.TopicWriter;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.train.Checkpoints;
import dev.neostream.trainer.train.Snapshot;
import java.io.IOException;
import java.util.Optional;

/**
 * Announces every stored checkpoint on the topic checkpoints. The folder is the truth: a manifest
 * that a crash kept from the topic is announced when the checkpoint is restored.
 */
public final class PublishedCheckpoints implements Checkpoints {

  private final Checkpoints stored;
  private final KafkaConnection connection;
  private final boolean announce;

  /**
   * @param announce true on the one rank that writes
   */
  public PublishedCheckpoints(Checkpoints stored, KafkaConnection connection, boolean announce) {
    this.stored = stored;
    this.connection = connection;
    this.announce = announce;
  }

  @Override
  public Optional<CheckpointManifest> restore(Training training) throws IOException {
    Optional<CheckpointManifest> manifest = stored.restore(training);
    if (announce && manifest.isPresent() && !announced(manifest.get().getStep())) {
      announce(manifest.get());
    }
    return manifest;
  }

  @Override
  public CheckpointManifest save(Snapshot snapshot) throws IOException {
    CheckpointManifest manifest = stored.save(snapshot);
    announce(manifest);
    return manifest;
  }

  private boolean announced(long step) {
    try (var reader =
        new TopicReader<>(
            connection, connection.topics().checkpoints(), CheckpointManifest.class)) {
      return reader.readToEnd().stream().anyMatch(manifest -> manifest.getStep() == step);
    }
  }

  private void announce(CheckpointManifest manifest) {
    try (var writer =
        new TopicWriter<>(
            connection, connection.topics().checkpoints(), CheckpointManifest.class)) {
      writer.write(manifest);
    }
  }
}
