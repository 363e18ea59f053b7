package dev.neostream.trainer.topic;

import dev.neostream.schemas.avro.BlockFlag;
import dev.neostream.schemas.avro.HeldOutBlock;
import dev.neostream.schemas.avro.HeldOutSet;
import dev.neostream.schemas.avro.TokenBlock;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import dev.neostream.schemas.topic.TopicWriter;
import dev.neostream.tokens.pack.Lane;
import dev.neostream.tokens.pack.TokenIds;
import dev.neostream.tokens.topic.HeldOutCounts;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/**
 * The record of what held-out losses are measured on, topic eval.sets. Frozen at the first
 * evaluation for which every domain has its blocks; from then on a block is only ever left out, by
 * a version of its own, when a document in it was taken down. An evaluation that is run again is
 * made on what it was made on before. Not thread-safe.
 */
final class HeldOutSets implements AutoCloseable {

  /** Where blocks are read. */
  @FunctionalInterface
  interface Blocks {
    TokenBlock read(String domain, int lane, long block);
  }

  private record Place(String domain, int lane, long block) {}

  private final KafkaConnection connection;
  private final Blocks blocks;
  private final HeldOutCounts counts;
  private final List<HeldOutSet> sets = new ArrayList<>();
  private final Set<Place> flagged = new HashSet<>();
  private TopicReader<HeldOutSet> records;
  private TopicReader<TokenIndex> index;
  private TopicReader<BlockFlag> flags;

  /**
   * @param domains mixture domains
   * @param wanted blocks a domain, fewer if its input has ended with fewer
   */
  HeldOutSets(KafkaConnection connection, List<String> domains, int wanted, Blocks blocks) {
    this.connection = connection;
    this.blocks = blocks;
    this.counts = new HeldOutCounts(domains, wanted);
  }

  /**
   * Returns the version that the evaluation after a step is made on, written if it is new; 0 for an
   * evaluation that is run again and was made on none; empty while a domain lacks blocks. For one
   * rank alone.
   */
  Optional<Integer> decide(long step) {
    read();
    if (!sets.isEmpty() && newest().getFromStep() > step) {
      return Optional.of(
          sets.stream()
              .filter(set -> set.getFromStep() <= step)
              .mapToInt(HeldOutSet::getVersion)
              .max()
              .orElse(0));
    }
    if (sets.isEmpty() && !counted()) {
      return Optional.empty();
    }
    readFlags();
    List<HeldOutBlock> before = sets.isEmpty() ? firstBlocks() : newest().getBlocks();
    List<HeldOutBlock> left = before.stream().filter(block -> !isFlagged(block)).toList();
    if (sets.isEmpty() || left.size() < before.size()) {
      write(step, left, before.size() - left.size());
    }
    return Optional.of(newest().getVersion());
  }

  /** Returns a version that was decided. */
  HeldOutSet set(int version) {
    if (sets.stream().noneMatch(set -> set.getVersion() == version)) {
      read();
    }
    return sets.stream()
        .filter(set -> set.getVersion() == version)
        .findFirst()
        .orElseThrow(
            () ->
                new NoSuchElementException(
                    "a held-out set must be in its topic when it is evaluated: topic="
                        + connection.topics().evalSets()
                        + ", version="
                        + version));
  }

  private void read() {
    if (records == null) {
      records = new TopicReader<>(connection, connection.topics().evalSets(), HeldOutSet.class);
    }
    sets.addAll(records.readToEnd());
  }

  private HeldOutSet newest() {
    return sets.get(sets.size() - 1);
  }

  /** Reads token.index on; true once the number of held-out blocks of every domain is settled. */
  private boolean counted() {
    if (index == null) {
      index = new TopicReader<>(connection, connection.topics().tokenIndex(), TokenIndex.class);
    }
    index.poll(KafkaBatchSource.SHORT_WAIT).forEach(counts::add);
    return counts.settled();
  }

  private List<HeldOutBlock> firstBlocks() {
    var first = new ArrayList<HeldOutBlock>();
    counts
        .counts()
        .forEach(
            (domain, count) -> {
              for (long number = 0; number < count; number++) {
                TokenBlock block = blocks.read(Lane.HELD_OUT + domain, 0, number);
                int tokens = TokenIds.decode(block.getIds(), block.getWidth()).length - 1;
                first.add(new HeldOutBlock(block.getDomain(), 0, number, tokens, block.getHash()));
              }
            });
    return first;
  }

  private void readFlags() {
    if (flags == null) {
      flags = new TopicReader<>(connection, connection.topics().blockFlags(), BlockFlag.class);
    }
    for (BlockFlag flag : flags.readToEnd()) {
      flagged.add(new Place(flag.getDomain(), flag.getLane(), flag.getBlock()));
    }
  }

  private boolean isFlagged(HeldOutBlock block) {
    return flagged.contains(new Place(block.getDomain(), block.getLane(), block.getBlock()));
  }

  private void write(long step, List<HeldOutBlock> left, int leftOut) {
    ByteBuffer hashes = ByteBuffer.allocate(Long.BYTES * left.size());
    left.forEach(block -> hashes.putLong(block.getHash()));
    var set =
        new HeldOutSet(
            sets.size() + 1,
            step,
            left,
            left.stream().mapToLong(HeldOutBlock::getTokens).sum(),
            TokenIds.hash(hashes.array()),
            leftOut + (sets.isEmpty() ? 0 : newest().getWithdrawn()),
            System.currentTimeMillis());
    try (var writer =
        new TopicWriter<>(connection, connection.topics().evalSets(), HeldOutSet.class)) {
      writer.write(set);
    }
    read();
  }

  @Override
  public void close() {
    for (TopicReader<?> reader : new TopicReader<?>[] {records, index, flags}) {
      if (reader != null) {
        reader.close();
      }
    }
  }
}
