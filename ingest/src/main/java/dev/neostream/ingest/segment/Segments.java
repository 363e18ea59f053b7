package dev.neostream.ingest.segment;

import dev.neostream.schemas.gzip.GzipMember;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Stretches of a file one behind the other: gzip members, zstd frames, or a plain file as the only
 * one.
 *
 * <p>A place in a file is {@code (offset, depth)}: the offset of a segment and the number of its
 * bytes in front of the place. In a plain file the offset says it all and the depth is 0. Taking up
 * a file at a place reads {@code depth} bytes of one segment again and nothing before it.
 */
public interface Segments extends Closeable {

  /** First bytes of a file, as far as they tell how it is compressed. */
  int MAGIC_BYTES = 4;

  /**
   * Opens the segments of a file from a place on; {@code (0, 0)} is its start. The first bytes say
   * how it is compressed. Where they say nothing the name does, unless the file starts with a
   * letter as every web archive does: damage to the first byte must not cost the file.
   *
   * @param rereadable bytes that may be read again behind damage, negative for as many as a file of
   *     its size is given; see {@link #rereadable}
   * @throws IOException if the storage fails
   */
  static Segments of(StorageFile file, String name, long offset, long depth, long rereadable)
      throws IOException {
    var first = ByteBuffer.allocate(MAGIC_BYTES);
    while (first.hasRemaining() && file.read(first) >= 0) {}
    var rewinds = new Rewinds(rereadable < 0 ? Rewinds.budget(file.size()) : rereadable);
    boolean letter = Character.isLetter(first.get(0));
    Segments segments;
    if (ZstdFrames.isMagic(first.array()) || name.endsWith(".zst") && !letter) {
      segments = new ZstdFrames(file, rewinds, depth);
    } else if (first.get(0) == GzipMember.MAGIC_1 || name.endsWith(".gz") && !letter) {
      segments = new GzipMembers(file, rewinds, depth);
    } else {
      segments = new PlainFile(file, rewinds);
    }
    file.seek(offset);
    return segments;
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
   * Offset of the segment, or in a plain file of the next unread byte.
   *
   * @param unread bytes read but not used yet
   */
  long offset(int unread);

  /**
   * Bytes of the segment between {@link #offset} and the next unread byte.
   *
   * @param unread bytes read but not used yet
   */
  long depth(int unread);

  /** Offset of the next segment, once this one is over. */
  long next();

  /** How many bytes may still be read again to find records behind damage. */
  long rereadable();
}
