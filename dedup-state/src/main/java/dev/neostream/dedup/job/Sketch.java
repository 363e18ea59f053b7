package dev.neostream.dedup.job;

import dev.neostream.dedup.Fingerprint;
import dev.neostream.dedup.exact.TextHash;
import dev.neostream.schemas.avro.TakedownDocument;
import java.util.Comparator;

/** What travels of a document in place of its text: all that deciding takes. */
public final class Sketch {

  /** The order in which documents of a window are decided. */
  static final Comparator<Sketch> PRIORITY =
      (a, b) -> comparePriority(a.priority, a.id, b.priority, b.id);

  public String id;
  public long ordinal;
  public String source;
  public long crawledAt;

  /** {@code Priority.key}. */
  public long priority;

  /** Hash of the canonical URL; null where there is none. */
  public TextHash url;

  public TextHash text;
  public Fingerprint fingerprint;

  /** Keys of its bands; empty where the text has no shingle. */
  public long[] bands;

  /** Whether state must forget the document; then only id, ordinal, url, text and bands are set. */
  public boolean forget;

  static Sketch forget(TakedownDocument document) {
    var sketch = new Sketch();
    sketch.forget = true;
    sketch.id = document.getId();
    sketch.ordinal = document.getOrdinal();
    sketch.source = "";
    sketch.text = new TextHash(document.getTextHigh(), document.getTextLow());
    sketch.url =
        document.getUrlHigh() == null
            ? null
            : new TextHash(document.getUrlHigh(), document.getUrlLow());
    sketch.bands = document.getBands().stream().mapToLong(band -> band).toArray();
    return sketch;
  }

  static int comparePriority(long a, String aId, long b, String bId) {
    return a == b ? aId.compareTo(bId) : Long.compare(a, b);
  }
}
