package dev.neostream.dedup.job;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.Repeats;
import dev.neostream.dedup.StagePassages;
import java.util.Arrays;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Sends the hashes of a document's passages to where they are counted, one record a shard. */
final class PassagesFunction extends ProcessFunction<RankedText, PassageHashes> {

  private final DedupStage stage;
  private final DedupConfig config;
  private transient StagePassages passages;
  private transient Repeats repeats;
  private transient long[] hashes;
  private transient int size;

  PassagesFunction(DedupStage stage, DedupConfig config) {
    this.stage = stage;
    this.config = config;
  }

  @Override
  public void open(OpenContext context) {
    passages = new StagePassages(stage, config);
    hashes = new long[1 << 10];
    // Here it only tells which occurrences are to be counted.
    repeats = new Repeats(this::add, config.sightings());
  }

  private int add(long hash) {
    if (size == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * size);
    }
    hashes[size++] = hash;
    return 1;
  }

  @Override
  public void processElement(RankedText text, Context context, Collector<PassageHashes> out) {
    if (text.document.end) {
      return;
    }
    size = 0;
    repeats.in(passages.of(text.document.url, text.document.body));
    var sizes = new int[Shards.COUNT];
    for (int i = 0; i < size; i++) {
      sizes[Shards.index(hashes[i])]++;
    }
    var shards = new PassageHashes[Shards.COUNT];
    for (int i = 0; i < size; i++) {
      int index = Shards.index(hashes[i]);
      if (shards[index] == null) {
        shards[index] = empty(text, context.timestamp(), sizes[index]);
      }
      PassageHashes shard = shards[index];
      int at = shard.hashes.length - sizes[index]--;
      shard.positions[at] = i;
      shard.hashes[at] = hashes[i];
    }
    for (PassageHashes shard : shards) {
      if (shard != null) {
        out.collect(shard);
      }
    }
  }

  private static PassageHashes empty(RankedText text, long time, int size) {
    var shard = new PassageHashes();
    shard.id = text.document.id;
    shard.ordinal = text.document.ordinal;
    shard.priority = text.priority;
    shard.time = time;
    shard.positions = new int[size];
    shard.hashes = new long[size];
    return shard;
  }
}
