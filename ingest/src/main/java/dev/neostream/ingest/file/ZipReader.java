package dev.neostream.ingest.file;

import dev.neostream.ingest.segment.Growth;
import dev.neostream.ingest.segment.StorageFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Enumeration;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Reads the pages and source files inside a zip or jar, in the order of its directory.
 *
 * <p>Entries whose suffix {@link MediaTypes} does not list (classes, style sheets, images), and
 * hidden ones, are not records: nobody offers them as documents. The offset of an item counts all
 * entries, from 0, and so does a place. Entries that share bytes are refused, and what all of them
 * give out is bounded by the size of the archive.
 */
public final class ZipReader implements RecordReader {

  private final Origin origin;
  private final Path path;
  private final long first;
  private final long left;
  private ZipFile zip;
  private BitSet overlapping;
  private Growth growth;
  private Enumeration<? extends ZipEntry> entries;
  private long number;
  private boolean done;

  /** Opens a file at its start, or where an earlier reader of it stopped. */
  public ZipReader(Origin origin, Path path, Place from) {
    this.origin = origin;
    this.path = path;
    this.first = from.offset();
    this.left = from.rereadable();
    this.done = from.equals(Place.END);
  }

  @Override
  public Optional<Item> next() throws IOException {
    if (done) {
      return Optional.empty();
    }
    if (zip == null) {
      try {
        open();
      } catch (ZipException | EOFException e) {
        close();
        done = true;
        return Optional.of(origin.broken("", 0, "archive.syntax", e, "a readable zip directory"));
      }
      entries = zip.entries();
    }
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      long offset = number++;
      Optional<String> mediaType = MediaTypes.ofEntry(entry.getName());
      if (offset >= first && !entry.isDirectory() && mediaType.isPresent()) {
        return Optional.of(read(entry, offset, mediaType.get()));
      }
      if (offset >= first && MediaTypes.holdsRecords(entry.getName())) {
        return Optional.of(origin.packed(entry.getName(), offset));
      }
    }
    done = true;
    return Optional.empty();
  }

  @Override
  public Place place() {
    return done
        ? Place.END
        : new Place("", Math.max(first, number), 0, number, growth == null ? left : growth.left());
  }

  private void open() throws IOException {
    zip = new ZipFile(path.toFile());
    try (var file = new StorageFile(path)) {
      overlapping = ZipDirectory.overlapping(file);
      growth = new Growth(file.size(), left);
    }
  }

  private Item read(ZipEntry entry, long offset, String mediaType) throws IOException {
    if (overlapping.get((int) offset)) {
      return origin.broken(
          entry.getName(),
          offset,
          "archive.entry",
          "shares its bytes with another entry",
          "entries that do not overlap");
    }
    try (InputStream in = zip.getInputStream(entry)) {
      growth.spend(1); // once nothing is left, nothing is inflated
      byte[] payload = in.readNBytes(Item.MAX_PAYLOAD_BYTES + 1);
      growth.spend(payload.length);
      if (payload.length > Item.MAX_PAYLOAD_BYTES) {
        return origin.tooLarge(entry.getName(), offset);
      }
      requireChecksum(entry, payload);
      return origin.document(entry.getName(), offset, mediaType, payload);
    } catch (ZipException | EOFException e) {
      return origin.broken(entry.getName(), offset, "archive.entry", e, "an intact entry");
    }
  }

  /** {@link ZipFile} leaves this to its callers. */
  private static void requireChecksum(ZipEntry entry, byte[] payload) throws ZipException {
    var crc = new CRC32();
    crc.update(payload);
    if (crc.getValue() != entry.getCrc()) {
      throw new ZipException(
          "checksum must be "
              + Long.toHexString(entry.getCrc())
              + ": crc32="
              + Long.toHexString(crc.getValue()));
    }
  }

  @Override
  public void close() throws IOException {
    if (zip != null) {
      zip.close();
    }
  }
}
