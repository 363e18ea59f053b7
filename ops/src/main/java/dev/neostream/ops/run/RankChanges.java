package dev.neostream.ops.run;

import dev.neostream.schemas.avro.RankChange;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.schemas.topic.TopicWriter;
import java.util.ArrayList;
import java.util.List;

/** The topic train.ranks: how many ranks a run is asked to train with. Not thread-safe. */
public final class RankChanges implements AutoCloseable {

  private final KafkaConnection connection;
  private final TopicReader<RankChange> reader;
  private final List<RankChange> counted = new ArrayList<>();

  public RankChanges(KafkaConnection connection) {
    this.connection = connection;
    reader = new TopicReader<>(connection, connection.topics().trainRanks(), RankChange.class);
  }

  /** Returns every change that counts by now, in order. */
  public List<RankChange> read() {
    for (RankChange change : reader.readToEnd()) {
      if (change.getVersion() == counted.size() + 1) {
        counted.add(change);
      }
    }
    return List.copyOf(counted);
  }

  /**
   * Asks for another number of ranks. Who runs the ranks does it, at once or when the run is
   * started again.
   *
   * @param before the number that it replaces
   * @param ranks at least 1
   * @param sentAt when, milliseconds since the epoch
   * @throws IllegalStateException if another change came between
   */
  public RankChange ask(int before, int ranks, String author, String reason, long sentAt) {
    if (ranks < 1) {
      throw new IllegalArgumentException("ranks must be at least 1: ranks=" + ranks);
    }
    var change = new RankChange(read().size() + 1, before, ranks, author, reason, sentAt);
    try (var writer =
        new TopicWriter<>(connection, connection.topics().trainRanks(), RankChange.class)) {
      writer.write(change);
    }
    if (!read().contains(change)) {
      throw new IllegalStateException(
          "another change came between: version="
              + change.getVersion()
              + "; look at it with `ops/neo ranks` and repeat");
    }
    return change;
  }

  @Override
  public void close() {
    reader.close();
  }
}
