package dev.neostream.ingest;

import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import java.io.IOException;

/** Something that a run reads, in a place that can be written down. */
public interface RecordSource {

  /** Name that enters document ids: the same on every machine, different for every input. */
  String source();

  /** Where it lies, for people: an absolute path or an address. */
  String location();

  /** Whether more may always come: then a reader that has nothing to return is not at an end. */
  boolean follows();

  /**
   * Returns a reader of the records behind a place.
   *
   * @param from where an earlier reader stopped, see {@link RecordReader#place}
   * @throws IOException if it cannot be read
   */
  RecordReader open(Place from) throws IOException;
}
