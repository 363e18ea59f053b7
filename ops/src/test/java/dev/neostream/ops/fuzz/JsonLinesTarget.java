package dev.neostream.ops.fuzz;

import dev.neostream.ingest.Input;
import dev.neostream.ingest.file.RecordReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** JSON Lines. */
public final class JsonLinesTarget {

  private static final Path FILE = Path.of(System.getProperty("java.io.tmpdir"), "input.jsonl");

  private JsonLinesTarget() {}

  static List<byte[]> seeds() {
    return List.of(
        "{\"id\":1,\"url\":\"http://a\",\"text\":\"x \\u00e9 \\ud83d\\ude00\",\"n\":1e5}\n{\"html\":\"<p>\"}"
            .getBytes(StandardCharsets.UTF_8),
        "[1,2,{\"a\":null}]\n\n\"text\"\n{\"text\":".getBytes(StandardCharsets.UTF_8));
  }

  /** Loads what the first input would be charged for. */
  public static void fuzzerInitialize() throws IOException {
    for (byte[] seed : seeds()) {
      fuzzerTestOneInput(seed);
    }
  }

  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Files.write(FILE, input);
    try (RecordReader reader = new Input("fuzz", FILE).open()) {
      while (reader.next().isPresent()) {
        // Every line is either read or counted as broken; that it ends is the point.
      }
    }
  }
}
