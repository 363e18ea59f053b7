package dev.neostream.ingest.segment;

import java.io.IOException;
import java.nio.file.Path;

/** The storage failed, as opposed to bad content, which decoders report as other exceptions. */
public final class ReadFailure extends IOException {

  ReadFailure(Path path, long position, IOException cause) {
    super("file must stay readable: " + path + "@" + position + ": " + cause.getMessage(), cause);
  }
}
