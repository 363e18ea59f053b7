package dev.neostream.ops.file;

import dev.neostream.ingest.file.Envelopes;
import dev.neostream.ingest.file.Item;
import dev.neostream.ops.Json;
import dev.neostream.schemas.Envelope;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
      return envelope(Set.of());
    }

    /**
     * Returns the document in the form that cleaning takes.
     *
     * @param fields further fields of its record that cleaning asks for
     */
    public Envelope envelope(Set<String> fields) {
      return Envelopes.of(Envelopes.raw(id, 0, (Item.Document) item), fields);
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
