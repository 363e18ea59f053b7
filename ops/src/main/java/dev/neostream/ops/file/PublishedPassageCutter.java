package dev.neostream.ops.file;

import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.Passages;
import dev.neostream.dedup.SightingTable;
import dev.neostream.dedup.line.PublishedSimilarLines;
import dev.neostream.dedup.paragraph.PublishedParagraphs;
import dev.neostream.dedup.substring.PublishedSubstrings;
import java.util.BitSet;
import java.util.Optional;

/**
 * Cuts passages as MAP-Neo's released code does, out of texts which it is shown in order of id. A
 * text that is too short to stay is cut to nothing and is not shown to the stages behind.
 */
final class PublishedPassageCutter {

  private final PublishedParagraphs paragraphs = new PublishedParagraphs();
  private final PublishedSubstrings substrings = new PublishedSubstrings();
  private final PublishedSimilarLines lines = new PublishedSimilarLines();
  private final SightingTable seenParagraphs = new SightingTable();
  private final SightingTable seenSubstrings = new SightingTable();

  /**
   * Returns what stays of the next text by a stage, the same array if all of it does.
   *
   * @param url of the document
   * @param utf8 what the stages before have left
   */
  byte[] cut(DedupStage stage, String url, byte[] utf8) {
    Optional<byte[]> left =
        switch (stage) {
          case PARAGRAPH -> withoutParagraphs(utf8);
          case LINE -> Optional.of(lines.without(utf8));
          case SUBSTRING -> withoutSubstrings(utf8);
          case URL, EXACT, MINHASH ->
              throw new IllegalArgumentException("a stage must cut passages: stage=" + stage);
        };
    return left.map(kept -> kept.length == utf8.length ? utf8 : kept).orElseGet(() -> new byte[0]);
  }

  private Optional<byte[]> withoutParagraphs(byte[] utf8) {
    Passages all = paragraphs.of(utf8);
    var drop = new BitSet(all.size());
    for (int i = 0; i < all.size(); i++) {
      drop.set(i, seenParagraphs.see(all.hashes()[i]) > 1);
    }
    return PublishedParagraphs.without(utf8, all, drop);
  }

  private Optional<byte[]> withoutSubstrings(byte[] utf8) {
    Passages windows = substrings.of(utf8);
    return PublishedSubstrings.without(
        utf8, windows, PublishedSubstrings.repeats(windows, seenSubstrings));
  }
}
