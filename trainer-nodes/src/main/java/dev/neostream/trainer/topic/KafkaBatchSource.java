package dev.neostream.trainer.topic;

import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.HeldOutBlock;
import dev.neostream.schemas.avro.TokenBlock;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.schemas.topic.KafkaConnection;
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
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Reads train.batches and a rank's rows of it. Takes no consumer group: the step says what to read.
 * Not thread-safe.
 */
public final class KafkaBatchSource implements BatchSource, AutoCloseable {

  static final Duration SHORT_WAIT = Duration.ofMillis(200);

  private final KafkaConnection connection;
  private final String tokenizer;
  private final BlockReader blocks;
  private final HeldOutSets sets;
  private BatchReader batches;

  /** The step read last: another rank may ask for other rows of it. */
  private Optional<TrainBatch> plan = Optional.empty();

  private List<HeldOut> heldOut = List.of();
  private int heldOutSet;

  /**
   * @param domains mixture domains, of which held-out blocks are read
   * @param heldOutBlocks blocks a domain, fewer if the input has ended with fewer
   * @param tokenizer fingerprint that every block must carry
   * @param patience how long to wait for a block that a batch names
   */
  public KafkaBatchSource(
      KafkaConnection connection,
      List<String> domains,
      int heldOutBlocks,
      String tokenizer,
      Duration patience) {
    this.connection = connection;
    this.tokenizer = tokenizer;
    this.blocks = new BlockReader(connection, patience);
    this.sets = new HeldOutSets(connection, domains, heldOutBlocks, this::block);
  }

  @Override
  public Optional<Batch> next(long step, int rank, int ranks) {
    if (batches == null) {
      batches = new BatchReader(connection, step);
    }
    if (plan.isEmpty() || plan.get().getStep() < step) {
      plan = batches.poll(SHORT_WAIT);
    }
    return plan.map(of -> read(of, rank, ranks));
  }

  private Batch read(TrainBatch plan, int rank, int ranks) {
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

  @Override
  public Optional<Integer> heldOutSet(long step) {
    return sets.decide(step);
  }

  @Override
  public List<HeldOut> heldOut(int set) {
    if (set != heldOutSet) {
      heldOut = sets.set(set).getBlocks().stream().map(this::heldOut).toList();
      heldOutSet = set;
    }
    return heldOut;
  }

  private HeldOut heldOut(HeldOutBlock wanted) {
    TokenBlock block = block(wanted.getDomain(), wanted.getLane(), wanted.getBlock());
    if (block.getHash() != wanted.getHash()) {
      throw new WillRepeatException(
          "a held-out block must be the one that was frozen: domain=%s, lane=%d, block=%d"
              .formatted(wanted.getDomain(), wanted.getLane(), wanted.getBlock()));
    }
    return new HeldOut(wanted.getDomain().substring(Lane.HELD_OUT.length()), ids(block));
  }

  @Override
  public void close() {
    if (batches != null) {
      batches.close();
    }
    sets.close();
    blocks.close();
  }
}
