package dev.neostream.ops.fuzz;

import dev.neostream.ingest.Input;
import dev.neostream.ingest.file.RecordReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file that a target writes its input to and reads all records of. */
final class InputFile {

  private final Path path;

  /**
   * @param suffix what tells how the file is read
   */
  InputFile(String suffix) {
    path = Path.of(System.getProperty("java.io.tmpdir"), "input" + suffix);
  }

  void read(byte[] content) throws IOException {
    Files.write(path, content);
    try (RecordReader reader = new Input("fuzz", path).open()) {
      while (reader.next().isPresent()) {
        // Every record is either read or counted as broken; that it ends is the point.
      }
    }
  }
}
