package dev.neostream.ingest.file;

import dev.neostream.schemas.Envelope;

/** What was read, in the form in which it goes through a run's stages. */
public final class Envelopes {

  private Envelopes() {}

  /**
   * Returns where a record comes from, without what it holds.
   *
   * @param id DocumentId
   */
  public static Envelope origin(String id, Item item) {
    var origin = new Envelope();
    origin.id = id;
    origin.ordinal = -1;
    origin.source = item.source();
    origin.url = item.url();
    origin.file = item.file();
    origin.offset = item.offset();
    origin.domain = item instanceof Item.Document document ? document.domain().orElse("") : "";
    origin.language = "";
    return origin;
  }
}
