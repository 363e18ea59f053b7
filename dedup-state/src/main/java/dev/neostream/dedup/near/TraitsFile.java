package dev.neostream.dedup.near;

import dev.neostream.dedup.Fingerprint;
import dev.neostream.dedup.exact.TextHash;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A file of traits, written once from front to end, then read at any place.
 *
 * <pre>
 *   record       int length of what follows, int CRC-32 of what follows, then
 *   head         long priority, byte 1 if it has a URL, 16 bytes URL, 16 bytes text,
 *                int length of the id, the id in UTF-8
 *   fingerprint  int level, int bins, int shingles, then as many ints each
 * </pre>
 *
 * <p>Integers are big-endian. The place of a record is its offset.
 */
final class TraitsFile implements AutoCloseable {

  private static final int PREFIX = 8;
  private static final int FIXED = 8 + 1 + 16 + 16 + 4 + 12;
  private static final int BUFFER = 1 << 20;

  private final FileChannel channel;
  private ByteBuffer pending = ByteBuffer.allocate(BUFFER);
  private ByteBuffer scratch = ByteBuffer.allocate(BUFFER);
  private long length;

  /** Takes a record and its place. */
  interface Visitor {
    void visit(Traits traits, long place);
  }

  private TraitsFile(Path path, Set<OpenOption> options) throws IOException {
    channel = FileChannel.open(path, options);
    length = channel.size();
  }

  static TraitsFile temporary(Path path) throws IOException {
    return new TraitsFile(
        path,
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE));
  }

  static TraitsFile create(Path path) throws IOException {
    return new TraitsFile(
        path,
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE));
  }

  static TraitsFile open(Path path) throws IOException {
    return new TraitsFile(path, Set.of(StandardOpenOption.READ));
  }

  long length() {
    return length;
  }

  /** Returns the place of the record. */
  long append(Traits traits) {
    byte[] id = traits.id().getBytes(StandardCharsets.UTF_8);
    Fingerprint print = traits.fingerprint();
    int bytes = FIXED + id.length + 4 * (print.bins.length + print.shingles.length);
    try {
      if (pending.remaining() < PREFIX + bytes) {
        flush();
        if (pending.capacity() < PREFIX + bytes) {
          pending = ByteBuffer.allocate(PREFIX + bytes);
        }
      }
      int start = pending.position();
      pending.putInt(bytes).putInt(0).putLong(traits.priority());
      pending.put((byte) (traits.url().isPresent() ? 1 : 0));
      put(traits.url().orElse(new TextHash(0, 0)));
      put(traits.text());
      pending.putInt(id.length).put(id);
      pending.putInt(print.level).putInt(print.bins.length).putInt(print.shingles.length);
      pending.asIntBuffer().put(print.bins).put(print.shingles);
      pending.position(start + PREFIX + bytes);
      pending.putInt(start + 4, checksum(pending.array(), start + PREFIX, bytes));
      long place = length;
      length += PREFIX + bytes;
      return place;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "what is known of documents must be writable: " + e.getMessage(), e);
    }
  }

  private void put(TextHash hash) {
    pending.putLong(hash.high()).putLong(hash.low());
  }

  private void flush() throws IOException {
    pending.flip();
    while (pending.hasRemaining()) {
      channel.write(pending);
    }
    pending.clear();
  }

  /** Makes everything appended survive a crash. */
  void force() throws IOException {
    flush();
    channel.force(true);
  }

  /** Reads all records, front to end. The fingerprints of what is visited are null. */
  void forEach(Visitor visitor) throws IOException {
    for (long place = 0; place < length; ) {
      ByteBuffer record = record(place);
      long next = place + PREFIX + record.remaining();
      visitor.visit(head(record), place);
      place = next;
    }
  }

  /** Reads the fingerprint of the record at a place. */
  Fingerprint fingerprint(long place) throws IOException {
    if (pending.position() > 0) {
      flush();
    }
    ByteBuffer record = record(place);
    head(record);
    var print = new Fingerprint();
    print.level = record.getInt();
    print.bins = new int[record.getInt()];
    print.shingles = new int[record.getInt()];
    record.asIntBuffer().get(print.bins).get(print.shingles);
    return print;
  }

  private static Traits head(ByteBuffer record) {
    long priority = record.getLong();
    boolean hasUrl = record.get() == 1;
    var url = new TextHash(record.getLong(), record.getLong());
    var text = new TextHash(record.getLong(), record.getLong());
    var id = new byte[record.getInt()];
    record.get(id);
    return new Traits(
        new String(id, StandardCharsets.UTF_8),
        priority,
        hasUrl ? Optional.of(url) : Optional.empty(),
        text,
        null);
  }

  private ByteBuffer record(long place) throws IOException {
    read(place, PREFIX);
    int bytes = scratch.getInt();
    int checksum = scratch.getInt();
    if (bytes < FIXED || bytes > length - place - PREFIX) {
      throw damaged(place);
    }
    read(place + PREFIX, bytes);
    if (checksum(scratch.array(), 0, bytes) != checksum) {
      throw damaged(place);
    }
    return scratch;
  }

  private static IOException damaged(long place) {
    return new IOException("a record is damaged: offset=" + place);
  }

  private void read(long place, int bytes) throws IOException {
    if (scratch.capacity() < bytes) {
      scratch = ByteBuffer.allocate(bytes);
    }
    scratch.clear().limit(bytes);
    for (long at = place; scratch.hasRemaining(); ) {
      int read = channel.read(scratch, at);
      if (read < 0) {
        throw new EOFException("a file of documents ends too early: offset=" + at);
      }
      at += read;
    }
    scratch.flip();
  }

  private static int checksum(byte[] bytes, int from, int length) {
    var crc = new CRC32();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
