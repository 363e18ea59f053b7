package dev.neostream.ops.file;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Licence;
import dev.neostream.ops.Json;
import dev.neostream.schemas.Envelope;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Records to clean, one after the other. Not thread-safe. */
public interface Documents extends AutoCloseable {

  /**
   * A record.
   *
   * @param id DocumentId, as the stream would give it
   */
  record Entry(String id, Item item) {

    /** Whether this is the record with an id, a url or an own id in its line. */
    public boolean isNamed(String name) {
      return id.equals(name)
          || item.url().equals(name)
          || item.ownId().equals(name)
          || item.ownId().equals(Json.of(name));
    }

    /** Returns the document in the form that cleaning takes. */
    public Envelope envelope() {
      var document = (Item.Document) item;
      var raw = new Envelope();
      raw.id = id;
      raw.source = document.source();
      raw.url = document.url();
      raw.file = document.file();
      raw.offset = document.offset();
      raw.mediaType = document.mediaType();
      raw.charset = document.charset().orElse("");
      raw.domain = document.domain().orElse("");
      raw.licence = Licence.of(document.attributes());
      raw.language = "";
      raw.crawledAt = document.crawledAtMillis();
      raw.body = document.payload();
      return raw;
    }
  }

  /** Returns the names of the files that are known to be read, whether they hold records or not. */
  default List<String> files() {
    return List.of();
  }

  /** Returns the next record, or nothing at the end. */
  Optional<Entry> next() throws IOException;

  @Override
  void close() throws IOException;
}
