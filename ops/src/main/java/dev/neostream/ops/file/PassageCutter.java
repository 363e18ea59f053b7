package dev.neostream.ops.file;

import dev.neostream.dedup.Cut;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.Passages;
import dev.neostream.dedup.Repeats;
import dev.neostream.dedup.SightingTable;
import dev.neostream.dedup.StagePassages;
import dev.neostream.dedup.line.SimilarLines;

/**
 * Cuts passages that were seen before out of texts, which it is shown in order of priority. In
 * memory: 12 to 15 bytes a passage.
 */
final class PassageCutter {

  private final StagePassages paragraphs;
  private final StagePassages substrings;
  private final SimilarLines lines = new SimilarLines();
  private final Repeats repeatedParagraphs;
  private final Repeats repeatedSubstrings;

  PassageCutter(DedupConfig config) {
    paragraphs = new StagePassages(DedupStage.PARAGRAPH, config);
    substrings = new StagePassages(DedupStage.SUBSTRING, config);
    repeatedParagraphs = new Repeats(new SightingTable(), config.sightings());
    repeatedSubstrings = new Repeats(new SightingTable(), config.sightings());
  }

  /**
   * Returns what stays of the next text by a stage, the same array if all of it does.
   *
   * @param url of the document
   * @param utf8 what the stages before have left
   */
  byte[] cut(DedupStage stage, String url, byte[] utf8) {
    return switch (stage) {
      case PARAGRAPH -> cut(repeatedParagraphs, utf8, paragraphs.of(url, utf8));
      case LINE -> lines.without(utf8);
      case SUBSTRING -> cut(repeatedSubstrings, utf8, substrings.of(url, utf8));
      case URL, EXACT, MINHASH ->
          throw new IllegalArgumentException("a stage must cut passages: stage=" + stage);
    };
  }

  private static byte[] cut(Repeats repeats, byte[] utf8, Passages passages) {
    return Cut.without(utf8, passages, repeats.in(passages));
  }
}
