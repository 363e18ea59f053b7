package dev.neostream.ops.embedded;

import dev.neostream.ops.UserError;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.Topics;
import dev.neostream.schemas.topic.KafkaConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.util.Optional;

/**
 * The topics of a run, whether it is running or not: of a run that is not, the broker is started
 * for as long as this is open.
 */
public final class RunTopics implements AutoCloseable {

  private final KafkaConnection connection;
  private final Optional<EmbeddedBroker> broker;
  private final Optional<FileLock> lock;

  private RunTopics(
      KafkaConnection connection, Optional<EmbeddedBroker> broker, Optional<FileLock> lock) {
    this.connection = connection;
    this.broker = broker;
    this.lock = lock;
  }

  /**
   * Opens the topics.
   *
   * @throws UserError if the folder holds no run
   */
  public static RunTopics open(RunFolder folder) {
    RunSpec spec =
        folder
            .spec()
            .orElseThrow(
                () -> UserError.notReady("the folder must hold a run: dir=" + folder.root()));
    var topics = new Topics(spec.name());
    Optional<RunFolder.Address> address = folder.address();
    if (address.isPresent()) {
      return new RunTopics(
          new KafkaConnection(address.get().kafka(), topics), Optional.empty(), Optional.empty());
    }
    FileLock lock = folder.lock();
    System.setProperty("neo.log", folder.logs().resolve("look.log").toString());
    EmbeddedBroker broker = EmbeddedBroker.start(folder.kafka());
    return new RunTopics(broker.connection(topics), Optional.of(broker), Optional.of(lock));
  }

  public KafkaConnection connection() {
    return connection;
  }

  @Override
  public void close() {
    broker.ifPresent(EmbeddedBroker::close);
    try {
      if (lock.isPresent()) {
        lock.get().channel().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
