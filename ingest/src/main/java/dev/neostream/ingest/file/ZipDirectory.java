package dev.neostream.ingest.file;

import dev.neostream.ingest.segment.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.ZipException;

/**
 * Where the entries of a zip archive lie, which {@link java.util.zip.ZipFile} does not tell: its
 * central directory (PKWARE APPNOTE.TXT 6.3, section 4.3.12; for zip64 4.3.14 and 4.5.3).
 *
 * <pre>
 *   entries ... | directory: one header an entry | [zip64 end, its locator] | end, comment
 * </pre>
 */
public final class ZipDirectory {

  private static final int HEADER = 0x02014b50;
  private static final int LOCAL_HEADER = 0x04034b50;
  private static final int HEADER_BYTES = 46;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int MAX_COMMENT_BYTES = 0xffff;
  private static final int ZIP64_END = 0x06064b50;
  private static final int ZIP64_LOCATOR = 0x07064b50;
  private static final int ZIP64_LOCATOR_BYTES = 20;
  private static final int ZIP64_END_BYTES = 56;
  private static final long IN_ZIP64 = 0xffffffffL;

  /** Two million entries; as much is held while the archive is opened. */
  private static final int MAX_BYTES = 128 << 20;

  private ZipDirectory() {}

  /**
   * An entry as the directory describes it.
   *
   * @param start offset of its own header
   * @param bytes how many it takes behind that header
   * @param stored whether those are what it holds, not compressed
   * @param overlapping whether it shares bytes of the archive with another entry
   */
  public record Entry(String name, long start, long bytes, boolean stored, boolean overlapping) {

    /**
     * Returns the offset of its content, behind its header.
     *
     * @throws ZipException if there is no such header
     * @throws IOException if the storage fails
     */
    public long content(StorageFile file) throws IOException {
      ByteBuffer header = read(file, start, LOCAL_HEADER_BYTES);
      if (header.limit() < LOCAL_HEADER_BYTES || header.getInt(0) != LOCAL_HEADER) {
        throw new ZipException("zip entry must start with its header: name=" + name);
      }
      int nameBytes = header.getShort(26) & 0xffff;
      int extra = header.getShort(28) & 0xffff;
      return start + LOCAL_HEADER_BYTES + nameBytes + extra;
    }
  }

  /**
   * @param at where it stands in the directory
   */
  private record Header(int at, int nameBytes, long start, long bytes) {}

  /**
   * Returns the numbers of the entries, from 0, that share bytes of the archive with another one.
   * No archiver writes such; a few kilobytes can make them stand for terabytes.
   *
   * @throws ZipException if the directory is damaged
   * @throws IOException if the storage fails
   */
  static BitSet overlapping(StorageFile file) throws IOException {
    ByteBuffer directory = directory(file);
    int most = directory.limit() / HEADER_BYTES;
    long[] starts = new long[most];
    long[] ends = new long[most];
    int count = 0;
    while (directory.hasRemaining()) {
      Header header = next(directory, count);
      starts[count] = header.start;
      ends[count] = header.start + LOCAL_HEADER_BYTES + header.nameBytes + header.bytes;
      count++;
    }
    return overlapping(starts, ends, count);
  }

  /**
   * Returns the entries whose name starts with a prefix, in the order of the file.
   *
   * @throws ZipException if the directory is damaged
   * @throws IOException if the storage fails
   */
  public static List<Entry> entries(StorageFile file, String prefix) throws IOException {
    BitSet overlapping = overlapping(file);
    ByteBuffer directory = directory(file);
    var entries = new ArrayList<Entry>();
    for (int number = 0; directory.hasRemaining(); number++) {
      Header header = next(directory, number);
      byte[] name = new byte[header.nameBytes];
      directory.get(header.at + HEADER_BYTES, name);
      String text = new String(name, StandardCharsets.UTF_8);
      if (text.startsWith(prefix)) {
        boolean stored = directory.getShort(header.at + 10) == 0;
        boolean shares = overlapping.get(number);
        entries.add(new Entry(text, header.start, header.bytes, stored, shares));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::start));
    return entries;
  }

  /**
   * Goes behind a header of the directory and returns what it says.
   *
   * @throws ZipException if it is damaged
   */
  private static Header next(ByteBuffer directory, int number) throws ZipException {
    int at = directory.position();
    if (directory.remaining() < HEADER_BYTES || directory.getInt(at) != HEADER) {
      throw new ZipException("zip directory must hold headers: entry=" + number);
    }
    int name = directory.getShort(at + 28) & 0xffff;
    int extra = directory.getShort(at + 30) & 0xffff;
    int comment = directory.getShort(at + 32) & 0xffff;
    int next = at + HEADER_BYTES + name + extra + comment;
    if (next > directory.limit()) {
      throw new ZipException("zip directory must hold whole headers: entry=" + number);
    }
    long[] sizeAndOffset = {
      directory.getInt(at + 20) & IN_ZIP64, directory.getInt(at + 42) & IN_ZIP64
    };
    boolean plainSizeInZip64 = (directory.getInt(at + 24) & IN_ZIP64) == IN_ZIP64;
    readZip64(
        directory.slice(at + HEADER_BYTES + name, extra).order(ByteOrder.LITTLE_ENDIAN),
        plainSizeInZip64,
        sizeAndOffset);
    directory.position(next);
    return new Header(at, name, sizeAndOffset[1], sizeAndOffset[0]);
  }

  private static BitSet overlapping(long[] starts, long[] ends, int count) {
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted(Comparator.comparingLong(i -> starts[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    var overlapping = new BitSet(count);
    int farthest = -1;
    for (int i : order) {
      if (farthest >= 0 && starts[i] < ends[farthest]) {
        overlapping.set(i);
        overlapping.set(farthest);
      }
      farthest = farthest < 0 || ends[i] > ends[farthest] ? i : farthest;
    }
    return overlapping;
  }

  /** Replaces what the header leaves to its extra field; that holds only what is left to it. */
  private static void readZip64(ByteBuffer extra, boolean plainSize, long[] sizeAndOffset) {
    while (extra.remaining() >= 4) {
      int id = extra.getShort() & 0xffff;
      int length = Math.min(extra.getShort() & 0xffff, extra.remaining());
      ByteBuffer field = extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      extra.position(extra.position() + length);
      if (id == 1) {
        field.position(plainSize ? Math.min(Long.BYTES, length) : 0);
        for (int i = 0; i < 2; i++) {
          if (sizeAndOffset[i] == IN_ZIP64 && field.remaining() >= Long.BYTES) {
            sizeAndOffset[i] = Math.max(0, Math.min(field.getLong(), Long.MAX_VALUE >> 2));
          }
        }
      }
    }
  }

  private static ByteBuffer directory(StorageFile file) throws IOException {
    int tailBytes = (int) Math.min(file.size(), END_BYTES + MAX_COMMENT_BYTES);
    long tailStart = file.size() - tailBytes;
    ByteBuffer tail = read(file, tailStart, tailBytes);
    // A comment may look like an end; the last one with a directory in front of it counts.
    for (int at = tail.limit() - END_BYTES; at >= 0; at--) {
      if (tail.getInt(at) == END) {
        long end = tailStart + at;
        long size = tail.getInt(at + 12) & IN_ZIP64;
        long zip64 = zip64End(file, end);
        if (zip64 >= 0) {
          end = zip64;
          size = read(file, zip64, ZIP64_END_BYTES).getLong(40);
        }
        if (size == 0 || size > 0 && size <= end && startsWithHeader(file, end - size)) {
          if (size > MAX_BYTES) {
            throw new ZipException(
                "zip directory must have at most " + MAX_BYTES + " bytes: n=" + size);
          }
          return read(file, end - size, (int) size);
        }
      }
    }
    throw new ZipException("zip archive must end with its directory");
  }

  private static boolean startsWithHeader(StorageFile file, long at) throws IOException {
    return read(file, at, Integer.BYTES).getInt(0) == HEADER;
  }

  /** Returns where the zip64 end is that stands in front of an end; negative if there is none. */
  private static long zip64End(StorageFile file, long end) throws IOException {
    long locator = end - ZIP64_LOCATOR_BYTES;
    if (locator < ZIP64_END_BYTES
        || read(file, locator, ZIP64_LOCATOR_BYTES).getInt(0) != ZIP64_LOCATOR) {
      return -1;
    }
    // It stands right in front of its locator, unless it holds data of a kind nobody writes.
    long at = locator - ZIP64_END_BYTES;
    return read(file, at, ZIP64_END_BYTES).getInt(0) == ZIP64_END ? at : -1;
  }

  private static ByteBuffer read(StorageFile file, long from, int bytes) throws IOException {
    file.seek(from);
    return ByteBuffer.wrap(file.read(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
