package dev.neostream.dedup.job;

/** All contests of a document in a window. */
public final class Contested {

  public String id;
  public long windowEnd;

  /** Its sketch; null where it was sent before. */
  public Sketch sketch;

  /** Bands it shares with earlier documents; none: it is only asked for by others. */
  public long[] keys;

  /** The first document with each of these bands. */
  public String[] holders;

  /** Whether state must forget the document. */
  public boolean forget;

  static Contested forget(Sketch sketch) {
    var contested = new Contested();
    contested.id = sketch.id;
    contested.keys = new long[0];
    contested.holders = new String[0];
    contested.forget = true;
    return contested;
  }
}
