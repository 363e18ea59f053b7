package dev.neostream.ingest.file;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads the records of a file in their order; the same file always gives the same items. Not
 * thread-safe.
 */
public interface RecordReader extends Closeable {

  /**
   * Returns the next record, or nothing at the end. Bad content is an {@link Item.Broken}.
   *
   * @throws IOException if the storage fails
   */
  Optional<Item> next() throws IOException;

  /**
   * Goes behind a record at which {@link #next} ran out of stack or memory, as far as this reader
   * knows a way; to be called before anything else then. Readers that are behind a record before
   * they look into it need not do anything.
   *
   * @throws IOException if the storage fails
   */
  default void abandon() throws IOException {}

  /**
   * Where reading goes on behind the last item returned: a reader of the same file opened there
   * returns the rest, item for item the same.
   */
  Place place();
}
