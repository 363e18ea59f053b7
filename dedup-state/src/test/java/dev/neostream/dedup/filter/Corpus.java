package dev.neostream.dedup.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A synthetic corpus of unlike documents, each of a key for its text and one a band, in the shards
 * a job would keep: a shard holds the generations of the keys that fall on it.
 */
final class Corpus {

  static final int KEYS_A_DOCUMENT = 15;
  static final int SHARDS = 128;

  private final List<Generations> shards = new ArrayList<>();

  /** Adds all documents to so many generations, each twice as large as the one before. */
  Corpus(int documents, int generations, double bitsPerKey) {
    long keys = (long) documents * KEYS_A_DOCUMENT;
    long parts = (1L << generations) - 1;
    for (int shard = 0; shard < SHARDS; shard++) {
      shards.add(new Generations(bitsPerKey));
    }
    var random = new SplittableRandom(3);
    for (int generation = 0; generation < generations; generation++) {
      for (Generations shard : shards) {
        shard.start(generation, (keys << generation) / parts / SHARDS);
      }
      long end = keys * ((2L << generation) - 1) / parts;
      for (long i = keys * ((1L << generation) - 1) / parts; i < end; i++) {
        long key = random.nextLong();
        shard(key).add(key);
      }
    }
  }

  Generations shard(long key) {
    return shards.get((int) (key & SHARDS - 1));
  }

  /** Returns the bytes of all filters as they are checkpointed. */
  long bytes() {
    return shards.stream().mapToLong(Generations::bytes).sum();
  }

  /** Returns the share of new documents of which at least one key is taken for seen. */
  double falsePositives(int documents) {
    var random = new SplittableRandom(4);
    int hits = 0;
    for (int document = 0; document < documents; document++) {
      boolean hit = false;
      for (int i = 0; i < KEYS_A_DOCUMENT; i++) {
        long key = random.nextLong();
        hit |= shard(key).mightContain(key);
      }
      hits += hit ? 1 : 0;
    }
    return (double) hits / documents;
  }
}
