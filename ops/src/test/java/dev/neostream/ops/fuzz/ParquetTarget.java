package dev.neostream.ops.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** Parquet files. */
public final class ParquetTarget {

  private static final InputFile FILE = new InputFile(".parquet");

  private ParquetTarget() {}

  /** A file of no rows: its footer says a column of text. */
  static List<byte[]> seeds() {
    String footer = "1502 192c 4806736368656d61150200 150c250018047465787425 0000 1600 190c 00";
    byte[] meta = HexFormat.of().parseHex(footer.replace(" ", ""));
    var file = new ByteArrayOutputStream();
    file.writeBytes("PAR1".getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(meta);
    file.writeBytes(new byte[] {(byte) meta.length, 0, 0, 0});
    file.writeBytes("PAR1".getBytes(StandardCharsets.US_ASCII));
    return List.of(file.toByteArray());
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
