package dev.neostream.ops.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Gzip members joined to one text. */
public final class GzipTarget {

  private static final InputFile FILE = new InputFile(".txt.gz");

  private GzipTarget() {}

  static List<byte[]> seeds() throws IOException {
    var members = new ByteArrayOutputStream();
    for (String text : List.of("one member", "", "another one")) {
      try (var gzip = new GZIPOutputStream(members)) {
        gzip.write(text.getBytes(StandardCharsets.UTF_8));
      }
    }
    return List.of(members.toByteArray());
  }

  /** Loads what the first input would be charged for. */
  public static void fuzzerInitialize() throws IOException {
    for (byte[] seed : seeds()) {
      fuzzerTestOneInput(seed);
    }
  }

  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    FILE.read(input);
  }
}
