package dev.neostream.ingest.file;

import dev.neostream.schemas.Rejection;
import java.util.Map;
import java.util.Optional;

/** A record that was read: a document, or the reason why there is none. */
public sealed interface Item {

  /**
   * Largest payload that is passed on. Half of the largest Kafka record of a run, so that
   * attributes and urls fit beside it.
   */
  int MAX_PAYLOAD_BYTES = 8 << 20;

  /** Input it came from, see {@code RawDocument.source}. */
  String source();

  /** URL, or path inside the source; empty when unknown. */
  String url();

  /** File it was read from, path relative to the source. */
  String file();

  /**
   * Place in that file: byte offset (WARC), line number (JSON Lines), row (Parquet) or entry number
   * (archives).
   */
  long offset();

  /** Id that the record gives itself, as JSON text; empty when it gives none. */
  String ownId();

  /**
   * A document as it was read.
   *
   * @param mediaType lower case, without parameters; source code is {@code text/x-*}
   * @param charset character set that the transport declared
   * @param domain mixture domain that the input names
   * @param crawledAtMillis milliseconds since the epoch; 0 when unknown
   * @param attributes further fields of the record, each value as JSON text
   * @param payload bytes, transfer and content encodings removed
   */
  record Document(
      String source,
      String url,
      String file,
      long offset,
      String mediaType,
      Optional<String> charset,
      Optional<String> domain,
      long crawledAtMillis,
      Map<String, String> attributes,
      byte[] payload)
      implements Item {

    public Document {
      attributes = Map.copyOf(attributes);
    }

    /** Returns the same document of another type, and of a time in milliseconds since the epoch. */
    public Document at(String mediaType, long crawledAtMillis) {
      return new Document(
          source,
          url,
          file,
          offset,
          mediaType,
          charset,
          domain,
          crawledAtMillis,
          attributes,
          payload);
    }

    @Override
    public String ownId() {
      return attributes.getOrDefault("id", "");
    }
  }

  /** A record, or a stretch of a file, that holds no document. */
  record Broken(
      String source, String url, String file, long offset, Rejection rejection, String ownId)
      implements Item {

    /** Returns the same record with the id it gives itself, as JSON text. */
    Broken withOwnId(String ownId) {
      return new Broken(source, url, file, offset, rejection, ownId);
    }
  }
}
