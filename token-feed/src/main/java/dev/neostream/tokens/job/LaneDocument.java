package dev.neostream.tokens.job;

import dev.neostream.schemas.Envelope;
import dev.neostream.tokens.pack.Lane;

/** A document, or the end of the input, with the lane it goes to. */
public final class LaneDocument {

  public String domain;
  public int lane;
  public Envelope document;

  /** End of the window of event time it came in; it may have been read in an earlier one. */
  public long windowEnd;

  static LaneDocument of(Lane lane, Envelope document) {
    var routed = new LaneDocument();
    routed.domain = lane.domain();
    routed.lane = lane.lane();
    routed.document = document;
    return routed;
  }

  String key() {
    return domain + "/" + lane;
  }
}
