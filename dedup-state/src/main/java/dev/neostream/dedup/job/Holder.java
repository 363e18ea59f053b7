package dev.neostream.dedup.job;

/** The first document that had a key. */
public final class Holder {

  public String id;
  public long ordinal;
  public String source;
  public long crawledAt;
  public long priority;

  /** Whether its sketch has been asked for. */
  public boolean called;

  static Holder of(Sketch sketch) {
    var holder = new Holder();
    holder.id = sketch.id;
    holder.ordinal = sketch.ordinal;
    holder.source = sketch.source;
    holder.crawledAt = sketch.crawledAt;
    holder.priority = sketch.priority;
    return holder;
  }
}
