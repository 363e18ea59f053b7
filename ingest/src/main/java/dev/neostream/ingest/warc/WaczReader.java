package dev.neostream.ingest.warc;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import dev.neostream.ingest.file.ZipDirectory;
import dev.neostream.ingest.file.ZipDirectory.Entry;
import dev.neostream.ingest.segment.ReadFailure;
import dev.neostream.ingest.segment.StorageFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * Reads the web archives inside a WACZ (Web Archive Collection Zipped, 1.1.1): the entries of its
 * folder {@code archive/}, in the order they lie in the file. Indexes and lists of pages say the
 * same again and are not records.
 *
 * <p>The archives are stored, not compressed once more, as the format asks; they are read where
 * they lie. So the offset of an item is that in the file, and a place tells which archive it is in.
 */
public final class WaczReader implements RecordReader {

  private static final String FOLDER = "archive/";

  private final Origin origin;
  private final Path path;
  private Place place;
  private List<Entry> entries;
  private int entry;
  private WarcRecordReader archive;

  /** Opens a file at its start, or where an earlier reader of it stopped. */
  public WaczReader(Origin origin, Path path, Place from) {
    this.origin = origin;
    this.path = path;
    this.place = from;
  }

  @Override
  public Optional<Item> next() throws IOException {
    if (place.equals(Place.END)) {
      return Optional.empty();
    }
    if (entries == null) {
      try {
        open();
      } catch (ZipException | EOFException e) {
        place = Place.END;
        return Optional.of(origin.broken("", 0, "archive.syntax", e, "a readable zip directory"));
      }
    }
    for (; entry < entries.size(); entry++) {
      Optional<Item> item = read(entries.get(entry));
      if (item.isPresent()) {
        return item;
      }
      close();
      place = Place.START;
    }
    place = Place.END;
    return Optional.empty();
  }

  /** Finds the archives, and the one in which reading begins. */
  private void open() throws IOException {
    try (var file = new StorageFile(path)) {
      entries =
          ZipDirectory.entries(file, FOLDER).stream().filter(e -> !e.name().endsWith("/")).toList();
    }
    while (entry + 1 < entries.size() && entries.get(entry + 1).start() < place.offset()) {
      entry++;
    }
  }

  /** Returns the next item of an archive, or nothing behind its last. */
  private Optional<Item> read(Entry packed) throws IOException {
    if (archive == null) {
      if (packed.start() < place.offset() && place.depth() < 0) {
        return Optional.empty(); // it was rejected as a whole
      }
      Optional<Item> problem = open(packed);
      if (problem.isPresent()) {
        place = new Place("", packed.start() + 1, -1, 1, 0);
        return problem;
      }
    }
    Optional<Item> item = archive.next();
    place = archive.place();
    return item;
  }

  private Optional<Item> open(Entry packed) throws IOException {
    if (packed.overlapping() || !packed.stored()) {
      return Optional.of(
          broken(
              packed,
              packed.stored() ? "shares its bytes with another entry" : "compressed",
              packed.stored() ? "entries that do not overlap" : "a stored entry"));
    }
    try (var file = new StorageFile(path)) {
      long start = packed.content(file);
      Place from = place.equals(Place.START) ? new Place("", start, 0, 0, -1) : place;
      archive =
          new WarcRecordReader(
              origin, new StorageFile(path, start, start + packed.bytes()), packed.name(), from);
      return Optional.empty();
    } catch (ReadFailure e) {
      throw e;
    } catch (IOException e) {
      return Optional.of(broken(packed, Origin.said(e), "an intact entry"));
    }
  }

  private Item.Broken broken(Entry packed, String value, String threshold) {
    return origin.broken(packed.name(), packed.start(), "archive.entry", value, threshold);
  }

  @Override
  public void abandon() throws IOException {
    if (archive != null) {
      archive.abandon();
      place = archive.place();
    }
  }

  @Override
  public Place place() {
    return place;
  }

  @Override
  public void close() throws IOException {
    if (archive != null) {
      archive.close();
      archive = null;
    }
  }
}
