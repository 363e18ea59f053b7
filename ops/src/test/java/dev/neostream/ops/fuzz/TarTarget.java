package dev.neostream.ops.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Tar archives. */
public final class TarTarget {

  private static final InputFile FILE = new InputFile(".tar");

  private TarTarget() {}

  /** A text of nine bytes, its header with checksum. */
  static List<byte[]> seeds() {
    byte[] entry = new byte[2 * 512];
    put(entry, 0, "a.txt");
    put(entry, 124, "00000000011");
    put(entry, 148, "        ");
    put(entry, 156, "0");
    put(entry, 257, "ustar\00000");
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += entry[i];
    }
    put(entry, 148, "%06o".formatted(sum));
    put(entry, 512, "some text");
    return List.of(entry);
  }

  private static void put(byte[] entry, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, entry, offset, bytes.length);
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
