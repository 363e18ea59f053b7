package dev.neostream.ingest.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Tells a file from what it is after a change, for the price of two short reads. A change in the
 * middle that leaves the size as it was goes unseen.
 *
 * @param bytes size; -1 where nothing is known
 * @param digest CRC-32C of the first and the last 64 KiB
 */
public record FileIdentity(long bytes, long digest) {

  /** Of what is no file, or was not looked at. */
  public static final FileIdentity UNKNOWN = new FileIdentity(-1, 0);

  private static final int END_BYTES = 64 << 10;

  /**
   * Returns what a file is now; unknown for what is not a file, such as a pipe.
   *
   * @throws IOException if it cannot be read
   */
  public static FileIdentity of(Path path) throws IOException {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      return UNKNOWN;
    }
    try (FileChannel channel = FileChannel.open(path)) {
      long bytes = channel.size();
      ByteBuffer ends = ByteBuffer.allocate((int) Math.min(bytes, 2L * END_BYTES));
      ends.limit(Math.min(ends.capacity(), END_BYTES));
      read(channel, ends, 0);
      ends.limit(ends.capacity());
      read(channel, ends, Math.max(ends.position(), bytes - END_BYTES));
      var checksum = new CRC32C();
      checksum.update(ends.array(), 0, ends.position());
      return new FileIdentity(bytes, checksum.getValue());
    }
  }

  private static void read(FileChannel channel, ByteBuffer into, long from) throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int n = channel.read(into, at);
      if (n < 0) {
        return;
      }
      at += n;
    }
  }

  /** Whether a file is another than it was when reading began; false where one is not known. */
  public boolean isOther(FileIdentity now) {
    return !equals(UNKNOWN) && !now.equals(UNKNOWN) && !equals(now);
  }

  /**
   * Refuses a file that is another than it was when reading began.
   *
   * @param now what it is now
   * @throws IllegalStateException naming it and both sizes, unless one is not known
   */
  public void requireUnchanged(Path path, FileIdentity now) {
    if (isOther(now)) {
      throw new IllegalStateException(
          "a file must not change before it is read to its end: file="
              + path
              + ", read so far of="
              + this
              + ", is now="
              + now
              + "; put the earlier file back, and give the changed one another name");
    }
  }

  @Override
  public String toString() {
    return bytes + " bytes, CRC-32C " + Long.toHexString(digest);
  }
}
