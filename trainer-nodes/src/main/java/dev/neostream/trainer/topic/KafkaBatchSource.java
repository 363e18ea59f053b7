package dev.neostream.trainer.topic;

import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.TokenBlock;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.tokens.pack.Lane;
import dev.neostream.tokens.pack.TokenIds;
import dev.neostream.tokens.topic.BatchReader;
import dev.neostream.tokens.topic.BlockReader;
import dev.neostream.tokens.topic.MixtureControl;
import dev.neostream.trainer.train.BatchSource;
import dev.neostream.trainer.train.WillRepeatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads train.batches and this rank's rows of it. Takes no consumer group: the step says what to
 * read. Not thread-safe.
 */
public final class KafkaBatchSource implements BatchSource, AutoCloseable {

  private static final Duration SHORT_WAIT = Duration.ofMillis(200);

  private final KafkaConnection connection;
  private final int rank;
  private final int ranks;
  private final List<String> domains;
  private final int heldOutBlocks;
  private final String tokenizer;
  private final BlockReader blocks;
  private BatchReader batches;
  private final Map<String, Long> heldOutCounts = new TreeMap<>();
  private TopicReader<TokenIndex> index;
  private List<HeldOut> heldOut;

  /**
   * @param domains mixture domains, of which held-out blocks are read
   * @param heldOutBlocks blocks a domain, fewer if the input has ended with fewer
   * @param tokenizer fingerprint that every block must carry
   * @param patience how long to wait for a block that a batch names
   */
  public KafkaBatchSource(
      KafkaConnection connection,
      int rank,
      int ranks,
      List<String> domains,
      int heldOutBlocks,
      String tokenizer,
      Duration patience) {
    this.connection = connection;
    this.rank = rank;
    this.ranks = ranks;
    this.domains = List.copyOf(domains);
    this.heldOutBlocks = heldOutBlocks;
    this.tokenizer = tokenizer;
    this.blocks = new BlockReader(connection, patience);
  }

  @Override
  public Optional<Batch> next(long step) {
    if (batches == null) {
      batches = new BatchReader(connection, step);
    }
    return batches.poll(SHORT_WAIT).map(this::read);
  }

  private Batch read(TrainBatch plan) {
    var own = new ArrayList<int[]>();
    for (int row = rank; row < plan.getRows().size(); row += ranks) {
      BatchRow wanted = plan.getRows().get(row);
      TokenBlock block = block(wanted.getDomain(), wanted.getLane(), wanted.getBlock());
      if (block.getHash() != wanted.getHash()) {
        throw new WillRepeatException(
            "a block must be the one its batch was made of: step=%d, domain=%s, lane=%d, block=%d"
                .formatted(
                    plan.getStep(), wanted.getDomain(), wanted.getLane(), wanted.getBlock()));
      }
      own.add(ids(block));
    }
    return new Batch(withItsEnd(plan), own.toArray(int[][]::new));
  }

  /** A run that was at its end when it was made longer goes on after what was its last step. */
  private TrainBatch withItsEnd(TrainBatch plan) {
    if (plan.getLast()) {
      plan.setLast(!new MixtureControl(connection).goesOnAfter(plan.getStep()));
    }
    return plan;
  }

  private TokenBlock block(String domain, int lane, long block) {
    try {
      return blocks.read(domain, lane, block);
    } catch (NoSuchElementException lost) {
      throw new WillRepeatException(lost.getMessage());
    }
  }

  private int[] ids(TokenBlock block) {
    if (!block.getTokenizer().equals(tokenizer)) {
      throw new WillRepeatException(
          "blocks must be made by the run's tokenizer: domain=%s, lane=%d, block=%d, tokenizer=%s, expected=%s"
              .formatted(
                  block.getDomain(),
                  block.getLane(),
                  block.getBlock(),
                  block.getTokenizer(),
                  tokenizer));
    }
    return TokenIds.decode(block.getIds(), block.getWidth());
  }

  /**
   * There once every domain has its held-out blocks or its input has ended: the set must not depend
   * on when it is asked for.
   */
  @Override
  public Optional<List<HeldOut>> heldOut() {
    if (heldOut == null && heldOutCounted()) {
      var rows = new ArrayList<HeldOut>();
      heldOutCounts.forEach(
          (domain, count) -> {
            for (long block = 0; block < count; block++) {
              rows.add(new HeldOut(domain, ids(block(Lane.HELD_OUT + domain, 0, block))));
            }
          });
      heldOut = List.copyOf(rows);
      index.close();
    }
    return Optional.ofNullable(heldOut);
  }

  /** Reads token.index on; true once the number of held-out blocks of every domain is settled. */
  private boolean heldOutCounted() {
    if (index == null) {
      index = new TopicReader<>(connection, connection.topics().tokenIndex(), TokenIndex.class);
    }
    for (TokenIndex entry : index.poll(SHORT_WAIT)) {
      if (entry.getDomain().startsWith(Lane.HELD_OUT)) {
        String domain = entry.getDomain().substring(Lane.HELD_OUT.length());
        long there = entry.getClosed() ? entry.getBlock() : entry.getBlock() + 1;
        if (entry.getClosed() || there >= heldOutBlocks) {
          heldOutCounts.putIfAbsent(domain, Math.min(there, heldOutBlocks));
        }
      }
    }
    return heldOutCounts.keySet().containsAll(domains);
  }

  @Override
  public void close() {
    if (batches != null) {
      batches.close();
    }
    if (index != null) {
      index.close();
    }
    blocks.close();
  }
}
