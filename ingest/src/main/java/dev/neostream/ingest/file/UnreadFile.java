package dev.neostream.ingest.file;

import java.util.Optional;

/** Stands for a file that is not read: one broken item that says why. */
public final class UnreadFile implements RecordReader {

  private final Item.Broken item;
  private boolean done;

  private UnreadFile(Origin origin, String reason, String value, String threshold, Place from) {
    this.item = origin.broken(origin.file(), 0, reason, value, threshold);
    this.done = from.equals(Place.END);
  }

  /**
   * Stands for a file whose suffix is not supported.
   *
   * @param from the file's start, or where an earlier reader of it stopped
   */
  public static UnreadFile unsupported(Origin origin, Place from) {
    String name = origin.file().substring(origin.file().lastIndexOf('/') + 1);
    return new UnreadFile(origin, "file.suffix", name, "a supported suffix", from);
  }

  /**
   * Stands for a link that is not followed.
   *
   * @param leads where to, in words
   */
  public static UnreadFile link(Origin origin, String leads, Place from) {
    return new UnreadFile(origin, "file.link", leads, "a file of the same folder", from);
  }

  /** Stands for what is neither a file nor a folder, such as a pipe. */
  public static UnreadFile special(Origin origin, Place from) {
    return new UnreadFile(origin, "file.special", "neither file nor folder", "a file", from);
  }

  /** Stands for a file that is gone, or may no longer be read. */
  public static UnreadFile missing(Origin origin, Place from) {
    return new UnreadFile(origin, "file.missing", "gone or unreadable", "a readable file", from);
  }

  @Override
  public Optional<Item> next() {
    if (done) {
      return Optional.empty();
    }
    done = true;
    return Optional.of(item);
  }

  @Override
  public Place place() {
    return done ? Place.END : Place.START;
  }

  @Override
  public void close() {}
}
