package dev.neostream.dedup.job;

/** One band of a document. */
public final class BandEntry {

  public String id;
  public long ordinal;
  public long priority;
  public long key;

  /** Whether state must forget the document. */
  public boolean forget;

  static BandEntry of(Sketch sketch, int band) {
    var entry = new BandEntry();
    entry.id = sketch.id;
    entry.ordinal = sketch.ordinal;
    entry.priority = sketch.priority;
    entry.key = sketch.bands[band];
    entry.forget = sketch.forget;
    return entry;
  }
}
