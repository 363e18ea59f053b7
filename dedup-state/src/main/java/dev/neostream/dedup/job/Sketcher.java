package dev.neostream.dedup.job;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.exact.PageUrl;
import dev.neostream.dedup.exact.TextHasher;
import dev.neostream.dedup.minhash.Fingerprinter;
import dev.neostream.schemas.Envelope;

/** Makes sketches of clean documents. Not thread-safe: one instance a thread. */
public final class Sketcher {

  private static final long[] NO_BANDS = {};

  private final DedupConfig config;
  private final TextHasher texts = new TextHasher();
  private final Fingerprinter fingerprinter;

  public Sketcher(DedupConfig config) {
    this.config = config;
    fingerprinter = new Fingerprinter(config.shingles());
  }

  /** Returns the sketch of a document. */
  public Sketch of(Envelope document) {
    var sketch = new Sketch();
    sketch.id = document.id;
    sketch.ordinal = document.ordinal;
    sketch.source = document.source;
    sketch.crawledAt = document.crawledAt;
    sketch.priority =
        config.priority().key(document.crawledAt, document.body.length, document.quality);
    sketch.url = PageUrl.of(document.url).map(PageUrl::hash).orElse(null);
    sketch.text = texts.of(document.body);
    boolean compared = config.stages().contains(DedupStage.MINHASH);
    sketch.fingerprint = compared ? fingerprinter.of(document.body) : null;
    sketch.bands =
        compared && !sketch.fingerprint.isEmpty()
            ? config.bands().keys(sketch.fingerprint)
            : NO_BANDS;
    return sketch;
  }
}
