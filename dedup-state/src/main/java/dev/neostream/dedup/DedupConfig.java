package dev.neostream.dedup;

import dev.neostream.dedup.minhash.Bands;
import dev.neostream.dedup.shingle.ShingleKind;
import java.io.Serializable;
import java.util.List;

/**
 * How documents are deduplicated, by files and by the stream alike.
 *
 * @param stages stages to apply; their order is that of {@link DedupStage}
 * @param priority which copy survives
 * @param shingles what near-duplicates are compared by
 * @param bands how candidates are found
 * @param threshold least Jaccard similarity of near-duplicates
 * @param sightings a passage is cut from its n-th sighting on; 2 keeps the first alone
 * @param passagesByHost whether passages are counted per host of the URL rather than everywhere
 * @param window characters of a repeated substring
 * @param minCharacters least characters of a document that passages were cut from
 */
public record DedupConfig(
    List<DedupStage> stages,
    Priority priority,
    ShingleKind shingles,
    Bands bands,
    double threshold,
    int sightings,
    boolean passagesByHost,
    int window,
    int minCharacters)
    implements Serializable {

  public DedupConfig {
    stages = stages.stream().distinct().sorted().toList();
  }

  /** Returns exact and verified near-duplicates, the earliest copy surviving. */
  public static DedupConfig recommended() {
    return new DedupConfig(
        List.of(DedupStage.EXACT, DedupStage.MINHASH),
        Priority.EARLIEST,
        ShingleKind.words5(),
        new Bands(14, 6),
        0.8,
        2,
        false,
        50,
        20);
  }
}
