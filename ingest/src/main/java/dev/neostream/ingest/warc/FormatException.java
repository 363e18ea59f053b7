package dev.neostream.ingest.warc;

import java.io.IOException;

/** A record or message that is not what its format asks for. */
final class FormatException extends IOException {

  FormatException(String message) {
    super(message);
  }
}
