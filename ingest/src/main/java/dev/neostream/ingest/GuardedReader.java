package dev.neostream.ingest;

import dev.neostream.ingest.file.FileIdentity;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads a file of which a record may take all of the stack or the memory: such a record is a broken
 * item, and not the end of a run that would meet it again at every restart. A file without any
 * record is a broken item as well, so that none that was read goes unmentioned.
 *
 * <p>Every file is read through one, so that readers need not think of it. They bound what they
 * allocate and how deep they go; this is for what they overlook. Where a reader knows no way past
 * the record it would meet it again, so the rest of the file is part of the broken item.
 */
final class GuardedReader implements RecordReader {

  private final Origin origin;
  private final RecordReader reader;
  private final FileIdentity identity;
  private boolean stuck;
  private boolean unmentioned;

  /**
   * @param from where the reader begins
   * @param identity of the file
   */
  GuardedReader(Origin origin, RecordReader reader, Place from, FileIdentity identity) {
    this.origin = origin;
    this.reader = reader;
    this.identity = identity;
    this.unmentioned = from.equals(Place.START);
  }

  @Override
  public Optional<Item> next() throws IOException {
    if (stuck) {
      return Optional.empty();
    }
    boolean first = unmentioned;
    unmentioned = false;
    Place before = reader.place();
    try {
      Optional<Item> item = reader.next();
      return first && item.isEmpty()
          ? Optional.of(origin.broken("", 0, "file.empty", "no record", "at least one record"))
          : item;
    } catch (StackOverflowError | OutOfMemoryError e) {
      stuck = !leave(before);
      return Optional.of(
          origin.broken(
              "",
              before.offset(),
              "file.error",
              e + (stuck ? ", rest of the file" : ""),
              "a record that fits stack and memory"));
    }
  }

  /** Goes behind a record; false if there is no way. */
  private boolean leave(Place before) throws IOException {
    try {
      reader.abandon();
      Place after = reader.place();
      return after.offset() != before.offset() || after.depth() != before.depth();
    } catch (StackOverflowError | OutOfMemoryError e) {
      return false;
    }
  }

  @Override
  public Place place() {
    Place at = stuck ? Place.END : reader.place();
    return at.equals(Place.START) ? at : at.of(identity);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
