package dev.neostream.dedup.job;

import dev.neostream.schemas.Envelope;

/** The text of a document on its way to its verdict, or a takedown of texts that wait there. */
public final class Text {

  /** Where it waits, see {@link Shards}. */
  public int shard;

  /** Null: the takedown is of texts that wait. */
  public Envelope document;

  /** Version of the takedown that asks for the document; 0: none does. */
  public int takedown;

  /** What the takedown asks for, see {@code Subject.toString}. */
  public String subject = "";

  static Text of(int shard, Envelope document) {
    var text = new Text();
    text.shard = shard;
    text.document = document;
    return text;
  }

  static Text takedown(int shard, int version, String subject) {
    Text text = of(shard, null);
    text.takedown = version;
    text.subject = subject;
    return text;
  }
}
