package dev.neostream.ingest.topic;

import dev.neostream.ingest.RecordSource;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.RecordReader;
import dev.neostream.schemas.Readmission;
import dev.neostream.schemas.topic.KafkaConnection;

/**
 * Documents that were dropped as duplicates of what a takedown asks for, read again from
 * raw.documents in the order in which the takedown names them. They keep all that was known of
 * them, their source included, but are documents of their own with ids of their own: the name of
 * this input enters those.
 *
 * @param first version of the first record of the takedown
 * @param last version of the last
 */
record ReadmissionInput(KafkaConnection connection, int first, int last) implements RecordSource {

  /** What such an input's location begins with. */
  static final String SCHEME = "takedown://";

  ReadmissionInput {
    if (first < 1 || last < first) {
      throw new IllegalArgumentException(
          "a takedown must have versions from 1 on, in order: first=" + first + ", last=" + last);
    }
  }

  /** Returns the input of a location. */
  static ReadmissionInput of(KafkaConnection connection, String location) {
    String[] versions = location.substring(SCHEME.length()).split("/");
    return new ReadmissionInput(
        connection, Integer.parseInt(versions[0]), Integer.parseInt(versions[1]));
  }

  @Override
  public String source() {
    return Readmission.source(first);
  }

  @Override
  public String location() {
    return SCHEME + first + "/" + last;
  }

  @Override
  public boolean follows() {
    return false;
  }

  @Override
  public RecordReader open(Place from) {
    return new ReadmissionReader(this, from);
  }
}
