package dev.neostream.ingest.warc;

import dev.neostream.ingest.file.StorageFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Stretches of a file in each of which records lie back to back. A record does not cross the end of
 * its segment.
 */
interface Segments extends Closeable {

  /**
   * Opens the segments of a file. It is plain if it starts with a letter, as every record does, or
   * if neither its first byte nor its name says gzip: damage to the first byte must not cost the
   * file.
   */
  static Segments of(StorageFile file, String name) throws IOException {
    var first = ByteBuffer.allocate(1);
    file.read(first);
    file.seek(0);
    boolean gzip =
        first.get(0) == GzipMembers.MAGIC_1
            || name.endsWith(".gz") && !Character.isLetter(first.get(0));
    return gzip ? new GzipMembers(file) : new PlainFile(file);
  }

  /** Goes on to the next segment; false at the end of the file. */
  boolean advance() throws IOException;

  /**
   * Goes to where a record behind a damaged one may be found, never back to that record's start.
   *
   * @param offset what {@link #offset} said at the start of the damaged record
   * @param buffer bytes read but not used yet; emptied if they are passed over
   * @return true if the segment goes on, at any place in a line; false if it is over and {@link
   *     #advance} leads to the next sound one
   */
  boolean recover(long offset, ByteBuffer buffer) throws IOException;

  /**
   * Reads some bytes of the segment; returns their number, or -1 at its end.
   *
   * @throws java.io.EOFException if the file ends inside the segment
   * @throws java.util.zip.ZipException if the segment is damaged
   */
  int read(ByteBuffer buffer) throws IOException;

  /**
   * Place in the file that finds the next record again: its own offset, or that of its gzip member.
   *
   * @param unread bytes read but not used yet
   */
  long offset(int unread);
}
