package dev.neostream.ingest.file;

import java.util.Optional;

/** Stands for a file whose suffix is not supported: one broken item. */
public final class UnsupportedFile implements RecordReader {

  private final Origin origin;
  private boolean done;

  /** Opens a file at its start, or where an earlier reader of it stopped. */
  public UnsupportedFile(Origin origin, Place from) {
    this.origin = origin;
    this.done = from.equals(Place.END);
  }

  @Override
  public Optional<Item> next() {
    if (done) {
      return Optional.empty();
    }
    done = true;
    String name = origin.file().substring(origin.file().lastIndexOf('/') + 1);
    return Optional.of(origin.broken(origin.file(), 0, "file.suffix", name, "a supported suffix"));
  }

  @Override
  public Place place() {
    return done ? Place.END : Place.START;
  }

  @Override
  public void close() {}
}
