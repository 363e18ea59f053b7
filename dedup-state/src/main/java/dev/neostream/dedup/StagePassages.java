package dev.neostream.dedup;

import dev.neostream.clean.url.CanonicalUrl;
import dev.neostream.dedup.exact.PageUrl;
import dev.neostream.dedup.paragraph.Paragraphs;
import dev.neostream.dedup.substring.Substrings;
import java.util.function.Function;

/**
 * The passages of a document that {@link DedupStage#PARAGRAPH} or {@link DedupStage#SUBSTRING}
 * counts.
 *
 * <p>By host, those of pages are recognised within their host only; those of documents without a
 * page's URL among each other. Not thread-safe: one instance a thread.
 */
public final class StagePassages {

  private final boolean byHost;
  private final Function<byte[], Passages> divide;

  /**
   * @throws IllegalArgumentException if the stage counts no passages
   */
  public StagePassages(DedupStage stage, DedupConfig config) {
    byHost = config.passagesByHost();
    divide =
        switch (stage) {
          case PARAGRAPH -> new Paragraphs()::of;
          case SUBSTRING -> new Substrings(config.window())::of;
          case URL, EXACT, MINHASH, LINE ->
              throw new IllegalArgumentException("a stage must count passages: stage=" + stage);
        };
  }

  /**
   * Returns the passages of a text.
   *
   * @param url of its document; empty if there is none
   * @param utf8 well-formed text
   */
  public Passages of(String url, byte[] utf8) {
    Passages passages = divide.apply(utf8);
    if (!byHost) {
      return passages;
    }
    return PageUrl.of(url)
        .flatMap(page -> CanonicalUrl.of(page.text()))
        .map(page -> passages.scopedBy(page.host()))
        .orElse(passages);
  }
}
