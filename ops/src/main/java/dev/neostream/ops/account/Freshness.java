package dev.neostream.ops.account;

import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.BatchRow;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.avro.TrainBatch;
import dev.neostream.tokens.pack.Lane;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long documents take from ingest to a block and to a gradient, and how many blocks wait to be
 * read. Not thread-safe.
 *
 * <p>No document is followed. Documents pass the stages nearly in the order in which ingest wrote
 * them, so that counts tell their age:
 *
 * <pre>
 *   ingest.positions   n documents were written by time t
 *   pipeline.counts    n documents were through by checkpoint c: read, and held by no stage
 *                      before tokenize; so the newest of them was written at time t
 *   token.index        a block that is sealed up to checkpoint c holds nothing newer than t
 *   train.batches      a step reads that block, and ends
 * </pre>
 *
 * <p>Of each of these it keeps {@value #MOST} points at most, the older the fewer, and one bit a
 * block. Times are off by a thirtieth of the backlog then.
 */
public final class Freshness {

  static final int MOST = 1024;
  private static final int RESOLUTION = 64;

  private final TreeMap<Long, Long> writtenAt = new TreeMap<>();
  private final TreeMap<Long, Long> throughAt = new TreeMap<>();
  private final Map<LaneId, Blocks> lanes = new HashMap<>();
  private final Map<Long, Double> rowsWrittenAt = new HashMap<>();
  private long unreadBlocks;
  private double blockSeconds = Double.NaN;
  private double gradientSeconds = Double.NaN;

  private record LaneId(String domain, int lane) {}

  /** When ingest wrote the newest document of each block, and which blocks were read. */
  private record Blocks(TreeMap<Long, Long> writtenAt, BitSet read) {}

  /**
   * Takes a position of ingest.
   *
   * @param documents documents written by then
   * @param at milliseconds since the epoch
   */
  public void wrote(long documents, long at) {
    if (writtenAt.isEmpty() || documents > writtenAt.lastKey()) {
      put(writtenAt, documents, at);
    }
  }

  /**
   * Takes the counts of a checkpoint; positions of all that they count must have been taken before.
   *
   * @param at when the checkpoint was made, milliseconds since the epoch
   */
  public void counted(CountBook.Page page, long at) {
    long through = page.stage(Stage.CLEAN).read();
    for (var stage : page.stages().entrySet()) {
      through -= stage.getKey() == Stage.TOKENIZE ? 0 : stage.getValue().held();
    }
    Map.Entry<Long, Long> written = writtenAt.ceilingEntry(through);
    if (through > 0 && written != null) {
      put(throughAt, at, written.getValue());
    }
  }

  /**
   * Takes a sealed block; the counts of its checkpoint should have been taken before.
   *
   * @param at when it was sealed, milliseconds since the epoch
   */
  public void sealed(TokenIndex block, long at) {
    if (!block.getDomain().startsWith(Lane.HELD_OUT)) {
      unreadBlocks++;
    }
    Map.Entry<Long, Long> written = throughAt.ceilingEntry(at);
    if (written == null) {
      written = throughAt.lastEntry();
    }
    if (written == null) {
      return;
    }
    blockSeconds = Math.max(0, at - written.getValue()) / 1e3;
    TreeMap<Long, Long> lane = blocks(block.getDomain(), block.getLane()).writtenAt;
    if (lane.isEmpty() || !lane.lastEntry().getValue().equals(written.getValue())) {
      put(lane, block.getBlock(), written.getValue());
    }
  }

  /** Takes a batch; its blocks must have been taken before. */
  public void planned(TrainBatch batch) {
    double sum = 0;
    int known = 0;
    for (BatchRow row : batch.getRows()) {
      Blocks lane = blocks(row.getDomain(), row.getLane());
      int block = Math.toIntExact(row.getBlock());
      if (lane.read.get(block)) {
        continue;
      }
      lane.read.set(block);
      unreadBlocks--;
      Map.Entry<Long, Long> written = lane.writtenAt.floorEntry(row.getBlock());
      if (written != null) {
        sum += written.getValue();
        known++;
      }
    }
    if (known > 0) {
      rowsWrittenAt.put(batch.getStep(), sum / known);
    }
  }

  /**
   * Takes the end of a step; its batch must have been taken before.
   *
   * @param at milliseconds since the epoch
   */
  public void trained(long step, long at) {
    Double written = rowsWrittenAt.remove(step);
    if (written != null) {
      gradientSeconds = Math.max(0, at - written) / 1e3;
    }
  }

  /** Returns how many blocks to train on no batch has read yet. */
  public long unreadBlocks() {
    return unreadBlocks;
  }

  /**
   * Returns how long before the newest block was sealed the newest document was written that it can
   * hold; NaN if that is not known.
   */
  public double blockSeconds() {
    return blockSeconds;
  }

  /**
   * Returns the same for blocks and the end of the step that read them, as a mean over the newest
   * step that read any for the first time; NaN if that is not known.
   */
  public double gradientSeconds() {
    return gradientSeconds;
  }

  private Blocks blocks(String domain, int lane) {
    return lanes.computeIfAbsent(
        new LaneId(domain, lane), id -> new Blocks(new TreeMap<>(), new BitSet()));
  }

  /**
   * Adds a point behind the others. When they are too many, those stay whose distance to the one
   * before is a {@value #RESOLUTION}th of that to the newest, so that what is new is found exactly.
   */
  private static void put(TreeMap<Long, Long> points, long key, long value) {
    points.put(key, value);
    if (points.size() > MOST) {
      Iterator<Long> keys = points.keySet().iterator();
      long kept = keys.next();
      while (keys.hasNext()) {
        long next = keys.next();
        if (RESOLUTION * (next - kept) < key - next) {
          keys.remove();
        } else {
          kept = next;
        }
      }
    }
  }
}
