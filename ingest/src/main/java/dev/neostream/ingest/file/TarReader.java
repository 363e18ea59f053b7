package dev.neostream.ingest.file;

import dev.neostream.ingest.segment.ReadFailure;
import dev.neostream.ingest.segment.SegmentInput;
import dev.neostream.ingest.segment.StorageFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipException;

/**
 * Reads the pages and source files inside a tar archive, plain, {@code .gz} or {@code .zst}, in
 * their order: POSIX ustar and pax (IEEE 1003.1, pax), and GNU's long names.
 *
 * <p>What is no regular file, and entries that are hidden or whose suffix {@link MediaTypes} does
 * not list, are not records. A damaged header ends the archive: where the next one starts is not
 * known behind it. The offset of an item counts all headers, from 0. A place is the offset of a
 * header; in compressed files that of the member or frame it is in, and the depth in it, which a
 * restart decompresses without looking at it.
 */
public final class TarReader implements RecordReader {

  private static final int BLOCK = 512;

  /** Longest name and longest set of pax fields. */
  private static final int MAX_EXTENSION_BYTES = 1 << 20;

  private final Origin origin;
  private final SegmentInput in;
  private final byte[] header = new byte[BLOCK];
  private long number;
  private boolean done;

  /** Opens a file at its start, or where an earlier reader of it stopped. */
  public TarReader(Origin origin, Path path, Place from) throws IOException {
    this.origin = origin;
    String name = origin.file().toLowerCase(Locale.ROOT);
    this.in =
        new SegmentInput(
            new StorageFile(path),
            name.endsWith(".tgz") ? ".gz" : name,
            from.offset(),
            from.depth());
    this.number = from.number();
    this.done = from.equals(Place.END);
  }

  @Override
  public Optional<Item> next() throws IOException {
    try {
      while (!done) {
        Optional<Item> item = readEntry();
        if (item.isPresent()) {
          return item;
        }
      }
      return Optional.empty();
    } catch (ReadFailure e) {
      throw e;
    } catch (IOException e) {
      done = true;
      return Optional.of(origin.broken("", number, "archive.syntax", e, "an intact archive"));
    }
  }

  @Override
  public Place place() {
    return done ? Place.END : new Place("", in.offset(), in.depth(), number, 0);
  }

  /** Reads an entry with the headers that extend it; nothing if it is not a record. */
  private Optional<Item> readEntry() throws IOException {
    String name = "";
    long size = -1;
    while (true) {
      if (!in.bytes().hasRemaining() && name.isEmpty() && number > 0) {
        done = true; // some writers leave the empty blocks at the end out
        return Optional.empty();
      }
      in.readFully(header, 0, BLOCK);
      if (isZero()) {
        done = true;
        return Optional.empty();
      }
      requireChecksum();
      long offset = number++;
      long length = number(124, 12);
      switch (header[156]) {
        case 'L' -> {
          byte[] extension = readExtension(length);
          name = text(extension, 0, extension.length);
        }
        case 'x' -> {
          byte[] extension = readExtension(length);
          name = pax(extension, "path").orElse(name);
          size = pax(extension, "size").map(TarReader::decimal).orElse(-1L);
        }
        case 'K', 'g' -> readExtension(length);
        default -> {
          length = size >= 0 ? size : length;
          return readContent(name.isEmpty() ? headerName() : name, offset, length);
        }
      }
    }
  }

  private Optional<Item> readContent(String name, long offset, long length) throws IOException {
    boolean regular = header[156] == '0' || header[156] == 0 || header[156] == '7';
    Optional<String> mediaType = regular ? MediaTypes.ofEntry(name) : Optional.empty();
    boolean fits = length <= Item.MAX_PAYLOAD_BYTES;
    byte[] payload = mediaType.isPresent() && fits ? readBlocks(length) : new byte[0];
    if (mediaType.isEmpty() || !fits) {
      // Links and devices may state the size of what they stand for, but hold nothing.
      in.skip(header[156] >= '1' && header[156] <= '6' ? 0 : blocks(length));
    }
    if (regular && MediaTypes.holdsRecords(name)) {
      return Optional.of(origin.packed(name, offset));
    }
    return mediaType.map(
        type ->
            fits ? origin.document(name, offset, type, payload) : origin.tooLarge(name, offset));
  }

  private byte[] readExtension(long length) throws IOException {
    if (length > MAX_EXTENSION_BYTES) {
      throw new ZipException(
          "header extension must have at most " + MAX_EXTENSION_BYTES + " bytes: n=" + length);
    }
    return readBlocks(length);
  }

  private byte[] readBlocks(long length) throws IOException {
    byte[] bytes = new byte[(int) length];
    in.readFully(bytes, 0, bytes.length);
    in.skip(blocks(length) - length);
    return bytes;
  }

  private static long blocks(long length) {
    return (length + BLOCK - 1) / BLOCK * BLOCK;
  }

  private boolean isZero() {
    for (byte b : header) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private void requireChecksum() throws IOException {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    if (number(148, 8) != sum) {
      throw new ZipException("tar header must match its checksum: header=" + number);
    }
  }

  /** Reads a number: octal digits, or binary if the first bit is set. */
  private long number(int from, int length) throws IOException {
    long value = 0;
    if (header[from] < 0) {
      value = header[from] & 0x3f;
      for (int i = 1; i < length; i++) {
        value = value << 8 | header[from + i] & 0xff;
      }
    } else {
      for (int i = from; i < from + length; i++) {
        if (header[i] >= '0' && header[i] <= '7') {
          value = value << 3 | header[i] - '0';
        }
      }
    }
    if (value < 0 || value >= 1L << 60) {
      throw new ZipException("tar numbers must be from 0 to 2^60: value=" + value);
    }
    return value;
  }

  private String headerName() {
    String name = text(header, 0, 100);
    boolean posix = text(header, 257, 6).equals("ustar");
    String prefix = posix ? text(header, 345, 155) : "";
    return prefix.isEmpty() || header[262] != 0 ? name : prefix + "/" + name;
  }

  private static String text(byte[] bytes, int from, int length) {
    int end = from;
    while (end < from + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }

  /** Returns the last value of a pax field; each is {@code length name=value} and a line feed. */
  private static Optional<String> pax(byte[] fields, String name) throws IOException {
    Optional<String> value = Optional.empty();
    for (int start = 0; start < fields.length && fields[start] != 0; ) {
      int space = start;
      int length = 0;
      while (space < fields.length && fields[space] >= '0' && fields[space] <= '9') {
        length = Math.min(length * 10 + fields[space++] - '0', MAX_EXTENSION_BYTES + 1);
      }
      int end = start + length;
      if (end > fields.length || end <= space + 1) {
        throw new ZipException("pax field must have a length inside its header: length=" + length);
      }
      String field = new String(fields, space + 1, end - space - 2, StandardCharsets.UTF_8);
      if (field.startsWith(name + "=")) {
        value = Optional.of(field.substring(name.length() + 1));
      }
      start = end;
    }
    return value;
  }

  private static long decimal(String text) {
    return text.matches("\\d{1,17}") ? Long.parseLong(text) : -1;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
