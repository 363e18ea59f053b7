package dev.neostream.dedup.job;

import dev.neostream.dedup.Priority;
import dev.neostream.schemas.Envelope;

/** A document on its way through the stages that cut passages. */
public final class RankedText {

  public Envelope document;

  /** {@code Priority.key} of the document as it was before anything was cut. */
  public long priority;

  /** Whether a stage has cut something. */
  public boolean cut;

  /** Event time at which it is decided; set where it waits. */
  public long time;

  static RankedText of(Envelope document, Priority priority) {
    var text = new RankedText();
    text.document = document;
    text.priority =
        document.end ? 0 : priority.key(document.crawledAt, document.body.length, document.quality);
    return text;
  }

  /** Puts what a stage has left in the place of the text; the same array if nothing was cut. */
  void leave(byte[] left) {
    if (left != document.body) {
      document = document.withText(left);
      cut = true;
    }
  }
}
