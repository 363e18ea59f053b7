package dev.neostream.ops.cli;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.Priority;
import dev.neostream.ops.UserError;
import java.util.List;
import picocli.CommandLine.Option;

/** How documents are deduplicated, as users say it. */
final class DedupOptions {

  @Option(
      names = "--stages",
      paramLabel = "NAME",
      split = ",",
      description = {
        "What to deduplicate by: url, exact, minhash, paragraph, line, substring (default:",
        "exact,minhash)."
      })
  private List<DedupStage> stages;

  @Option(
      names = "--priority",
      paramLabel = "NAME",
      description = {
        "Which copy survives: the earliest or latest crawled, the longest, or the best by the field",
        "`quality`; of equal ones that with the smallest id (default: earliest)."
      })
  private Priority priority;

  @Option(
      names = "--threshold",
      paramLabel = "T",
      description = "Least Jaccard similarity of near-duplicates, 0.5 to 1 (default: 0.8).")
  private Double threshold;

  @Option(
      names = "--min-sightings",
      paramLabel = "K",
      description = {
        "Paragraphs and substrings are cut from the K-th sighting on (default: 2, which keeps the",
        "first alone)."
      })
  private Integer minSightings;

  @Option(names = "--by-host", description = "Count sightings for each host of a URL by itself.")
  private boolean byHost;

  /** Returns whether anything but stages was asked for. */
  boolean isRefined() {
    return priority != null || threshold != null || minSightings != null || byHost;
  }

  /** Returns whether anything was asked for. */
  boolean given() {
    return stages != null || isRefined();
  }

  /**
   * Returns what the user asked for.
   *
   * @throws UserError naming the first thing that is wrong
   */
  DedupConfig config() {
    DedupConfig standard = DedupConfig.recommended();
    var config =
        new DedupConfig(
            stages == null ? standard.stages() : stages,
            priority == null ? standard.priority() : priority,
            standard.shingles(),
            standard.bands(),
            threshold == null ? standard.threshold() : threshold,
            minSightings == null ? standard.sightings() : minSightings,
            byHost,
            standard.window(),
            standard.minCharacters());
    OptionRule.require(
        config.threshold() >= 0.5 && config.threshold() <= 1,
        "--threshold",
        "0.5 to 1",
        config.threshold());
    OptionRule.require(
        config.sightings() >= 2 && config.sightings() <= Character.MAX_VALUE,
        "--min-sightings",
        "2 to " + (int) Character.MAX_VALUE,
        config.sightings());
    return config;
  }
}
