package dev.neostream.ingest;

import dev.neostream.ingest.file.FileIdentity;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads a file of a watched folder, which others may delete or write anew at any time. Where it is
 * no longer what it was when its reading began, its rest is one broken item and the input ends
 * there, with the reason in its {@link Place#problem}: nobody can bring the rest back, and a run
 * that insisted on it would end at every start. What was read before stays as it is; what the file
 * holds now is an input of its own, see {@link WatchedFolder}.
 */
final class WatchedFileReader implements RecordReader {

  private final Path folder;
  private final Origin origin;
  private final Path path;
  private FileIdentity began;
  private Optional<RecordReader> reader = Optional.empty();
  private Optional<Item> rest = Optional.empty();
  private Place end;

  /**
   * @param folder the watched folder itself, no link to it
   * @param from the file's start, or where an earlier reader of it stopped
   * @throws IOException if the storage fails
   */
  WatchedFileReader(Path folder, Origin origin, Path path, Place from) throws IOException {
    this.folder = folder;
    this.origin = origin;
    this.path = path;
    this.began = from.identity();
    this.end = from;
    if (from.isEnd()) {
      return;
    }
    try {
      if (!isGone()) {
        if (began.equals(FileIdentity.UNKNOWN) && FolderReader.isRead(folder, path)) {
          began = FileIdentity.of(path);
        }
        reader = Optional.of(FolderReader.open(folder, origin, path, from));
      }
    } catch (IOException e) {
      requireGone(e);
    }
  }

  @Override
  public Optional<Item> next() throws IOException {
    if (reader.isPresent()) {
      try {
        return reader.get().next();
      } catch (IOException e) {
        requireGone(e);
        close();
      }
    }
    Optional<Item> item = rest;
    rest = Optional.empty();
    return item;
  }

  /** Passes a failure on unless the file is gone, which explains it. */
  private void requireGone(IOException failure) throws IOException {
    if (!isGone()) {
      throw failure;
    }
  }

  /** Whether the file is no longer there, or no longer the one whose reading began. */
  private boolean isGone() throws IOException {
    if (!Files.isReadable(path) && !Files.isSymbolicLink(path)) {
      leave("file.missing", "gone or unreadable", "a readable file");
      return true;
    }
    if (!FolderReader.isRead(folder, path)) {
      // Not even its ends are looked at. What nothing was read of is left to the folder's rules.
      boolean isRead = !began.equals(FileIdentity.UNKNOWN);
      if (isRead) {
        leave("file.changed", "no file or a link that is not followed", expected());
      }
      return isRead;
    }
    FileIdentity now = FileIdentity.of(path);
    boolean isOther = began.isOther(now);
    if (isOther) {
      leave("file.changed", now.toString(), expected());
    }
    return isOther;
  }

  private String expected() {
    return "as when its reading began: " + began;
  }

  private void leave(String reason, String value, String threshold) {
    rest = Optional.of(origin.broken(origin.file(), 0, reason, value, threshold));
    end = Place.gone(reason + ": " + value + ", not " + threshold);
  }

  @Override
  public Place place() {
    return reader.map(RecordReader::place).orElse(end);
  }

  @Override
  public void close() throws IOException {
    if (reader.isPresent()) {
      reader.get().close();
      reader = Optional.empty();
    }
  }
}
