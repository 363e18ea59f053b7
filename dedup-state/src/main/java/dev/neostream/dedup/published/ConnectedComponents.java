package dev.neostream.dedup.published;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.Fingerprint;
import dev.neostream.dedup.exact.TextHash;
import dev.neostream.dedup.near.Catalogue;
import dev.neostream.dedup.near.Decisions;
import dev.neostream.dedup.near.Deduplication;
import dev.neostream.dedup.near.Traits;
import dev.neostream.dedup.shingle.ShingleKind;
import dev.neostream.dedup.shingle.Shingler;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * MAP-Neo's deduplication of whole documents (English pipeline; Zhang et al. 2024, section 3, and
 * the code released with it): equal texts byte for byte, then MinHash of 13-character shingles with
 * 128 permutations, 9 bands of 13 rows, no verification of candidates, connected components, and of
 * each component the document with the smallest id.
 *
 * <p>Reproduced with it: a text shorter than a shingle keeps the signature that it started with, so
 * that all such texts are one component. Of equal texts the smallest id survives, where the
 * original leaves it to chance. Permutations are of the family it uses but not the same ones, as
 * are the hashes of shingles. Similarities are unknown, since nothing is compared.
 */
public final class ConnectedComponents implements Deduplication {

  private static final int BANDS = 9;
  private static final int ROWS = 13;

  private final DedupConfig config;

  /**
   * @param config of which the stages are used: {@code exact} and {@code minhash}
   */
  public ConnectedComponents(DedupConfig config) {
    this.config = config;
  }

  @Override
  public Map<String, String> settings() {
    var settings = new LinkedHashMap<String, String>();
    settings.put("profile", "published");
    settings.put("stages", config.stages().toString());
    return settings;
  }

  @Override
  public Sketcher sketcher() {
    var shingles = new Shingles();
    var minHash = new ClassicMinHash();
    boolean near = config.stages().contains(DedupStage.MINHASH);
    return (id, priority, url, utf8) -> {
      var print = new Fingerprint();
      print.bins = near ? minHash.of(shingles.all(utf8)) : new int[0];
      print.shingles = new int[0];
      return new Traits(id, 0, Optional.empty(), hash(utf8), print);
    };
  }

  /** All shingles of a text, none left out and none sampled, however long it is. */
  private static final class Shingles {

    private final Shingler shingler = new Shingler(ShingleKind.characters13());
    private int[] hashes = {};

    int[] all(byte[] utf8) {
      // A text has at most as many shingles as bytes.
      if (hashes.length < utf8.length + Shingler.MOST_AT_ONCE) {
        hashes = new int[utf8.length + utf8.length / 2 + Shingler.MOST_AT_ONCE];
      }
      shingler.start(utf8);
      int size = 0;
      for (int end = shingler.read(hashes, 0); end > size; end = shingler.read(hashes, size)) {
        size = end;
      }
      return IntStream.of(hashes).limit(size).sorted().distinct().toArray();
    }
  }

  private static TextHash hash(byte[] utf8) {
    HashValue128 hash = Hashing.xxh3_128().hashBytesTo128Bits(utf8);
    return new TextHash(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }

  @Override
  public Decisions decide(Catalogue documents) {
    int[] order = documents.inPriorityOrder();
    var decisions = new Decisions(documents.size());
    if (config.stages().contains(DedupStage.EXACT)) {
      var first = new HashMap<TextHash, Integer>();
      for (int document : order) {
        Integer canonical = first.putIfAbsent(documents.text(document), document);
        if (canonical != null) {
          decisions.duplicate(document, canonical, DedupStage.EXACT, 1, true);
        }
      }
    }
    if (config.stages().contains(DedupStage.MINHASH)) {
      join(documents, order, decisions);
    }
    return decisions;
  }

  private static long[] keys(int[] signature) {
    HashStream64 hash = Hashing.xxh3_64().hashStream();
    var keys = new long[BANDS];
    for (int band = 0; band < BANDS; band++) {
      hash.reset();
      hash.putInt(band);
      for (int row = 0; row < ROWS; row++) {
        hash.putInt(signature[band * ROWS + row]);
      }
      keys[band] = hash.getAsLong();
    }
    return keys;
  }

  private static void join(Catalogue documents, int[] order, Decisions decisions) {
    var components = new UnionFind(order.length);
    var first = new HashMap<Long, Integer>();
    for (int rank = 0; rank < order.length; rank++) {
      if (decisions.isUnique(order[rank])) {
        for (long key : keys(documents.fingerprint(order[rank]).bins)) {
          Integer other = first.putIfAbsent(key, rank);
          if (other != null) {
            components.union(other, rank);
          }
        }
      }
    }
    for (int rank = 0; rank < order.length; rank++) {
      int smallest = components.smallest(rank);
      if (smallest != rank) {
        decisions.duplicate(order[rank], order[smallest], DedupStage.MINHASH, Double.NaN, false);
      }
    }
    // A copy of a text follows what became of the text.
    for (int document : order) {
      if (!decisions.isUnique(document) && decisions.rule(document) == DedupStage.EXACT) {
        int canonical = decisions.canonical(document);
        if (!decisions.isUnique(canonical)) {
          decisions.duplicate(
              document, decisions.canonical(canonical), DedupStage.MINHASH, Double.NaN, false);
        }
      }
    }
  }
}
