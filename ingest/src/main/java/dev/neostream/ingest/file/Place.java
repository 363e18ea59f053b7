package dev.neostream.ingest.file;

import java.util.List;

/**
 * Where reading of an input goes on, so that a restart need not read it again from its start. It
 * means something only to the reader that gave it.
 *
 * @param file path of the file relative to the input; empty unless the input is a folder
 * @param offset byte offset (segment of a compressed file), entry or row group; of a topic the
 *     partition whose turn it is
 * @param depth bytes or rows behind that offset that must be read again and are not returned
 * @param number records, lines or entries of the file before the place
 * @param rereadable what is left of the reader's budget in bytes, negative for all of it: what it
 *     may still read again to find records behind damage, or what a Parquet file or a zip archive
 *     may still give out
 * @param identity the file as it was when its reading began
 * @param problem why the rest of the input is not read; empty while it is
 * @param offsets next offset of each partition of a topic; empty for anything else
 */
public record Place(
    String file,
    long offset,
    long depth,
    long number,
    long rereadable,
    FileIdentity identity,
    String problem,
    List<Long> offsets) {

  /** The start of any file. */
  public static final Place START = new Place("", 0, 0, 0, -1);

  /** Behind the last record of any file. */
  public static final Place END = new Place("", Long.MAX_VALUE, 0, 0, 0);

  public Place {
    offsets = List.copyOf(offsets);
  }

  /** A place in a file that is not looked at. */
  public Place(String file, long offset, long depth, long number, long rereadable) {
    this(file, offset, depth, number, rereadable, FileIdentity.UNKNOWN, "", List.of());
  }

  /** Returns the end of an input whose rest is gone. */
  public static Place gone(String problem) {
    return new Place("", END.offset, 0, 0, 0, FileIdentity.UNKNOWN, problem, List.of());
  }

  /**
   * Returns a place in a topic.
   *
   * @param turn partition whose turn it is
   * @param number records before the place
   * @param offsets next offset of each partition
   */
  public static Place inPartitions(int turn, long number, List<Long> offsets) {
    return new Place("", turn, 0, number, 0, FileIdentity.UNKNOWN, "", offsets);
  }

  /** Returns whether nothing is left to read here. */
  public boolean isEnd() {
    return offset == END.offset;
  }

  /** Returns this place in the given file of a folder. */
  public Place in(String file) {
    return new Place(file, offset, depth, number, rereadable, identity, problem, offsets);
  }

  /** Returns this place in a file of that identity. */
  public Place of(FileIdentity identity) {
    return new Place(file, offset, depth, number, rereadable, identity, problem, offsets);
  }
}
